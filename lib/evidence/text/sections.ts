import type { DataItem } from '#lib/evidence/record.ts';

/**
 * Labels in the English messages of Windows events, with the names of their values in the event's XML (Microsoft Learn,
 * "Advanced security audit policy settings").
 */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['Object Server', 'ObjectServer'],
  ['Object Type', 'ObjectType'],
  ['Object Name', 'ObjectName'],
  ['Object Value Name', 'ObjectValueName'],
  ['Handle ID', 'HandleId'],
  ['Operation Type', 'OperationType'],
  ['Old Value Type', 'OldValueType'],
  ['Old Value', 'OldValue'],
  ['New Value Type', 'NewValueType'],
  ['New Value', 'NewValue'],
  ['New Process ID', 'NewProcessId'],
  ['New Process Name', 'NewProcessName'],
  ['Token Elevation Type', 'TokenElevationType'],
  ['Mandatory Label', 'MandatoryLabel'],
  ['Creator Process ID', 'ProcessId'],
  ['Creator Process Name', 'ParentProcessName'],
  ['Process Command Line', 'CommandLine'],
  ['Process ID', 'ProcessId'],
  ['Process Name', 'ProcessName'],
  ['Caller Process ID', 'ProcessId'],
  ['Caller Process Name', 'ProcessName'],
  ['Exit Status', 'Status'],
  ['Task Name', 'TaskName'],
  ['Task Content', 'TaskContent'],
  ['Task New Content', 'TaskContentNew'],
  ['Service Name', 'ServiceName'],
  ['Service File Name', 'ServiceFileName'],
  ['Service Type', 'ServiceType'],
  ['Service Start Type', 'ServiceStartType'],
  ['Service Account', 'ServiceAccount'],
  ['Accesses', 'AccessList'],
  ['Access Mask', 'AccessMask'],
  ['Share Name', 'ShareName'],
  ['Share Path', 'ShareLocalPath'],
  ['Relative Target Name', 'RelativeTargetName'],
  ['Logon Type', 'LogonType'],
  ['Elevated Token', 'ElevatedToken'],
  ['Logon GUID', 'LogonGuid'],
  ['Logon Process', 'LogonProcessName'],
  ['Authentication Package', 'AuthenticationPackageName'],
  ['Package Name (NTLM only)', 'LmPackageName'],
  ['Transited Services', 'TransmittedServices'],
  ['Key Length', 'KeyLength'],
  ['Workstation Name', 'WorkstationName'],
  ['Source Workstation', 'Workstation'],
  ['Source Network Address', 'IpAddress'],
  ['Source Address', 'IpAddress'],
  ['Client Address', 'IpAddress'],
  ['Source Port', 'IpPort'],
  ['Client Port', 'IpPort'],
  ['Target Server Name', 'TargetServerName'],
  ['Failure Reason', 'FailureReason'],
  ['Status', 'Status'],
  ['Sub Status', 'SubStatus'],
  ['Privileges', 'PrivilegeList'],
]);
/** Event 7045 of System names the same otherwise. */
const SERVICE_INSTALLED: ReadonlyMap<string, string> = new Map([
  ['Service File Name', 'ImagePath'],
  ['Service Start Type', 'StartType'],
  ['Service Account', 'AccountName'],
]);
/** Labels of an account, named by the section that they stand in. */
const ACCOUNT_LABELS: ReadonlyMap<string, string> = new Map([
  ['Security ID', 'UserSid'],
  ['Account Name', 'UserName'],
  ['Account Domain', 'DomainName'],
  ['Logon ID', 'LogonId'],
  ['User ID', 'Sid'],
  ['Group Name', 'UserName'],
  ['Group Domain', 'DomainName'],
]);
const ACCOUNT_SECTIONS: ReadonlyMap<string, string> = new Map([
  ['Subject', 'Subject'],
  ['Creator Subject', 'Subject'],
  ['Target Subject', 'Target'],
  ['New Logon', 'Target'],
  ['Account For Which Logon Failed', 'Target'],
  ['Account Whose Credentials Were Used', 'Target'],
  ['Target Account', 'Target'],
  ['New Account', 'Target'],
  ['Account Information', 'Target'],
  ['Group', 'Target'],
  ['New Group', 'Target'],
]);
/** Sections of changed accounts, whose SID has another name than that of a logon. */
const CHANGED = new Set(['Target Account', 'New Account', 'Group', 'New Group']);

/** Words that Windows puts in place of the references in the event (msobjs.dll). */
const REFERENCES: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [
    'OperationType',
    new Map([
      ['New registry value created', '%%1904'],
      ['Existing registry value modified', '%%1905'],
      ['Registry value deleted', '%%1906'],
    ]),
  ],
  [
    'TokenElevationType',
    new Map([
      ['TokenElevationTypeDefault (1)', '%%1936'],
      ['TokenElevationTypeFull (2)', '%%1937'],
      ['TokenElevationTypeLimited (3)', '%%1938'],
    ]),
  ],
]);
const VALUE_TYPES: ReadonlyMap<string, string> = new Map([
  ['REG_NONE', '%%1872'],
  ['REG_SZ', '%%1873'],
  ['REG_EXPAND_SZ', '%%1874'],
  ['REG_BINARY', '%%1875'],
  ['REG_DWORD', '%%1876'],
  ['REG_DWORD_BIG_ENDIAN', '%%1877'],
  ['REG_LINK', '%%1878'],
  ['REG_MULTI_SZ', '%%1879'],
  ['REG_QWORD', '%%1883'],
]);
const HEXADECIMAL = /^0x[0-9a-f]{1,16}$/i;
/** Values of several lines that end with a line of their own, not with an empty one. */
const LAST_LINES: ReadonlyMap<string, string> = new Map([
  ['TaskContent', '</Task>'],
  ['TaskContentNew', '</Task>'],
]);
const LABEL_MAX = 60;

/**
 * The values of an event whose message is a title and sections of labelled lines, as those of the Security log; empty when
 * it has none that is known. Of equal names the first counts: a later one may be part of a command line.
 */
export function sectionsFromMessage(eventId: number | null, message: string): readonly DataItem[] {
  const items = new Map<string, string[]>();
  let section = '';
  let open: string[] | null = null;
  let lastLine: string | undefined;
  for (const line of message.split(/\r?\n/)) {
    if (open && lastLine !== undefined) {
      open.push(line);
      if (line.trim() !== lastLine) continue;
      open = null;
      lastLine = undefined;
      continue;
    }
    const label = labelOf(line);
    const name = label === null ? null : nameOf(eventId, section, label.text);
    if (label && name !== null && !items.has(name)) {
      open = [label.value];
      items.set(name, open);
      lastLine = label.value.includes('</Task>') ? undefined : LAST_LINES.get(name);
    } else if (label && label.value === '' && !/^\s/.test(line)) {
      section = label.text;
      open = null;
    } else if (line.trim() === '') open = null;
    else open?.push(line);
  }
  return [...items].map(([name, lines]) => [name, asInXml(name, lines.join('\n').trimEnd())]);
}

/** `Label: value`, the value after any number of tabs and blanks. */
function labelOf(line: string): { text: string; value: string } | null {
  const start = line.trimStart();
  const colon = start.slice(0, LABEL_MAX + 1).indexOf(':');
  return colon < 1 ? null : { text: start.slice(0, colon), value: start.slice(colon + 1).trimStart() };
}

function nameOf(eventId: number | null, section: string, label: string): string | null {
  const account = ACCOUNT_LABELS.get(label);
  const prefix = ACCOUNT_SECTIONS.get(section);
  if (account !== undefined && prefix !== undefined) {
    return `${prefix}${account === 'UserSid' && CHANGED.has(section) ? 'Sid' : account}`;
  }
  if (eventId === 7045) return SERVICE_INSTALLED.get(label) ?? LABELS.get(label) ?? null;
  return LABELS.get(label) ?? null;
}

function asInXml(name: string, text: string): string {
  if (name === 'OldValueType' || name === 'NewValueType') return VALUE_TYPES.get(text) ?? text;
  if (HEXADECIMAL.test(text)) return text.toLowerCase();
  return REFERENCES.get(name)?.get(text) ?? text;
}
