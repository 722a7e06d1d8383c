import type { DataItem } from '#lib/evidence/record.ts';
import { dataFromMessage } from '#lib/evidence/text/message.ts';
import { timeValues } from '#lib/evidence/text/times.ts';
import { EventSyntaxError, parseEventText } from '#lib/evidence/xml/event-text.ts';
import { child, filledText, flatten, isObject, type JsonObject, parseJson } from '../values.ts';
import { eventFromXml } from './event-xml.ts';
import { namesOf } from './get-winevent.ts';
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

/** Columns of SecurityEvent that hold System values, or that the service adds: no values of the event. */
const NOT_DATA = new Set([
  'Account',
  'AccountType',
  'Activity',
  'AzureDeploymentID',
  'AzureTableName',
  'Channel',
  'Computer',
  'Correlation',
  'EventData',
  'EventID',
  'EventLevelName',
  'EventOriginId',
  'EventRecordId',
  'EventSourceName',
  'Keywords',
  'Level',
  'ManagementGroupName',
  'MG',
  'Opcode',
  'PartitionKey',
  'RowKey',
  'SourceComputerId',
  'SourceSystem',
  'StorageAccount',
  'SystemProcessId',
  'SystemThreadId',
  'SystemUserId',
  'Task',
  'TenantId',
  'TimeCollected',
  'TimeGenerated',
  'Type',
  'Version',
]);
/** Accounts whose SID is the same everywhere ("Well-known SIDs", Windows Server security). */
const WELL_KNOWN: ReadonlyMap<string, string> = new Map([
  ['nt authority\\system', 'S-1-5-18'],
  ['nt authority\\local service', 'S-1-5-19'],
  ['nt authority\\network service', 'S-1-5-20'],
]);

/**
 * Rows of the tables SecurityEvent, Event and WindowsEvent of a Log Analytics workspace (Microsoft Sentinel), by the column
 * names of the Azure Monitor Logs reference. Event has neither record id nor SID: its user is the account's name where that
 * has no SID of its own.
 */
export const logAnalytics: Shape = (row, _text, times) => {
  const text = (key: string) => filledText(child(row, key));
  const table = text('Type');
  if (table !== 'SecurityEvent' && table !== 'Event' && table !== 'WindowsEvent') return null;
  const eventId = eventIdOf(child(row, 'EventID'));
  const time = text('TimeGenerated');
  if (eventId === null || time === null) return null;
  const raw = text('RawEventData');
  const fromXml = raw === null ? null : eventFromXml(raw, 'log-analytics');
  if (fromXml) return fromXml;
  const { systemTime, ...when } = timeValues(time, times);
  const channel = text('Channel') ?? text('EventLog') ?? (table === 'SecurityEvent' ? 'Security' : null);
  return {
    form: 'log-analytics',
    ...when,
    system: systemOf({
      providerName: text('Provider') ?? text('EventSourceName') ?? text('Source'),
      eventId,
      version: text('Version'),
      level: numeralText(child(row, 'EventLevel')),
      task: numeralText(child(row, 'Task')) ?? numeralText(child(row, 'EventCategory')),
      opcode: opcodeText(eventId, child(row, 'Opcode')),
      keywords: keywordsText(child(row, 'Keywords')),
      systemTime,
      recordId: text('EventRecordId'),
      activityId: guidText(
        /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text('Correlation') ?? '')?.[0] ?? null,
      ),
      processId: text('SystemProcessId'),
      threadId: text('SystemThreadId'),
      channel,
      computer: text('Computer'),
      userId: text('SystemUserId') ?? userOf(text('UserName')),
    }),
    data: () => dataOf(row, table, channel, eventId),
    userDataXml: null,
  };
};

function userOf(name: string | null): string | null {
  return name === null || name === 'N/A' ? null : (WELL_KNOWN.get(name.toLowerCase()) ?? name);
}

function dataOf(
  row: JsonObject,
  table: string,
  channel: string | null,
  eventId: number,
): readonly DataItem[] {
  const named = eventData(row);
  if (named.length > 0) return named;
  if (table === 'SecurityEvent') {
    return flatten(row)
      .filter(([name, value]) => !NOT_DATA.has(name) && !name.startsWith('_') && value !== '')
      .map(([name, value]) => dataItem(name, value));
  }
  const values = parameters(filledText(child(row, 'ParameterXml')) ?? '');
  const names = namesOf(channel, eventId);
  if (names && values.length > 0) return values.map((value, index) => [names[index] ?? '', value]);
  const told = dataFromMessage(channel, eventId, filledText(child(row, 'RenderedDescription')) ?? '');
  const isNamed = told.length > 0 && told[0]?.[0] !== 'Message';
  return isNamed || values.length === 0 ? told : values.map((value) => ['', value]);
}

/** The values under their names: an object, JSON of one in a string as the query API gives it, or XML. */
function eventData(row: JsonObject): readonly DataItem[] {
  const value = child(row, 'EventData');
  if (isObject(value)) return itemsOf(value);
  const text = filledText(value) ?? filledText(child(row, 'RawEventData')) ?? '';
  if (text.startsWith('{')) {
    try {
      return itemsOf(parseJson(text));
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  }
  // The Log Analytics agent wraps it: <DataItem><EventData>…</EventData></DataItem>.
  const xml = /<(EventData|UserData)\b[\s\S]*<\/\1>/.exec(text)?.[0];
  return xml === undefined ? [] : dataOfXml(xml);
}

const itemsOf = (value: JsonObject): readonly DataItem[] =>
  flatten(value).map(([name, text]) => dataItem(name, text));

/** Each `<Param>` of ParameterXml is a value without its name. */
const parameters = (text: string): readonly string[] =>
  dataOfXml(`<EventData>${text}</EventData>`).map(([, value]) => value);

function dataOfXml(xml: string): readonly DataItem[] {
  try {
    return parseEventText(`<Event><System/>${xml}</Event>`).data;
  } catch (error) {
    if (error instanceof EventSyntaxError) return [];
    throw error;
  }
}
