import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';
import { splitRegistryPath } from '../registry-path.ts';
import { type FieldMapping, filledValue, onlyFor } from './source.ts';

export const REGISTRY_VALUE = 4657;

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

/**
 * Registry fields of event 4657; its path is the key's, without the value. Splunk_TA_windows (props.conf
 * [source::XmlWinEventLog:Security] of 8.1.2) gives path, value name and the type's message reference alone; the data, the
 * key's name, the hive, the words for the type and what was done are ours, so that the change can be read.
 */
export const SECURITY_REGISTRY: Readonly<Record<string, FieldMapping>> = {
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
};

export function operationOf(record: EvidenceRecord): FieldValue {
  return OPERATIONS.get(filledValue(record, 'OperationType') ?? '') ?? null;
}

function registryOnly(mapping: FieldMapping): FieldMapping {
  return onlyFor([REGISTRY_VALUE], mapping);
}

function hiveOf(record: EvidenceRecord): FieldValue {
  const path = filledValue(record, 'ObjectName')?.toLowerCase() ?? '';
  if (path.startsWith('\\registry\\machine\\software\\')) return 'HKEY_LOCAL_MACHINE\\Software';
  if (path.startsWith('\\registry\\machine\\system\\')) return 'HKEY_LOCAL_MACHINE\\System';
  return path.startsWith('\\registry\\user\\') ? 'HKEY_USERS' : null;
}
