import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';

/** Windows events as text and tables, for tests: the values of records, as other tools write them. */

/** The event's message in English, as Windows renders it. */
export function messageOf({ system, data }: EvidenceRecord): string {
  const value = (name: string): string => data.find(([own]) => own === name)?.[1] ?? '';
  switch (system.eventId) {
    case 4104:
      return (
        `Creating Scriptblock text (${value('MessageNumber')} of ${value('MessageTotal')}):\n` +
        `${value('ScriptBlockText')}\n\nScriptBlock ID: ${value('ScriptBlockId')}\nPath: ${value('Path')}`
      );
    case 4657:
      return [
        'A registry value was modified.\n\nSubject:',
        `\tSecurity ID:\t\t${value('SubjectUserSid')}`,
        `\tAccount Name:\t\t${value('SubjectUserName')}`,
        `\tAccount Domain:\t\t${value('SubjectDomainName')}`,
        `\tLogon ID:\t\t${value('SubjectLogonId').replace(/[a-f]/g, (digit) => digit.toUpperCase())}`,
        `\nObject:\n\tObject Name:\t\t${value('ObjectName')}`,
        `\tObject Value Name:\t${value('ObjectValueName')}`,
        `\tHandle ID:\t\t${value('HandleId')}`,
        '\tOperation Type:\t\tExisting registry value modified',
        `\nProcess Information:\n\tProcess ID:\t\t${value('ProcessId')}`,
        `\tProcess Name:\t\t${value('ProcessName')}`,
        '\nChange Information:\n\tOld Value Type:\t\tREG_DWORD',
        `\tOld Value:\t\t${value('OldValue')}`,
        '\tNew Value Type:\t\tREG_DWORD',
        `\tNew Value:\t\t${value('NewValue')}`,
      ].join('\n');
    default:
      return `Registry value set:\n${data.map(([name, text]) => `${name}: ${text}`).join('\n')}`;
  }
}

/** As Splunk's WinEventLog input without renderXml; the time is that of UTC, its fraction is lost. */
export function classicText(record: EvidenceRecord, isOlder = false): string {
  const { system } = record;
  const keys = [
    `LogName=${system.channel}`,
    `SourceName=${system.channel === 'Security' ? 'Microsoft Windows security auditing.' : system.providerName}`,
    `EventCode=${system.eventId}`,
    `EventType=${system.level}`,
    'Type=Information',
    `ComputerName=${system.computer}`,
    ...(system.userId === null ? [] : ['User=NOT_TRANSLATED', `Sid=${system.userId}`, 'SidType=0']),
    'TaskCategory=A name',
    `OpCode=${system.opcode === '0' ? 'Info' : 'On create calls'}`,
    `RecordNumber=${system.recordId}`,
    `Keywords=${system.channel === 'Security' ? 'Audit Success' : 'None'}`,
  ];
  const ordered = isOlder ? keys.toReversed() : keys;
  return `${localTime(system.systemTime ?? '')}\n${ordered.join('\n')}\nMessage=${messageOf(record)}\n`;
}

function localTime(iso: string): string {
  const hour = Number(iso.slice(11, 13));
  const shown = String(hour % 12 || 12).padStart(2, '0');
  return `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)} ${shown}${iso.slice(13, 19)} ${hour < 12 ? 'AM' : 'PM'}`;
}

/** A record of the same second, which is all that classic text tells. */
export function atSeconds(record: EvidenceRecord): EvidenceRecord {
  const timeTicks = record.timeTicks === null ? null : record.timeTicks - (record.timeTicks % 10_000_000n);
  const systemTime = timeTicks === null ? null : formatIsoTime(timeTicks);
  return { ...record, timeTicks, system: { ...record.system, systemTime } };
}

type Cells = Readonly<Record<string, string | number | null | undefined>>;

/** A table of rows, every cell that needs it in quotes. */
export function table(rows: readonly Cells[], delimiter = ',', lineEnd = '\r\n'): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (text: string): string =>
    /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
  const lines = [columns, ...rows.map((row) => columns.map((name) => String(row[name] ?? '')))];
  return lines.map((cells) => cells.map(cell).join(delimiter) + lineEnd).join('');
}

/** A row of Splunk's export. */
export function splunkRow(record: EvidenceRecord, raw = renderEventXml(record)): Cells {
  return {
    _time: `${(record.system.systemTime ?? '').slice(0, 23)}+0000`,
    host: 'collector',
    source: `XmlWinEventLog:${record.system.channel}`,
    sourcetype: 'XmlWinEventLog',
    _raw: raw,
  };
}

/** A row of Get-WinEvent | Export-Csv. */
export function getWinEventRow(record: EvidenceRecord, time = record.system.systemTime): Cells {
  const { system } = record;
  return {
    Message: messageOf(record).replaceAll(/\r?\n/g, '\r\n'),
    Id: system.eventId,
    Version: system.version,
    Qualifiers: system.qualifiers,
    Level: system.level,
    Task: system.task,
    Opcode: system.opcode,
    Keywords: String(BigInt.asIntN(64, BigInt(system.keywords ?? 0))),
    RecordId: system.recordId,
    ProviderName: system.providerName,
    ProviderId: system.providerGuid?.slice(1, -1) ?? '',
    LogName: system.channel,
    ProcessId: system.processId,
    ThreadId: system.threadId,
    MachineName: system.computer,
    UserId: system.userId,
    TimeCreated: time,
    Bookmark: 'System.Diagnostics.Eventing.Reader.EventBookmark',
    Properties: 'System.Collections.Generic.List`1[System.Diagnostics.Eventing.Reader.EventProperty]',
  };
}
