import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { escapeXml } from '#lib/evidence/render.ts';

/**
 * Windows events as rows of a Log Analytics workspace, for tests: columns by the Azure Monitor Logs reference
 * (learn.microsoft.com/azure/azure-monitor/reference/tables), what stands in them as Azure-Sentinel's ASIM parsers of the
 * tables take it apart (Parsers/ASimRegistryEvent).
 */
type Row = Record<string, unknown>;

const ADDED = {
  TenantId: '00000000-0000-0000-0000-00000000000a',
  _ResourceId: '/subscriptions/0/machines/a',
};

/** WindowsEvent: EventData is an object. */
export const windowsEventRow = ({ system, data }: EvidenceRecord): Row => ({
  ...ADDED,
  Type: 'WindowsEvent',
  TimeGenerated: system.systemTime,
  ...systemColumns(system),
  Provider: system.providerName,
  EventLevel: Number(system.level),
  EventLevelName: 'Information',
  EventData: Object.fromEntries(data),
  RawEventData: '',
});

/** SecurityEvent: values in columns of their own, and in EventData where `hasXml`. */
export const securityEventRow = ({ system, data }: EvidenceRecord, hasXml = false): Row => ({
  ...ADDED,
  Type: 'SecurityEvent',
  TimeGenerated: system.systemTime,
  ...systemColumns(system),
  EventSourceName: system.providerName,
  Level: '0',
  Activity: `${system.eventId} - A title.`,
  AccountType: 'User',
  SourceComputerId: '00000000-0000-0000-0000-00000000000b',
  EventData: hasXml ? eventDataXml(data) : '',
  ...(hasXml ? {} : Object.fromEntries(data)),
});

/** Event: no record id and no SID; the agent before the present one wraps the XML, and some rows have the message alone. */
export const eventRow = (
  { system, data }: EvidenceRecord,
  {
    holds = 'xml',
    userName = 'NT AUTHORITY\\SYSTEM',
  }: { holds?: 'xml' | 'wrapped' | 'parameters'; userName?: string } = {},
): Row => ({
  ...ADDED,
  Type: 'Event',
  TimeGenerated: system.systemTime,
  SourceSystem: 'OpsManager',
  Computer: system.computer,
  Source: system.providerName,
  EventLog: system.channel,
  EventID: system.eventId,
  EventLevel: Number(system.level),
  EventLevelName: 'Information',
  EventCategory: Number(system.task),
  UserName: userName,
  RenderedDescription: 'A message of another language.',
  ParameterXml: data.map(([, value]) => `<Param>${escapeXml(value)}</Param>`).join(''),
  EventData:
    holds === 'xml'
      ? eventDataXml(data)
      : holds === 'wrapped'
        ? `<DataItem type="System.XmlData" time="2024-03-05T09:14:03.0000000Z" sourceHealthServiceId="0">${eventDataXml(data)}</DataItem>`
        : '',
});

const systemColumns = (system: EvidenceRecord['system']): Row => ({
  SourceSystem: 'OpsManager',
  Computer: system.computer,
  Channel: system.channel,
  EventID: system.eventId,
  Version: Number(system.version),
  Task: Number(system.task),
  Opcode: system.opcode,
  Keywords: system.keywords,
  EventRecordId: system.recordId,
  SystemProcessId: Number(system.processId),
  SystemThreadId: Number(system.threadId),
  SystemUserId: system.userId ?? '',
  Correlation: system.activityId === null ? '' : `<Correlation ActivityID="${system.activityId}" />`,
});

const eventDataXml = (data: EvidenceRecord['data']): string =>
  `<EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event">${data
    .map(([name, value]) => `<Data Name="${escapeXml(name)}">${escapeXml(value)}</Data>`)
    .join('')}</EventData>`;
