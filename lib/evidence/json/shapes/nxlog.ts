import type { DataItem } from '#lib/evidence/record.ts';
import { type TimeReader, type TimeValues, timeValues } from '#lib/evidence/text/times.ts';
import { child, filledText, type JsonObject, type JsonValue, scalarText } from '../values.ts';
import { scriptBlockFromMessage } from './message.ts';
import {
  dataItem,
  eventIdOf,
  guidText,
  keywordsText,
  numeralText,
  opcodeText,
  type Shape,
  systemOf,
} from './shape.ts';

/** Keys that NXLog, Logstash and the like add, or that hold System values: no values of the event. */
const NOT_DATA = new Set([
  '@timestamp',
  '@version',
  'AccountName',
  'AccountType',
  'ActivityID',
  'Category',
  'Channel',
  'Computer',
  'Domain',
  'ERROR_EVT_UNRESOLVED',
  'EventID',
  'EventReceivedTime',
  'EventRecordID',
  'EventTime',
  'EventTypeOrignal',
  'ExecutionProcessID',
  'ExecutionThreadID',
  'Hostname',
  'Keywords',
  'Level',
  'Message',
  'Opcode',
  'OpcodeValue',
  'ProviderGuid',
  'RecordNumber',
  'RelatedActivityID',
  'Severity',
  'SeverityValue',
  'SourceModuleName',
  'SourceModuleType',
  'SourceName',
  'Task',
  'TimeCreated',
  'Version',
  'host',
  'port',
  'tags',
]);
/** NXLog's own EventType; a value of that name in the event, such as Sysmon's SetValue, is another. */
const OWN_EVENT_TYPES = new Set([
  'INFO',
  'WARNING',
  'ERROR',
  'CRITICAL',
  'VERBOSE',
  'AUDIT_SUCCESS',
  'AUDIT_FAILURE',
]);
/** NXLog's severity names as Windows levels (winmeta.xml). */
const LEVELS: ReadonlyMap<string, string> = new Map([
  ['CRITICAL', '1'],
  ['ERROR', '2'],
  ['WARNING', '3'],
  ['INFO', '4'],
  ['VERBOSE', '5'],
  ['DEBUG', '5'],
  ['AUDIT_SUCCESS', '0'],
  ['AUDIT_FAILURE', '0'],
]);

/** Event values and System values side by side, as NXLog writes them (and the OTRF data sets). */
export const nxlog: Shape = (value, _text, times) => {
  const text = (key: string) => filledText(child(value, key));
  const channel = text('Channel');
  const eventId = eventIdOf(child(value, 'EventID'));
  const computer = text('Hostname') ?? text('Computer');
  const isOurs =
    text('SourceName') !== null || text('ProviderGuid') !== null || text('SourceModuleName') !== null;
  if (channel === null || eventId === null || computer === null || !isOurs) return null;
  const { systemTime, ...time } = timeOf(value, times);
  const isOwn = isFromNxlog(value);
  return {
    form: 'nxlog',
    ...time,
    system: systemOf({
      providerName: text('SourceName'),
      providerGuid: guidText(text('ProviderGuid')),
      eventId,
      version: text('Version'),
      level: text('Level') ?? LEVELS.get(ownEventType(value) ?? text('Severity') ?? '') ?? null,
      task: numeralText(child(value, 'Task')),
      opcode: opcodeText(eventId, child(value, 'OpcodeValue') ?? child(value, 'Opcode')),
      keywords: keywordsText(child(value, 'Keywords')),
      systemTime,
      recordId: text('RecordNumber') ?? text('EventRecordID'),
      activityId: guidText(text('ActivityID')),
      relatedActivityId: guidText(text('RelatedActivityID')),
      processId: text('ExecutionProcessID'),
      threadId: text('ExecutionThreadID') ?? (isOwn ? text('ThreadID') : null),
      channel,
      computer,
      userId: isOwn ? text('UserID') : null,
    }),
    data: () => dataOf(value, isOwn),
    userDataXml: null,
  };
};

/** With a zone before without one: EventTime is the local time of a host whose zone is not told. */
function timeOf(value: JsonObject, times: TimeReader): TimeValues {
  for (const key of ['TimeCreated', '@timestamp', 'EventTime']) {
    const time = timeValues(filledText(child(value, key)), times);
    if (time.timeTicks !== null) return time;
  }
  return timeValues(null, times);
}

function isFromNxlog(value: JsonObject): boolean {
  return child(value, 'SourceModuleType') !== undefined || child(value, 'EventReceivedTime') !== undefined;
}

function ownEventType(value: JsonObject): string | null {
  const type = filledText(child(value, 'EventType'));
  return type !== null && OWN_EVENT_TYPES.has(type) ? type : null;
}

function dataOf(value: JsonObject, isOwn: boolean): readonly DataItem[] {
  const items: DataItem[] = [];
  for (const [key, inner] of Object.entries(value)) {
    if (NOT_DATA.has(key) || (isOwn && (key === 'ThreadID' || key === 'UserID'))) continue;
    if (key === 'EventType' && ownEventType(value) !== null) continue;
    for (const text of textsOf(inner)) items.push(dataItem(key, text));
  }
  const message = scalarText(child(value, 'Message'));
  if (message === null || items.some(([name]) => name === 'ScriptBlockText')) return items;
  const script = scriptBlockFromMessage(message);
  if (script) return [...items.filter(([name]) => !script.some(([own]) => own === name)), ...script];
  // Some events are nothing but their message.
  return items.length === 0 ? [['Message', message]] : items;
}

function textsOf(value: JsonValue): readonly string[] {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap(textsOf);
  if (typeof value === 'object' && value !== null) return [JSON.stringify(value)];
  return [scalarText(value) ?? ''];
}
