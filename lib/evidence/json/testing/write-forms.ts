import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import { windowsEventRow } from './write-log-analytics.ts';

/** Windows events as other tools write them, for tests: the values of a record, as one JSON object. */

type Written = Record<string, unknown>;
export type Writer = (record: EvidenceRecord) => Written;

const OPCODE_NAMES: Readonly<Record<string, string>> = { '0': 'Info', '15': 'On create calls' };

export const evtxDumpInside: Writer = ({ system, data }) => ({
  Event: {
    '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
    System: {
      Provider: { '#attributes': { Name: system.providerName, Guid: system.providerGuid?.slice(1, -1) } },
      EventID:
        system.qualifiers === null
          ? system.eventId
          : { '#attributes': { Qualifiers: Number(system.qualifiers) }, '#text': system.eventId },
      ...plainSystem(system),
      TimeCreated: { '#attributes': { SystemTime: system.systemTime } },
      Correlation:
        system.activityId === null ? null : { '#attributes': { ActivityID: system.activityId.slice(1, -1) } },
      Execution: {
        '#attributes': { ProcessID: Number(system.processId), ThreadID: Number(system.threadId) },
      },
      Security: system.userId === null ? null : { '#attributes': { UserID: system.userId } },
    },
    EventData: Object.fromEntries(data),
  },
});

/** As evtx_dump with separate attributes, and as Chainsaw's search. */
export const evtxDumpSeparate: Writer = ({ system, data }) => ({
  Event_attributes: { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
  Event: {
    System: {
      Provider_attributes: { Name: system.providerName, Guid: system.providerGuid?.slice(1, -1) },
      ...(system.qualifiers === null
        ? {}
        : { EventID_attributes: { Qualifiers: Number(system.qualifiers) } }),
      EventID: system.eventId,
      ...plainSystem(system),
      TimeCreated_attributes: { SystemTime: system.systemTime },
      ...(system.activityId === null
        ? { Correlation: null }
        : { Correlation_attributes: { ActivityID: system.activityId.slice(1, -1) } }),
      Execution_attributes: { ProcessID: Number(system.processId), ThreadID: Number(system.threadId) },
      ...(system.userId === null ? { Security: null } : { Security_attributes: { UserID: system.userId } }),
    },
    EventData: Object.fromEntries(data),
  },
});

function plainSystem(system: EvidenceRecord['system']): Written {
  return {
    Version: Number(system.version),
    Level: Number(system.level),
    Task: Number(system.task),
    Opcode: Number(system.opcode),
    Keywords: system.keywords,
    EventRecordID: Number(system.recordId),
    Channel: system.channel,
    Computer: system.computer,
  };
}

export const velociraptor: Writer = ({ system, data, timeTicks }) => ({
  System: {
    Provider: { Name: system.providerName, Guid: system.providerGuid?.slice(1, -1) },
    EventID: { Value: system.eventId },
    ...plainSystem(system),
    Keywords: Number(BigInt.asIntN(64, BigInt(system.keywords ?? 0))),
    TimeCreated: { SystemTime: Number(timeTicks) / 1e7 },
    Correlation: { ActivityID: system.activityId?.slice(1, -1) },
    Execution: { ProcessID: Number(system.processId), ThreadID: Number(system.threadId) },
    Security: { UserID: system.userId },
  },
  EventData: Object.fromEntries(data),
  Message: 'Rendered text.',
});

export const winlogbeat: Writer = ({ system, data }) => ({
  '@timestamp': milliseconds(system.systemTime),
  host: { name: system.computer },
  agent: { type: 'winlogbeat', version: '8.17.0' },
  ecs: { version: '8.0.0' },
  log: { level: system.level === '3' ? 'warning' : system.level === '5' ? 'verbose' : 'information' },
  message: 'Rendered text.',
  event: {
    code: String(system.eventId),
    kind: 'event',
    provider: system.providerName,
    created: '2031-01-01T00:00:00Z',
  },
  winlog: {
    provider_name: system.providerName,
    provider_guid: system.providerGuid,
    event_id: String(system.eventId),
    version: Number(system.version),
    opcode: OPCODE_NAMES[system.opcode ?? ''],
    task: 'A name',
    record_id: Number(system.recordId),
    activity_id: system.activityId ?? undefined,
    process: { pid: Number(system.processId), thread: { id: Number(system.threadId) } },
    channel: system.channel,
    computer_name: system.computer,
    user: { identifier: system.userId, name: 'SYSTEM' },
    event_data: Object.fromEntries(data),
  },
});

/** As winlogbeat, with the values that its modules move out of event_data. */
export const winlogbeatModule: Writer = (record) => {
  const written = winlogbeat(record) as { winlog: Written & { event_data: Record<string, string> } };
  const { event_data: values } = written.winlog;
  const take = (name: string): string | undefined => {
    const value = values[name];
    delete values[name];
    return value;
  };
  if (record.system.eventId === 4104) {
    return {
      ...written,
      powershell: {
        sequence: Number(take('MessageNumber')),
        total: Number(take('MessageTotal')),
        file: { script_block_text: take('ScriptBlockText'), script_block_id: take('ScriptBlockId') },
      },
      file: { path: take('Path') },
    };
  }
  return {
    ...written,
    rule: { name: take('RuleName') },
    process: {
      entity_id: take('ProcessGuid'),
      pid: Number(take('ProcessId')),
      executable: take('Image'),
      command_line: take('CommandLine'),
    },
  };
};

export const nxlog: Writer = ({ system, data }) => ({
  EventTime: '2031-01-01 10:14:02',
  EventReceivedTime: '2031-01-01 10:14:05',
  '@timestamp': milliseconds(system.systemTime),
  '@version': '1',
  Hostname: system.computer,
  host: 'collector.example',
  port: 60_737,
  tags: ['x'],
  Keywords: Number(BigInt.asIntN(64, BigInt(system.keywords ?? 0))),
  EventType: data.some(([name]) => name === 'EventType')
    ? undefined
    : system.level === '5'
      ? 'VERBOSE'
      : 'INFO',
  Severity: system.level === '5' ? 'DEBUG' : system.level === '3' ? 'WARNING' : 'INFO',
  SeverityValue: 2,
  EventID: system.eventId,
  SourceName: system.providerName,
  ProviderGuid: system.providerGuid,
  Version: Number(system.version),
  Task: Number(system.task),
  OpcodeValue: Number(system.opcode),
  Opcode: OPCODE_NAMES[system.opcode ?? ''],
  RecordNumber: Number(system.recordId),
  ActivityID: system.activityId ?? undefined,
  ExecutionProcessID: Number(system.processId),
  ThreadID: Number(system.threadId),
  Channel: system.channel,
  Domain: 'NT AUTHORITY',
  AccountName: 'SYSTEM',
  UserID: system.userId ?? undefined,
  AccountType: 'User',
  Message: 'Rendered text.',
  SourceModuleName: 'eventlog',
  SourceModuleType: 'im_msvistalog',
  ...Object.fromEntries(data),
});

/** As ConvertTo-Json of Windows PowerShell writes an event of Get-WinEvent. */
export const getWinEvent: Writer = ({ system, data, timeTicks }) => ({
  Id: system.eventId,
  Version: Number(system.version),
  Qualifiers: system.qualifiers,
  Level: Number(system.level),
  Task: Number(system.task),
  Opcode: Number(system.opcode),
  Keywords: Number(BigInt.asIntN(64, BigInt(system.keywords ?? 0))),
  RecordId: Number(system.recordId),
  ProviderName: system.providerName,
  ProviderId: system.providerGuid?.slice(1, -1),
  LogName: system.channel,
  ProcessId: Number(system.processId),
  ThreadId: Number(system.threadId),
  MachineName: system.computer,
  UserId: { BinaryLength: 12, AccountDomainSid: null, Value: system.userId },
  TimeCreated: `/Date(${(timeTicks ?? 0n) / 10_000n})/`,
  ActivityId: system.activityId?.slice(1, -1) ?? null,
  Properties: data.map(([, value]) => ({ Value: value })),
  Message: `Title:\r\n${data.map(([name, value]) => `${name}: ${value}`).join('\r\n')}`,
});

/** Splunk's export of events that were indexed as XML. */
export const splunkExport: Writer = (record) => ({
  preview: false,
  offset: 0,
  result: {
    _raw: renderEventXml(record),
    _time: '2031-01-01 00:00:00.000 UTC',
    host: record.system.computer,
    source: `XmlWinEventLog:${record.system.channel}`,
    sourcetype: 'XmlWinEventLog',
  },
});

/** The Windows forms by name. */
export const WRITERS: Readonly<Record<string, Writer>> = {
  'evtx_dump, attributes inside': evtxDumpInside,
  'evtx_dump, attributes apart': evtxDumpSeparate,
  Velociraptor: velociraptor,
  Winlogbeat: winlogbeat,
  'Winlogbeat with modules': winlogbeatModule,
  NXLog: nxlog,
  'Get-WinEvent': getWinEvent,
  'Splunk export': splunkExport,
  'Log Analytics WindowsEvent': windowsEventRow,
};

function milliseconds(systemTime: string | null): string {
  return `${(systemTime ?? '').slice(0, 23)}Z`;
}

/** A copy of a plain record at whole milliseconds, which every form can write. */
export function atMilliseconds(record: EvidenceRecord): EvidenceRecord {
  const timeTicks = record.timeTicks === null ? null : record.timeTicks - (record.timeTicks % 10_000n);
  return {
    form: record.form,
    place: record.place,
    timeTicks,
    data: record.data,
    userDataXml: record.userDataXml,
    system: { ...record.system, systemTime: timeTicks === null ? null : formatIsoTime(timeTicks) },
  };
}
