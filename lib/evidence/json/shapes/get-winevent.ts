import type { DataItem } from '#lib/evidence/record.ts';
import { dataFromMessage } from '#lib/evidence/text/message.ts';
import { timeValues } from '#lib/evidence/text/times.ts';
import { child, filledText, isObject, type JsonValue, scalarText } from '../values.ts';
import { eventIdOf, guidText, keywordsText, type Shape, systemOf } from './shape.ts';

/** Names of the values of events in their order, by log and event: Properties has the values alone. */
const NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'security 4657',
    [
      'SubjectUserSid',
      'SubjectUserName',
      'SubjectDomainName',
      'SubjectLogonId',
      'ObjectName',
      'ObjectValueName',
      'HandleId',
      'OperationType',
      'OldValueType',
      'OldValue',
      'NewValueType',
      'NewValue',
      'ProcessId',
      'ProcessName',
    ],
  ],
  [
    'security 4688',
    [
      'SubjectUserSid',
      'SubjectUserName',
      'SubjectDomainName',
      'SubjectLogonId',
      'NewProcessId',
      'NewProcessName',
      'TokenElevationType',
      'ProcessId',
      'CommandLine',
      'TargetUserSid',
      'TargetUserName',
      'TargetDomainName',
      'TargetLogonId',
      'ParentProcessName',
      'MandatoryLabel',
    ],
  ],
]);
const SCRIPT_BLOCK = ['MessageNumber', 'MessageTotal', 'ScriptBlockText', 'ScriptBlockId', 'Path'];
/** Windows logs these as hexadecimal numbers; Properties has them as numbers. */
const HEXADECIMAL = new Set(['SubjectLogonId', 'TargetLogonId', 'HandleId', 'NewProcessId', 'ProcessId']);

/** `Get-WinEvent`, as ConvertTo-Json and Export-Csv write it, of Windows PowerShell and PowerShell 7. */
export const getWinEvent: Shape = (value, _text, times) => {
  const text = (key: string) => filledText(child(value, key));
  const channel = text('LogName');
  const eventId = eventIdOf(child(value, 'Id'));
  if (channel === null || eventId === null || text('ProviderName') === null) return null;
  const created = child(value, 'TimeCreated');
  const { systemTime, ...time } = timeValues(
    filledText(created) ?? filledText(child(created, 'value')) ?? filledText(child(created, 'DateTime')),
    times,
  );
  const userId = child(value, 'UserId');
  return {
    form: 'get-winevent',
    ...time,
    system: systemOf({
      providerName: text('ProviderName'),
      providerGuid: guidText(text('ProviderId')),
      eventId,
      qualifiers: text('Qualifiers'),
      version: text('Version'),
      level: text('Level'),
      task: text('Task'),
      opcode: text('Opcode'),
      keywords: keywordsText(child(value, 'Keywords')),
      systemTime,
      recordId: text('RecordId'),
      activityId: guidText(text('ActivityId')),
      relatedActivityId: guidText(text('RelatedActivityId')),
      processId: text('ProcessId'),
      threadId: text('ThreadId'),
      channel,
      computer: text('MachineName'),
      userId: isObject(userId) ? filledText(child(userId, 'Value')) : filledText(userId),
    }),
    data: () =>
      dataOf(channel, eventId, child(value, 'Properties'), scalarText(child(value, 'Message')) ?? ''),
    userDataXml: null,
  };
};

/** Names of an event's values in their order, where known. */
export function namesOf(channel: string | null, eventId: number): readonly string[] | undefined {
  return eventId === 4104 ? SCRIPT_BLOCK : NAMES.get(`${channel?.toLowerCase()} ${eventId}`);
}

function dataOf(
  channel: string,
  eventId: number,
  properties: JsonValue | undefined,
  message: string,
): readonly DataItem[] {
  const values = Array.isArray(properties)
    ? (properties as readonly JsonValue[]).map((property) => scalarText(child(property, 'Value')) ?? '')
    : [];
  const names = namesOf(channel, eventId);
  // Later versions of an event have more values after the same ones.
  if (names && values.length > 0) {
    return values.map((value, index) => {
      const name = names[index] ?? '';
      return [
        name,
        HEXADECIMAL.has(name) && /^\d{1,20}$/.test(value) ? `0x${BigInt(value).toString(16)}` : value,
      ];
    });
  }
  const told = dataFromMessage(channel, eventId, message);
  const isNamed = told.length > 0 && told[0]?.[0] !== 'Message';
  return isNamed || values.length === 0 ? told : values.map((value) => ['', value]);
}
