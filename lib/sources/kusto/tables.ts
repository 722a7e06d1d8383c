import { type Condition, either, type FieldCondition, fitsText, fitsWords } from './condition.ts';

/**
 * Tables that may hold what the detections look for, and how each is asked. Columns by the Azure Monitor Logs reference
 * (learn.microsoft.com/azure/azure-monitor/reference/tables) and the advanced hunting schema
 * (learn.microsoft.com/defender-xdr/advanced-hunting-schema-tables).
 */
export type KustoTable = {
  readonly name: string;
  /** What it holds, for people. */
  readonly label: string;
  /** Null when nothing in it can answer a search of that data model (null: of Windows events). */
  readonly fieldsOf: (dataModel: string | null) => FieldCondition | null;
  /** Why what it holds is no full answer; else null. */
  readonly lacks: string | null;
};

/** Fields of CIM whose words stand in the Windows event, whatever logged it. */
const VERBATIM: ReadonlySet<string> = new Set([
  'file_name',
  'file_path',
  'original_file_name',
  'parent_process',
  'parent_process_name',
  'parent_process_path',
  'process',
  'process_name',
  'process_path',
  'registry_key_name',
  'registry_path',
  'registry_value_data',
  'registry_value_name',
]);
/** Names with a capital that are no values of the event: System has them, or Splunk gives them. */
const SYSTEM: ReadonlySet<string> = new Set([
  'Channel',
  'Computer',
  'Guid',
  'Keywords',
  'Level',
  'Name',
  'Opcode',
  'ProcessID',
  'ProviderName',
  'RecordNumber',
  'SystemTime',
  'Task',
  'ThreadID',
  'UserID',
  'Version',
]);
const EVENT_ID: ReadonlySet<string> = new Set(['EventCode', 'EventID', 'signature_id']);

const isInEvent = (field: string): boolean =>
  VERBATIM.has(field) || (/^[A-Z]/.test(field) && !SYSTEM.has(field));

/** A table of Windows events: those of any provider, told by channel and id, with their values in texts. */
function windowsEvents(
  channel: (pieces: readonly string[]) => Condition,
  values: FieldCondition,
): (dataModel: string | null) => FieldCondition {
  return () => (field, pieces) => {
    // `XmlWinEventLog:Security` and `WinEventLog:Security` are how Splunk names a channel.
    if (field === 'source') return channel(pieces.map((piece) => piece.replace(/^.*:/, '')));
    if (field === 'Channel') return channel(pieces);
    if (EVENT_ID.has(field))
      return pieces.length === 1 && /^\d{1,9}$/.test(pieces[0] ?? '') ? `EventID == ${pieces[0]}` : null;
    return isInEvent(field) ? values(field, pieces) : null;
  };
}

/** SecurityEvent has values of the events that it knows in columns, those of others in EventData. */
const SECURITY_COLUMNS: ReadonlyMap<string, string> = new Map([
  ['registry_path', 'ObjectName'],
  ['registry_value_name', 'ObjectValueName'],
  ['registry_value_data', 'NewValue'],
  ['process', 'CommandLine'],
  ['process_path', 'NewProcessName'],
  ['parent_process_path', 'ParentProcessName'],
  ['ObjectName', 'ObjectName'],
  ['ObjectValueName', 'ObjectValueName'],
  ['NewValue', 'NewValue'],
  ['CommandLine', 'CommandLine'],
  ['NewProcessName', 'NewProcessName'],
  ['ParentProcessName', 'ParentProcessName'],
  ['ProcessName', 'ProcessName'],
]);
/** Values that no event of that table has in a column. */
const SECURITY_DATA_ONLY: ReadonlySet<string> = new Set(['ScriptBlockText', 'TargetObject', 'Details']);

const securityEvent: KustoTable = {
  name: 'SecurityEvent',
  label: 'events of the Security log',
  fieldsOf: windowsEvents(
    (pieces) => {
      const asked = fitsText('Channel', pieces);
      // Rows of the older agent do not say it.
      return asked !== null && 'security'.includes(pieces.join('').toLowerCase())
        ? either([asked, 'isempty(Channel)'])
        : asked;
    },
    (field, pieces) => {
      const inData = fitsWords(['EventData'], pieces);
      if (SECURITY_DATA_ONLY.has(field)) return inData;
      const column = SECURITY_COLUMNS.get(field);
      return column === undefined ? null : either([fitsText(column, pieces), inData]);
    },
  ),
  lacks: null,
};

const EVENT_TEXTS = ['EventData', 'ParameterXml', 'RenderedDescription'];
const event: KustoTable = {
  name: 'Event',
  label: 'Windows events, by channel',
  fieldsOf: windowsEvents(
    (pieces) => fitsText('EventLog', pieces),
    (_, pieces) => fitsWords(EVENT_TEXTS, pieces),
  ),
  lacks: null,
};

/** What could not be parsed stands in RawEventData, which came to the table later. */
const WINDOWS_EVENT_TEXTS = ['tostring(EventData)', 'column_ifexists("RawEventData", "")'];
const windowsEvent: KustoTable = {
  name: 'WindowsEvent',
  label: 'forwarded Windows events',
  fieldsOf: windowsEvents(
    (pieces) => fitsText('Channel', pieces),
    (_, pieces) => fitsWords(WINDOWS_EVENT_TEXTS, pieces),
  ),
  lacks: null,
};

const deviceRegistryEvents: KustoTable = {
  name: 'DeviceRegistryEvents',
  label: 'registry writes that Defender saw',
  fieldsOf: (dataModel) =>
    dataModel === 'Endpoint.Registry'
      ? (field, pieces) => {
          switch (field) {
            case 'registry_path':
              // The path ends in the value's name, where there is one.
              return fitsText('strcat(RegistryKey, "\\\\", RegistryValueName)', pieces, false);
            case 'registry_value_name':
              return fitsText('RegistryValueName', pieces);
            case 'registry_value_data':
              return fitsText('RegistryValueData', pieces);
            case 'registry_key_name':
              return fitsText('RegistryKey', pieces, false);
            default:
              return null;
          }
        }
      : null,
  lacks: null,
};

const PROCESS_COLUMNS: ReadonlyMap<string, string> = new Map([
  ['process', 'ProcessCommandLine'],
  ['process_name', 'FileName'],
  ['process_path', 'FolderPath'],
  ['original_file_name', 'ProcessVersionInfoOriginalFileName'],
  ['parent_process', 'InitiatingProcessCommandLine'],
  ['parent_process_name', 'InitiatingProcessFileName'],
  ['parent_process_path', 'InitiatingProcessFolderPath'],
]);
const deviceProcessEvents: KustoTable = {
  name: 'DeviceProcessEvents',
  label: 'processes that Defender saw',
  fieldsOf: (dataModel) =>
    dataModel === 'Endpoint.Processes'
      ? (field, pieces) => {
          const column = PROCESS_COLUMNS.get(field);
          return column === undefined ? null : fitsText(column, pieces);
        }
      : null,
  lacks: null,
};

const deviceEvents: KustoTable = {
  name: 'DeviceEvents',
  label: 'other actions that Defender saw',
  fieldsOf: (dataModel) =>
    dataModel === null
      ? (field, pieces) => {
          if (EVENT_ID.has(field))
            return pieces.join('*') === '4104' ? 'ActionType =~ "PowerShellCommand"' : null;
          return field === 'ScriptBlockText' ? fitsWords(['tostring(AdditionalFields)'], pieces) : null;
        }
      : null,
  lacks:
    'Defender keeps the names of cmdlets (DeviceEvents, PowerShellCommand), not the text of scripts; the log Microsoft-Windows-PowerShell/Operational has to come from elsewhere.',
};

const DEVICE_TABLES = [deviceRegistryEvents, deviceProcessEvents, deviceEvents];
export const WORKSPACE_TABLES: readonly KustoTable[] = [securityEvent, event, windowsEvent, ...DEVICE_TABLES];
export const HUNTING_TABLES: readonly KustoTable[] = DEVICE_TABLES;
