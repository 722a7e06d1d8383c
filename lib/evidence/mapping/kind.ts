import type { MappedField } from './fields.ts';

type TextOf = (field: MappedField) => string | null;

/** Which Windows event a mapped row tells of, and under which names its XML has the values. */
export type Kind = {
  readonly name: 'script' | 'sysmon' | 'security' | 'other';
  readonly channel: string | null;
  readonly provider: string | null;
  readonly eventId: number | null;
  readonly names: readonly (readonly [field: MappedField, name: string])[];
  readonly valueOf: (field: MappedField, text: TextOf) => string | null;
};

const POWERSHELL = 'Microsoft-Windows-PowerShell/Operational';
const SYSMON = 'Microsoft-Windows-Sysmon/Operational';
const SECURITY = 'Security';
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  [POWERSHELL.toLowerCase(), 'Microsoft-Windows-PowerShell'],
  ['powershellcore/operational', 'PowerShellCore'],
  [SYSMON.toLowerCase(), 'Microsoft-Windows-Sysmon'],
  [SECURITY.toLowerCase(), 'Microsoft-Windows-Security-Auditing'],
]);

const SCRIPT_BLOCK = 4104;
const MODULE = 4103;
const PROCESS_CREATED = 1;
const VALUE_SET = 13;
const SYSMON_REGISTRY = [12, VALUE_SET, 14];
const AUDITED_VALUE = 4657;
/** Of security auditing. */
const AUDIT_IDS = { from: 4608, to: 6400 };

/** By the log and the id where they are told, else by what the row holds. */
export function kindOf(text: TextOf, givenId: number | null): Kind {
  const eventId = givenId ?? impliedId(text);
  const channel = text('channel') ?? impliedChannel(eventId, text);
  const log = channel?.toLowerCase() ?? '';
  const provider = text('provider') ?? PROVIDERS.get(log) ?? null;
  const common = { channel, provider, eventId };
  if (
    eventId === SCRIPT_BLOCK ||
    (log.startsWith('microsoft-windows-powershell') && text('scriptText') !== null)
  ) {
    return { ...common, name: 'script', names: SCRIPT, valueOf: (field, own) => own(field) };
  }
  if (log === SYSMON.toLowerCase())
    return { ...common, name: 'sysmon', names: SYSMON_NAMES, valueOf: sysmonValue };
  if (log === SECURITY.toLowerCase()) {
    const names = eventId === AUDITED_VALUE ? AUDITED_VALUE_NAMES : SECURITY_NAMES;
    return { ...common, name: 'security', names, valueOf: (field, own) => own(field) };
  }
  return { ...common, name: 'other', names: SYSMON_NAMES, valueOf: sysmonValue };
}

function impliedId(text: TextOf): number | null {
  if (text('scriptText') !== null) return SCRIPT_BLOCK;
  if (text('registryPath') !== null) return VALUE_SET;
  return text('commandLine') !== null || text('process') !== null ? PROCESS_CREATED : null;
}

function impliedChannel(eventId: number | null, text: TextOf): string | null {
  if (eventId === null) return null;
  if (eventId === SCRIPT_BLOCK || eventId === MODULE) return POWERSHELL;
  if (SYSMON_REGISTRY.includes(eventId) && text('registryPath') !== null) return SYSMON;
  if (eventId === PROCESS_CREATED && (text('process') ?? text('commandLine')) !== null) return SYSMON;
  return eventId >= AUDIT_IDS.from && eventId < AUDIT_IDS.to ? SECURITY : null;
}

const SCRIPT = [['scriptText', 'ScriptBlockText']] as const;
const SYSMON_NAMES = [
  ['registryPath', 'TargetObject'],
  ['registryValueData', 'Details'],
  ['process', 'Image'],
  ['commandLine', 'CommandLine'],
  ['parentProcess', 'ParentImage'],
  ['scriptText', 'ScriptBlockText'],
  ['user', 'User'],
] as const;
const SECURITY_NAMES = [
  ['process', 'NewProcessName'],
  ['commandLine', 'CommandLine'],
  ['parentProcess', 'ParentProcessName'],
  ['user', 'SubjectUserName'],
] as const;
const AUDITED_VALUE_NAMES = [
  ['registryPath', 'ObjectName'],
  ['registryValueName', 'ObjectValueName'],
  ['registryValueData', 'NewValue'],
  ['registryValueType', 'NewValueType'],
  ['process', 'ProcessName'],
  ['user', 'SubjectUserName'],
] as const;

/** As Sysmon writes them: the path with the value's name, the data with its type. */
function sysmonValue(field: MappedField, text: TextOf): string | null {
  if (field === 'registryPath') return targetObject(text('registryPath'), text('registryValueName'));
  if (field === 'registryValueData') return details(text('registryValueData'), text('registryValueType'));
  return text(field);
}

function targetObject(path: string | null, valueName: string | null): string | null {
  if (path === null) return null;
  const short = path
    .replace(/^(?:HKEY_LOCAL_MACHINE|HKLM:|\\REGISTRY\\MACHINE)(?=\\|$)/i, 'HKLM')
    .replace(/^(?:HKEY_USERS|HKU:|\\REGISTRY\\USER)(?=\\|$)/i, 'HKU');
  const isThere = valueName === null || short.toLowerCase().endsWith(`\\${valueName.toLowerCase()}`);
  return isThere ? short : `${short}\\${valueName}`;
}

/** `DWORD (0x00000001)` of numbers whose type is told; other data stands as it is. */
function details(data: string | null, type: string | null): string | null {
  const size = /^(?:REG_)?([DQ]WORD)$/i.exec(type ?? '')?.[1]?.toUpperCase();
  if (data === null || size === undefined || !/^(?:\d{1,20}|0x[\da-f]{1,16})$/i.test(data)) return data;
  return `${size} (0x${BigInt(data).toString(16).padStart(8, '0')})`;
}
