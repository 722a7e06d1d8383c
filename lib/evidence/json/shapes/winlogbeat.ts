import type { DataItem } from '#lib/evidence/record.ts';
import { isoOrGiven, parseAnyTime } from '../time.ts';
import { at, filledText, isObject, type JsonObject, type JsonValue, scalarText } from '../values.ts';
import { eventFromXml } from './event-xml.ts';
import { scriptBlockFromMessage } from './message.ts';
import { dataItem, eventIdOf, guidText, numeralText, opcodeText, type Shape, systemOf } from './shape.ts';

const LEVELS: ReadonlyMap<string, string> = new Map([
  ['critical', '1'],
  ['error', '2'],
  ['warning', '3'],
  ['information', '4'],
  ['info', '4'],
  ['verbose', '5'],
]);
/** Names of the keywords of audits (winmeta.xml) with the bits that Windows sets for them. */
const AUDIT_KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['Audit Success', '0x8020000000000000'],
  ['Audit Failure', '0x8010000000000000'],
]);

/**
 * Values that Winlogbeat's modules and Elastic's integrations move out of event_data, by provider and event: ECS field,
 * then the name in the event.
 */
type Moved = readonly (readonly [path: string, name: string])[];
const SYSMON: Moved = [
  ['rule.name', 'RuleName'],
  ['process.entity_id', 'ProcessGuid'],
  ['process.pid', 'ProcessId'],
  ['process.executable', 'Image'],
  ['process.command_line', 'CommandLine'],
  ['process.working_directory', 'CurrentDirectory'],
  ['process.parent.entity_id', 'ParentProcessGuid'],
  ['process.parent.pid', 'ParentProcessId'],
  ['process.parent.executable', 'ParentImage'],
  ['process.parent.command_line', 'ParentCommandLine'],
  ['registry.path', 'TargetObject'],
];
const SYSMON_FILE: Moved = [...SYSMON, ['file.path', 'TargetFilename']];
const SCRIPT_BLOCK: Moved = [
  ['powershell.sequence', 'MessageNumber'],
  ['powershell.total', 'MessageTotal'],
  ['powershell.file.script_block_text', 'ScriptBlockText'],
  ['powershell.file.script_block_id', 'ScriptBlockId'],
  ['file.path', 'Path'],
];
const PROCESS_CREATED: Moved = [
  ['process.executable', 'NewProcessName'],
  ['process.command_line', 'CommandLine'],
  ['process.parent.executable', 'ParentProcessName'],
];
const REGISTRY_AUDIT: Moved = [['process.executable', 'ProcessName']];
const SYSMON_FILE_EVENTS = new Set([2, 11, 15, 23, 26, 27, 28, 29]);

/** Winlogbeat 7 and later, Elastic Agent's Windows integrations, and their documents as Elasticsearch returns them. */
export const winlogbeat: Shape = (document) => {
  const source = at(document, '_source');
  const value = isObject(source) ? source : document;
  const text = (path: string) => filledText(at(value, path));
  const channel = text('winlog.channel');
  if (channel === null) return null;
  const original = text('event.original');
  const fromXml = original === null ? null : eventFromXml(original, 'winlogbeat');
  if (fromXml) return fromXml;

  const eventId = eventIdOf(at(value, 'winlog.event_id')) ?? eventIdOf(at(value, 'event.code'));
  const systemTime = text('winlog.time_created') ?? text('@timestamp');
  const keywords = AUDIT_KEYWORDS.get(text('winlog.keywords') ?? '') ?? null;
  const providerName = text('winlog.provider_name');
  return {
    form: 'winlogbeat',
    timeTicks: systemTime === null ? null : parseAnyTime(systemTime),
    system: systemOf({
      providerName,
      providerGuid: guidText(text('winlog.provider_guid')),
      eventId,
      version: text('winlog.version'),
      level: keywords === null ? (LEVELS.get(text('log.level')?.toLowerCase() ?? '') ?? null) : '0',
      task: numeralText(at(value, 'winlog.task')),
      opcode: text('winlog.opcode') === 'Info' ? '0' : opcodeText(eventId, at(value, 'winlog.opcode')),
      keywords,
      systemTime: isoOrGiven(systemTime),
      recordId: text('winlog.record_id'),
      activityId: guidText(text('winlog.activity_id')),
      relatedActivityId: guidText(text('winlog.related_activity_id')),
      processId: text('winlog.process.pid'),
      threadId: text('winlog.process.thread.id'),
      channel,
      computer: text('winlog.computer_name') ?? text('host.name'),
      userId: text('winlog.user.identifier'),
    }),
    data: () => dataOf(value, movedOf(providerName, eventId)),
    userDataXml: null,
  };
};

function movedOf(provider: string | null, eventId: number | null): Moved {
  if (provider === 'Microsoft-Windows-Sysmon') {
    return eventId !== null && SYSMON_FILE_EVENTS.has(eventId) ? SYSMON_FILE : SYSMON;
  }
  if (eventId === 4104) return SCRIPT_BLOCK;
  if (eventId === 4688) return PROCESS_CREATED;
  return eventId === 4657 ? REGISTRY_AUDIT : [];
}

function dataOf(value: JsonObject, moved: Moved): readonly DataItem[] {
  const own = [...namedValues(at(value, 'winlog.event_data')), ...namedValues(at(value, 'winlog.user_data'))];
  const names = new Set(own.map(([name]) => name));
  const items = [...own];
  for (const [path, name] of moved) {
    const text = scalarText(at(value, path));
    if (text !== null && !names.has(name)) items.push(dataItem(name, text));
  }
  if (items.some(([name]) => name === 'ScriptBlockText')) return items;
  const message = scalarText(at(value, 'message'));
  const script = message === null ? null : scriptBlockFromMessage(message);
  if (script) return [...items.filter(([name]) => !script.some(([other]) => other === name)), ...script];
  return items.length === 0 && message !== null ? [['Message', message]] : items;
}

/** The marks of UserData's element, which are no values of the event. */
const NOT_DATA = new Set(['xml_name']);

function namedValues(value: JsonValue | undefined): DataItem[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]): DataItem[] => {
    if (NOT_DATA.has(name)) return [];
    if (isObject(inner)) return namedValues(inner);
    const texts = Array.isArray(inner) ? (inner as readonly JsonValue[]) : [inner];
    return texts.map((text) => dataItem(name, scalarText(text) ?? ''));
  });
}
