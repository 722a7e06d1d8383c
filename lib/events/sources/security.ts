import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';
import { splitRegistryPath } from '../registry-path.ts';
import { type FieldMapping, filledValue, type LogSource } from './source.ts';

const REGISTRY_VALUE = 4657;
/** Bit of Keywords (winmeta.xml, WINEVENT_KEYWORD_AUDIT_FAILURE). */
const AUDIT_FAILURE = 0x10000000000000n;

/** Message-table references of event 4657 (Microsoft Learn, event-4657). */
const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['%%1904', 'created'],
  ['%%1905', 'modified'],
  ['%%1906', 'deleted'],
]);
const TYPES: ReadonlyMap<string, string> = new Map([
  ['%%1872', 'REG_NONE'],
  ['%%1873', 'REG_SZ'],
  ['%%1874', 'REG_EXPAND_SZ'],
  ['%%1875', 'REG_BINARY'],
  ['%%1876', 'REG_DWORD'],
  ['%%1877', 'REG_DWORD_BIG_ENDIAN'],
  ['%%1878', 'REG_LINK'],
  ['%%1879', 'REG_MULTI_SZ'],
  ['%%1883', 'REG_QWORD'],
]);

/** The Security log; of its events the registry audit 4657 has CIM fields. Its path is the key's, without the value. */
export const security: LogSource = {
  name: 'Security',
  claims: (channel) => channel.toLowerCase() === 'security',
  fields: {
    dest: (record) => record.system.computer,
    vendor_product: () => 'Microsoft Windows',
    user: (record) => filledValue(record, 'SubjectUserName'),
    user_id: (record) => filledValue(record, 'SubjectUserSid'),
    action: registryOnly((record) => OPERATIONS.get(filledValue(record, 'OperationType') ?? '') ?? null),
    status: registryOnly((record) => (isFailure(record) ? 'failure' : 'success')),
    process_id: (record) => filledValue(record, 'ProcessId'),
    process_path: (record) => filledValue(record, 'ProcessName'),
    registry_path: registryOnly((record) => filledValue(record, 'ObjectName')),
    registry_hive: registryOnly(hiveOf),
    registry_key_name: registryOnly((record) => {
      const path = filledValue(record, 'ObjectName');
      return path === null ? null : splitRegistryPath(path).last || null;
    }),
    registry_value_name: registryOnly((record) => filledValue(record, 'ObjectValueName')),
    registry_value_data: registryOnly((record) => filledValue(record, 'NewValue')),
    registry_value_type: registryOnly((record) => {
      const type = filledValue(record, 'NewValueType');
      return type === null || type === '-' ? null : (TYPES.get(type) ?? type);
    }),
  },
};

function registryOnly(mapping: FieldMapping): FieldMapping {
  return (record) => (record.system.eventId === REGISTRY_VALUE ? mapping(record) : null);
}

function isFailure(record: EvidenceRecord): boolean {
  const keywords = record.system.keywords ?? '';
  return /^0x[0-9a-f]{1,16}$/i.test(keywords) && (BigInt(keywords) & AUDIT_FAILURE) !== 0n;
}

function hiveOf(record: EvidenceRecord): FieldValue {
  const path = filledValue(record, 'ObjectName')?.toLowerCase() ?? '';
  if (path.startsWith('\\registry\\machine\\software\\')) return 'HKEY_LOCAL_MACHINE\\Software';
  if (path.startsWith('\\registry\\machine\\system\\')) return 'HKEY_LOCAL_MACHINE\\System';
  return path.startsWith('\\registry\\user\\') ? 'HKEY_USERS' : null;
}
