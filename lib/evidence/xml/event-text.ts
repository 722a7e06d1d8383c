import { SaxesParser } from 'saxes';
import type { DataItem, SystemValues } from '#lib/evidence/record.ts';

export type ParsedEvent = {
  readonly system: SystemValues;
  readonly data: readonly DataItem[];
  readonly userDataXml: string | null;
};

/** The text is no well-formed event; the message says where within it. */
export class EventSyntaxError extends Error {
  override readonly name = 'EventSyntaxError';
}

/** Deeper than Windows nests; a hostile file must not exhaust the stack or memory. */
const DEPTH_MAX = 64;

type Open = { readonly name: string; readonly attributes: Readonly<Record<string, string>>; text: string; hasChildren: boolean };
type MutableSystem = { -readonly [Name in keyof SystemValues]: SystemValues[Name] };

/** Reads the text of one Event element. Throws EventSyntaxError. */
export function parseEventText(text: string): ParsedEvent {
  const system = emptySystem();
  const data: DataItem[] = [];
  const open: Open[] = [];
  const parser = new SaxesParser({ fragment: true });
  parser.on('error', (error) => {
    if (!isTolerated(error.message)) throw new EventSyntaxError(error.message.replace(/^\d+:\d+: /, ''));
  });
  parser.on('opentag', (tag) => {
    const parent = open.at(-1);
    if (parent) parent.hasChildren = true;
    if (open.length >= DEPTH_MAX) throw new EventSyntaxError('elements are nested too deep');
    open.push({ name: localName(tag.name), attributes: tag.attributes as Record<string, string>, text: '', hasChildren: false });
  });
  const addText = (part: string): void => {
    const current = open.at(-1);
    if (current) current.text += part;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed) addElement(closed, open, system, data);
  });
  parser.write(protect(text)).close();
  return { system, data, userDataXml: userDataOf(text) };
}

/** What Windows and our renderer write although XML forbids it. */
function isTolerated(message: string): boolean {
  return message.includes('disallowed character') || message.includes('undefined entity');
}

function addElement(element: Open, path: readonly Open[], system: MutableSystem, data: DataItem[]): void {
  const section = path[1]?.name;
  if (section === undefined) return;
  if (section === 'System') {
    if (path.length === 2) addSystem(element, system);
    return;
  }
  if (section === 'EventData' && path.length === 2) {
    const name = element.name === 'Data' ? restore(element.attributes.Name ?? '') : element.name;
    data.push([name, restore(element.text)]);
  } else if (section === 'UserData' && !element.hasChildren && path.length > 2) {
    data.push([element.name, restore(element.text)]);
  }
}

function addSystem(element: Open, system: MutableSystem): void {
  const text = restore(element.text);
  const value = text === '' ? null : text;
  const attribute = (name: string): string | null => {
    const given = element.attributes[name];
    return given === undefined || given === '' ? null : restore(given);
  };
  switch (element.name) {
    case 'Provider':
      system.providerName = attribute('Name');
      system.providerGuid = attribute('Guid');
      break;
    case 'EventID':
      system.eventId = value !== null && /^\s*\d{1,10}\s*$/.test(value) ? Number(value) : null;
      system.qualifiers = attribute('Qualifiers');
      break;
    case 'Version':
      system.version = value;
      break;
    case 'Level':
      system.level = value;
      break;
    case 'Task':
      system.task = value;
      break;
    case 'Opcode':
      system.opcode = value;
      break;
    case 'Keywords':
      system.keywords = value;
      break;
    case 'TimeCreated':
      system.systemTime = attribute('SystemTime');
      break;
    case 'EventRecordID':
      system.recordId = value;
      break;
    case 'Correlation':
      system.activityId = attribute('ActivityID');
      system.relatedActivityId = attribute('RelatedActivityID');
      break;
    case 'Execution':
      system.processId = attribute('ProcessID');
      system.threadId = attribute('ThreadID');
      break;
    case 'Channel':
      system.channel = value;
      break;
    case 'Computer':
      system.computer = value;
      break;
    case 'Security':
      system.userId = attribute('UserID');
      break;
  }
}

function emptySystem(): MutableSystem {
  return {
    providerName: null,
    providerGuid: null,
    eventId: null,
    qualifiers: null,
    version: null,
    level: null,
    task: null,
    opcode: null,
    keywords: null,
    systemTime: null,
    recordId: null,
    activityId: null,
    relatedActivityId: null,
    processId: null,
    threadId: null,
    channel: null,
    computer: null,
    userId: null,
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function userDataOf(text: string): string | null {
  const start = /<(?:\w+:)?UserData[\s>]/.exec(text)?.index;
  const end = /<\/(?:\w+:)?UserData\s*>/.exec(text);
  return start === undefined || end === null ? null : text.slice(start, end.index + end[0].length);
}

/**
 * A parser normalizes carriage returns and refuses references to characters outside XML (NUL, lone surrogates). Both occur
 * in script blocks and must be kept, so they pass the parser as a mark and four hex digits.
 */
const MARK = '\ue000';
const PROTECTED = /[\r\ue000]|&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi;

function protect(text: string): string {
  if (!/[\r\ue000]|&#/.test(text)) return text;
  return text.replace(PROTECTED, (whole, hex: string | undefined, decimal: string | undefined) => {
    const code =
      hex !== undefined ? Number.parseInt(hex, 16) : decimal !== undefined ? Number(decimal) : whole.charCodeAt(0);
    // The characters that mean something to XML, and those beyond 16 bits, are left to the parser.
    if (code > 0xffff || code === 0x26 || code === 0x3c || code === 0x3e || code === 0x22 || code === 0x27) return whole;
    return MARK + code.toString(16).padStart(4, '0');
  });
}

function restore(text: string): string {
  if (!text.includes(MARK)) return text;
  return text.replace(/\ue000([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
