import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';
import { alias, type FieldMapping, filledValue, knownValue } from './source.ts';

/** Of windows_apps.csv of Splunk_TA_windows: which logon types come over the network. */
const APPS: ReadonlyMap<string, string> = new Map([
  ...['2', '4', '5', '6', '7', '9', '11'].map((type) => [type, 'win:local'] as const),
  ...['3', '8', '10'].map((type) => [type, 'win:remote'] as const),
]);
const EXPLICIT_LOGON = 4648;
const SESSION_RECONNECTED = 4778;

/**
 * Who and from where, as Splunk_TA_windows computes it (props.conf and transforms.conf of 8.1.2, REPORT-src…, REPORT-user…
 * and the …_from_xml names). Deviation: an event without a target account is its subject's, where the add-on has no user;
 * the access of a file (4663) is as there.
 */
export const SECURITY_LOGON: Readonly<Record<string, FieldMapping>> = {
  user: userOf,
  user_id: alias('SubjectUserSid'),
  user_group: alias('TargetUserName'),
  src_user: (record) => knownValue(record, 'SubjectUserName'),
  src_nt_domain: (record) => knownValue(record, 'SubjectDomainName'),
  dest: destOf,
  dest_nt_domain: (record) => knownValue(record, 'TargetDomainName'),
  dest_nt_host: (record) => hostOf(record, 'TargetServerName'),
  src: sourceOf,
  src_nt_host: sourceOf,
  src_ip: addressOf,
  src_port: alias('IpPort'),
  app: appOf,
  session_id: alias('SubjectLogonId'),
  Caller_User_Name: alias('SubjectUserName'),
  Caller_Domain: alias('SubjectDomainName'),
  Target_User_Name: alias('TargetUserName'),
  Target_Domain: alias('TargetDomainName'),
  Target_Server_Name: alias('TargetServerName'),
  Logon_ID: alias('SubjectLogonId'),
  Logon_Type: alias('LogonType'),
  Source_Port: alias('IpPort'),
  Source_Workstation: workstationOf,
  Token_Elevation_Type: alias('TokenElevationType'),
  Error_Code: (record) => filledValue(record, 'Status') ?? '-',
  Sub_Status: alias('SubStatus'),
  vendor_privilege: alias('PrivilegeList'),
};

function userOf(record: EvidenceRecord): FieldValue {
  const target = filledValue(record, 'TargetUserName');
  if (target !== null && target !== '-') return target;
  if (record.system.eventId === 4663) return null;
  return knownValue(record, 'SubjectUserName') ?? target;
}

function destOf(record: EvidenceRecord): FieldValue {
  return hostOf(record, 'TargetServerName') ?? record.system.computer;
}

/** A host name without the leading backslashes of a share; the dash says that there is none. */
function hostOf(record: EvidenceRecord, name: string): string | null {
  return withoutSlashes(filledValue(record, name));
}

function withoutSlashes(value: string | null): string | null {
  if (value === null) return null;
  let start = 0;
  while (value[start] === '\\') start++;
  return start === value.length || value[start] === '-' ? null : value.slice(start);
}

function workstationOf(record: EvidenceRecord): string | null {
  return (
    filledValue(record, 'Workstation') ??
    filledValue(record, 'WorkstationName') ??
    filledValue(record, 'IpAddress')
  );
}

function sourceOf(record: EvidenceRecord): FieldValue {
  if (record.system.eventId === SESSION_RECONNECTED) return filledValue(record, 'ClientAddress');
  return withoutSlashes(workstationOf(record));
}

function addressOf(record: EvidenceRecord): FieldValue {
  const address = knownValue(record, 'IpAddress');
  return address === null || address.startsWith('::1') || address.startsWith('127.0.0.1') ? null : address;
}

function appOf(record: EvidenceRecord): FieldValue {
  if (record.system.eventId === EXPLICIT_LOGON) return 'win:remote';
  if (filledValue(record, 'TargetServerName') === 'localhost') return 'win:local';
  return APPS.get(filledValue(record, 'LogonType') ?? '') ?? 'win:unknown';
}
