import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { messageOf } from '#lib/evidence/text/testing/write-text.ts';

/** `Get-WinEvent | Export-Clixml`, for tests: the elements, types and order as PowerShell writes them. */

const EVENT_TYPES = [
  'System.Diagnostics.Eventing.Reader.EventLogRecord',
  'System.Diagnostics.Eventing.Reader.EventRecord',
  'System.Object',
];
const PROPERTY = 'System.Diagnostics.Eventing.Reader.EventProperty';

/** Text as the serializer escapes it: control characters, lone surrogates, and an underscore before an x. */
export function escapeText(text: string): string {
  return text
    .replace(
      /_(?=x)|[\p{Cc}\p{Zl}\p{Zp}\ud800-\udfff]/giv,
      (char) => `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** @param offset of the zone that the exporting machine was in, such as `+01:00` */
export function clixml(records: readonly EvidenceRecord[], offset = '+00:00'): string {
  const ids = { next: 0 };
  const objects = records.map((record, index) => eventObject(record, index === 0, ids, offset));
  return `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">\r\n${objects.join('\r\n')}\r\n</Objs>`;
}

function eventObject(
  record: EvidenceRecord,
  isFirst: boolean,
  ids: { next: number },
  offset: string,
): string {
  const { system } = record;
  const refId = (): number => ids.next++;
  const text = (name: string, value: string | null): string =>
    value === null ? `      <Nil N="${name}" />` : `      <S N="${name}">${escapeText(value)}</S>`;
  const typed = (tag: string, name: string, value: string | number | null): string =>
    value === null ? `      <Nil N="${name}" />` : `      <${tag} N="${name}">${value}</${tag}>`;
  const own = refId();
  const types = isFirst
    ? [`    <TN RefId="0">`, ...EVENT_TYPES.map((type) => `      <T>${type}</T>`), '    </TN>']
    : ['    <TNRef RefId="0" />'];
  const user =
    system.userId === null
      ? ['      <Nil N="UserId" />']
      : [
          `      <Obj N="UserId" RefId="${refId()}">`,
          '        <TN RefId="1"><T>System.Security.Principal.SecurityIdentifier</T><T>System.Object</T></TN>',
          `        <ToString>${system.userId}</ToString>`,
          '        <Props>',
          '          <I32 N="BinaryLength">12</I32>',
          '          <Nil N="AccountDomainSid" />',
          `          <S N="Value">${system.userId}</S>`,
          '        </Props>',
          '      </Obj>',
        ];
  const properties = record.data.flatMap(([, value]) => [
    `          <Obj RefId="${refId()}">`,
    '            <TNRef RefId="3" />',
    `            <ToString>${PROPERTY}</ToString>`,
    '            <Props>',
    /^\d{1,9}$/.test(value)
      ? `              <U32 N="Value">${value}</U32>`
      : `              <S N="Value">${escapeText(value)}</S>`,
    '            </Props>',
    '          </Obj>',
  ]);
  return [
    `  <Obj RefId="${own}">`,
    ...types,
    `    <ToString>${EVENT_TYPES[0]}</ToString>`,
    '    <Props>',
    typed('I32', 'Id', system.eventId),
    typed('By', 'Version', system.version),
    typed('I32', 'Qualifiers', system.qualifiers),
    typed('By', 'Level', system.level),
    typed('I32', 'Task', system.task),
    typed('I16', 'Opcode', system.opcode),
    typed('I64', 'Keywords', String(BigInt.asIntN(64, BigInt(system.keywords ?? 0)))),
    typed('I64', 'RecordId', system.recordId),
    text('ProviderName', system.providerName),
    typed('G', 'ProviderId', system.providerGuid?.slice(1, -1).toLowerCase() ?? null),
    text('LogName', system.channel),
    typed('I32', 'ProcessId', system.processId),
    typed('I32', 'ThreadId', system.threadId),
    text('MachineName', system.computer),
    ...user,
    typed('DT', 'TimeCreated', system.systemTime === null ? null : inZone(system.systemTime, offset)),
    typed('G', 'ActivityId', system.activityId?.slice(1, -1).toLowerCase() ?? null),
    typed('G', 'RelatedActivityId', system.relatedActivityId?.slice(1, -1).toLowerCase() ?? null),
    text('ContainerLog', (system.channel ?? '').toLowerCase()),
    `      <Obj N="MatchedQueryIds" RefId="${refId()}">`,
    '        <TN RefId="2"><T>System.UInt32[]</T><T>System.Object</T></TN>',
    '        <LST />',
    '      </Obj>',
    text('LevelDisplayName', 'Information'),
    `      <Obj N="Properties" RefId="${refId()}">`,
    '        <TNRef RefId="4" />',
    '        <LST>',
    ...properties,
    '        </LST>',
    '      </Obj>',
    '    </Props>',
    '    <MS>',
    `      <S N="Message">${escapeText(messageOf(record).replaceAll(/\r?\n/g, '\r\n'))}</S>`,
    '    </MS>',
    '  </Obj>',
  ].join('\r\n');
}

/** The same time as clocks of another zone show it, with all its digits. */
function inZone(systemTime: string, offset: string): string {
  const minutes = Number(`${offset[0]}1`) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4)));
  const [date = '', fraction = ''] = systemTime.slice(0, -1).split('.');
  const shifted = new Date(Date.parse(`${date}Z`) + minutes * 60_000).toISOString().slice(0, 19);
  return `${shifted}${fraction === '' ? '' : `.${fraction}`}${offset}`;
}
