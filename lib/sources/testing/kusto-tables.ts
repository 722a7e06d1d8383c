import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { KustoTableData } from './kusto-query.ts';

/**
 * Columns of the tables that tests fill (Azure Monitor Logs reference; advanced hunting schema), with their types. Not all that the
 * services have: those that the queries or the rows name.
 */
const strings = (names: string): Record<string, string> =>
  Object.fromEntries(names.split(' ').map((name) => [name, 'string']));

const WORKSPACE_COLUMNS = { TimeGenerated: 'datetime', ...strings('TenantId SourceSystem Type _ResourceId') };
const SYSTEM_COLUMNS = {
  EventID: 'int',
  Task: 'int',
  Version: 'int',
  SystemProcessId: 'int',
  SystemThreadId: 'int',
  ...strings('Computer Channel Opcode Keywords EventRecordId SystemUserId Correlation EventLevelName'),
};
const DEVICE_COLUMNS = {
  ...WORKSPACE_COLUMNS,
  Timestamp: 'datetime',
  ReportId: 'long',
  ...strings('DeviceId DeviceName ActionType InitiatingProcessAccountDomain InitiatingProcessAccountName'),
  ...strings('InitiatingProcessAccountSid InitiatingProcessFileName InitiatingProcessFolderPath'),
  ...strings('InitiatingProcessCommandLine AppGuardContainerId'),
  InitiatingProcessId: 'long',
};

export const KUSTO_COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  SecurityEvent: {
    ...WORKSPACE_COLUMNS,
    ...SYSTEM_COLUMNS,
    ...strings('EventSourceName EventData Level Activity Account AccountType SourceComputerId'),
    ...strings('SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId ObjectName ObjectValueName'),
    ...strings('HandleId OperationType OldValueType OldValue NewValueType NewValue ProcessId ProcessName'),
    ...strings('NewProcessName ParentProcessName CommandLine'),
  },
  Event: {
    ...WORKSPACE_COLUMNS,
    EventID: 'int',
    EventLevel: 'int',
    EventCategory: 'int',
    ...strings('Computer Source EventLog EventLevelName UserName RenderedDescription ParameterXml EventData'),
  },
  WindowsEvent: {
    ...WORKSPACE_COLUMNS,
    ...SYSTEM_COLUMNS,
    EventLevel: 'int',
    EventData: 'dynamic',
    ...strings('Provider RawEventData'),
  },
  DeviceRegistryEvents: {
    ...DEVICE_COLUMNS,
    ...strings('RegistryKey RegistryValueName RegistryValueType RegistryValueData PreviousRegistryValueData'),
  },
  DeviceEvents: { ...DEVICE_COLUMNS, AdditionalFields: 'dynamic' },
  DeviceProcessEvents: {
    ...DEVICE_COLUMNS,
    ...strings('FileName FolderPath ProcessCommandLine ProcessVersionInfoOriginalFileName'),
  },
};

export function kustoTable(name: string, rows: readonly object[], ingested: string | null): KustoTableData {
  const columns = KUSTO_COLUMNS[name] ?? {};
  const extra = rows.flatMap(Object.keys).find((key) => !(key in columns));
  if (extra !== undefined) throw new Error(`${name} has no column ${extra}`);
  return { columns, rows: rows.map((cells) => ({ cells: { ...cells }, ingested })) };
}

/** Registry values that were set, as Defender tells them: of Sysmon's event 13. */
export function deviceRegistryRow({ system, data }: EvidenceRecord, index: number): Record<string, unknown> {
  const values = new Map(data);
  const path = (values.get('TargetObject') ?? '').replace(/^HKLM\\/, 'HKEY_LOCAL_MACHINE\\');
  const at = path.lastIndexOf('\\');
  return {
    Timestamp: system.systemTime,
    DeviceId: '0123456789abcdef0123456789abcdef01234567',
    DeviceName: system.computer,
    ActionType: 'RegistryValueSet',
    RegistryKey: path.slice(0, at),
    RegistryValueName: path.slice(at + 1),
    RegistryValueType: 'Dword',
    RegistryValueData: /\(0x0*([0-9a-f]+)\)/.exec(values.get('Details') ?? '')?.[1] ?? '',
    InitiatingProcessAccountName: 'jo',
    InitiatingProcessFileName: (values.get('Image') ?? '').split('\\').at(-1),
    InitiatingProcessId: Number(values.get('ProcessId') ?? 0),
    ReportId: 1000 + index,
  };
}
