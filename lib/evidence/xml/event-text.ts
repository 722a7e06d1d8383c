import type { DataItem, SystemValues } from '#lib/evidence/record.ts';
import { decodeReferences } from './references.ts';
import { emptySystem, setSystemValue } from './system.ts';
import { type Attributes, readEndTag, readStartTag } from './tags.ts';

export type ParsedEvent = {
  readonly system: SystemValues;
  readonly data: readonly DataItem[];
  readonly userDataXml: string | null;
};

/** The text is no well-formed event; the message says why and never quotes it. */
export class EventSyntaxError extends Error {
  override readonly name = 'EventSyntaxError';
}

/** Deeper than Windows nests. */
const DEPTH_MAX = 64;
/** Elements of Event that hold no data of the event: its System values, and texts added by a forwarder. */
const NOT_DATA: ReadonlySet<string> = new Set(['System', 'RenderingInfo']);

/**
 * Reads the text of one Event element. Not a parser of XML at large: line ends stay as they are, references to
 * characters that XML forbids give them, and unknown entities stay text, because script blocks must not change.
 * Throws EventSyntaxError.
 *
 * @param part `system` stops after the System element: enough to count an event
 */
export function parseEventText(text: string, part: 'all' | 'system' = 'all'): ParsedEvent {
  return new EventParser(text).parse(part);
}

class EventParser {
  readonly #text: string;
  readonly #system = emptySystem();
  readonly #data: DataItem[] = [];
  /** Qualified names of the open elements. */
  readonly #open: string[] = [];
  #hasSystem = false;
  /** The element of Event that is open, such as EventData. */
  #section = '';
  #userDataStart = -1;
  #userDataXml: string | null = null;
  /** The innermost open element while it has no element in it; only such leaves have a value. */
  #isLeaf = false;
  #leafText = '';
  #leafAttributes: Attributes = [];

  constructor(text: string) {
    this.#text = text;
  }

  parse(part: 'all' | 'system'): ParsedEvent {
    const text = this.#text;
    let at = 0;
    do {
      const tag = text.indexOf('<', at);
      if (tag < 0) throw new EventSyntaxError('it ends inside an element');
      if (tag > at && this.#isLeaf) this.#leafText += decodeReferences(text.slice(at, tag));
      at = this.#readMarkup(tag);
      if (part === 'system' && this.#hasSystem && this.#open.length === 1) break;
    } while (this.#open.length > 0);
    if (!this.#hasSystem) throw new EventSyntaxError('it has no System element');
    return { system: this.#system, data: this.#data, userDataXml: this.#userDataXml };
  }

  /** Reads what begins with `<` at `tag`; returns where it ends. */
  #readMarkup(tag: number): number {
    const text = this.#text;
    const next = text[tag + 1];
    if (next === '/') return this.#readEnd(tag);
    if (next === '?') return this.#after('?>', tag + 2);
    if (next !== '!') return this.#readStart(tag);
    if (text.startsWith('<!--', tag)) return this.#after('-->', tag + 4);
    if (!text.startsWith('<![CDATA[', tag)) throw new EventSyntaxError('a declaration stands in it');
    const end = this.#after(']]>', tag + 9);
    if (this.#isLeaf) this.#leafText += text.slice(tag + 9, end - 3);
    return end;
  }

  #after(closing: string, from: number): number {
    const at = this.#text.indexOf(closing, from);
    if (at < 0) throw new EventSyntaxError('a comment, CDATA section or instruction has no end');
    return at + closing.length;
  }

  #readStart(tag: number): number {
    const start = readStartTag(this.#text, tag);
    if (start === null) throw new EventSyntaxError('a start tag is malformed');
    const depth = this.#open.length;
    if (depth >= DEPTH_MAX) throw new EventSyntaxError('its elements are nested too deep');
    this.#open.push(start.name);
    this.#isLeaf = true;
    this.#leafText = '';
    this.#leafAttributes = start.attributes;
    if (depth === 1) {
      this.#section = localName(start.name);
      if (this.#section === 'UserData') this.#userDataStart = tag;
    }
    if (start.isEmpty) this.#close(start.name, start.end);
    return start.end;
  }

  #readEnd(tag: number): number {
    const name = this.#open.at(-1) ?? '';
    const end = readEndTag(this.#text, tag, name);
    if (end < 0) throw new EventSyntaxError('an end tag does not fit its start tag');
    this.#close(name, end);
    return end;
  }

  #close(name: string, end: number): void {
    this.#open.pop();
    const depth = this.#open.length;
    if (this.#isLeaf && depth > 0) this.#addLeaf(localName(name), depth);
    this.#isLeaf = false;
    if (depth !== 1) return;
    if (this.#section === 'System') this.#hasSystem = true;
    if (this.#section === 'UserData') this.#userDataXml ??= this.#text.slice(this.#userDataStart, end);
  }

  #addLeaf(name: string, depth: number): void {
    if (this.#section === 'System') {
      // Of two events that were torn into one, the first counts, as where reading ends with it.
      if (depth === 2 && !this.#hasSystem)
        setSystemValue(this.#system, name, this.#leafText, this.#leafAttributes);
    } else if (!NOT_DATA.has(this.#section)) {
      if (depth > 1) this.#data.push([name === 'Data' ? this.#dataName() : name, this.#leafText]);
      // EventData with text and no element: a value without a name. Blanks alone are layout.
      else if (this.#leafText.trim() !== '') this.#data.push(['', this.#leafText]);
    }
  }

  #dataName(): string {
    for (const [name, value] of this.#leafAttributes) if (name === 'Name') return decodeReferences(value);
    return '';
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
