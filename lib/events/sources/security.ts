import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';
import { SECURITY_CHANGES } from './security-changes.ts';
import { SECURITY_LOGON } from './security-logon.ts';
import { SECURITY_EVENT_NAMES } from './security-names.ts';
import { NEW_PROCESS, SECURITY_PROCESS } from './security-process.ts';
import { operationOf, REGISTRY_VALUE, SECURITY_REGISTRY } from './security-registry.ts';
import {
  alias,
  byEventId,
  dataValue,
  type FieldMapping,
  fileNameOf,
  filledValue,
  type LogSource,
} from './source.ts';
import { WINDOWS_COMMON } from './windows-common.ts';

const OBJECT_ACCESS = 4663;
/** Bits of Keywords (winmeta.xml, WINEVENT_KEYWORD_AUDIT_FAILURE and …_SUCCESS). */
const AUDIT_FAILURE = 0x10000000000000n;
const AUDIT_SUCCESS = 0x20000000000000n;

const PROCESS_TAGS = ['process', 'execute', 'start', 'report'] as const;
const REGISTRY_TAGS = ['endpoint', 'registry'] as const;
const FILE_TAGS = ['endpoint', 'filesystem'] as const;
const LOGON_TAGS = ['authentication'] as const;

/** Event types of Splunk_TA_windows 8.1.2 (eventtypes.conf, tags.conf: windows_logon_…, windows_…_ticket_granted, …). */
const LOGONS = [4624, 4625, 4648, 4672, 4768, 4769, 4771, 4773, 4774, 4775, 4776, 4777, 4801];

const TAGS: ReadonlyMap<number, readonly string[]> = new Map<number, readonly string[]>([
  ...LOGONS.map((id) => [id, LOGON_TAGS] as const),
  ...[...SECURITY_CHANGES].map(([id, { tags }]) => [id, tags] as const),
  [NEW_PROCESS, PROCESS_TAGS],
  [REGISTRY_VALUE, REGISTRY_TAGS],
]);

/** The Security log, as Splunk_TA_windows computes it where a part says nothing else. */
export const security: LogSource = {
  name: 'Security',
  claims: (channel) => channel.toLowerCase() === 'security',
  fields: {
    ...WINDOWS_COMMON,
    tag: tagsOf,
    signature: byEventId(SECURITY_EVENT_NAMES),
    name: byEventId(SECURITY_EVENT_NAMES),
    subject: byEventId(SECURITY_EVENT_NAMES),
    action: actionOf,
    status: outcomeOf,
    change_type: byEventId(partOfChanges('type')),
    object_category: byEventId(partOfChanges('category')),
    result: byEventId(partOfChanges('result')),
    object: objectOf,
    object_id: (record) => (isChange(record) ? filledValue(record, 'TargetSid') : null),
    object_attrs: (record) => filledValue(record, 'SamAccountName') ?? filledValue(record, 'TaskContent'),
    Group_Name: (record) => (isGroupChange(record) ? filledValue(record, 'TargetUserName') : null),
    Group_Domain: (record) => (isGroupChange(record) ? filledValue(record, 'TargetDomainName') : null),
    object_file_path: alias('ObjectName'),
    object_file_name: (record) => fileNameOf(filledValue(record, 'ObjectName')),
    file_path: ofFile((record) => filledValue(record, 'ObjectName'), 'ShareLocalPath'),
    file_name: ofFile((record) => fileNameOf(filledValue(record, 'ObjectName')), 'ShareName'),
    dest_port: alias('DestPort'),
    ...SECURITY_LOGON,
    ...SECURITY_PROCESS,
    ...SECURITY_REGISTRY,
  },
};

/**
 * The access of a file is in Filesystem. The access of a registry key (4663 of a Key) is no change of one, often a mere
 * read: the add-on does not put it into Registry either.
 */
function tagsOf(record: EvidenceRecord): FieldValue {
  const id = record.system.eventId;
  if (id === OBJECT_ACCESS) return isFile(record) ? FILE_TAGS : null;
  return id === null ? null : (TAGS.get(id) ?? null);
}

function isFile(record: EvidenceRecord): boolean {
  return dataValue(record, 'ObjectType') === 'File';
}

function ofFile(mapping: FieldMapping, otherwise: string): FieldMapping {
  return (record) => (isFile(record) ? mapping(record) : null) ?? filledValue(record, otherwise);
}

function isChange(record: EvidenceRecord): boolean {
  return record.system.eventId !== null && SECURITY_CHANGES.has(record.system.eventId);
}

/** The add-on's list of events whose target is a group (EVAL-Group_Name). */
function isGroupChange(record: EvidenceRecord): boolean {
  const id = record.system.eventId ?? 0;
  return (id >= 4727 && id <= 4735) || id === 4737 || (id >= 4744 && id <= 4764) || id === 4799;
}

function partOfChanges(part: 'type' | 'category' | 'result'): ReadonlyMap<number, string | null> {
  return new Map([...SECURITY_CHANGES].map(([id, change]) => [id, change[part]] as const));
}

function objectOf(record: EvidenceRecord): FieldValue {
  if (!isChange(record)) return null;
  return filledValue(record, 'TargetUserName') ?? filledValue(record, 'TaskName');
}

function actionOf(record: EvidenceRecord): FieldValue {
  const id = record.system.eventId;
  if (id === REGISTRY_VALUE) return operationOf(record);
  if (id === NEW_PROCESS && outcomeOf(record) === 'success') return 'allowed';
  return (id === null ? null : SECURITY_CHANGES.get(id)?.action) ?? outcomeOf(record);
}

/** What the audit says. A registry change counts as success unless it says failure. */
function outcomeOf(record: EvidenceRecord): FieldValue {
  const keywords = record.system.keywords ?? '';
  const bits = /^0x[0-9a-f]{1,16}$/i.test(keywords) ? BigInt(keywords) : 0n;
  if ((bits & AUDIT_FAILURE) !== 0n) return 'failure';
  if ((bits & AUDIT_SUCCESS) !== 0n || record.system.eventId === REGISTRY_VALUE) return 'success';
  return null;
}
