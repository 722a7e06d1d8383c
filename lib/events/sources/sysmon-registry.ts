import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';
import { splitRegistryPath } from '../registry-path.ts';
import { dataValue, type FieldMapping, filledValue } from './source.ts';

const KEY_EVENT = 12;
const VALUE_SET = 13;
const RENAME = 14;

/** Only for these prefixes does the add-on know a hive. */
const HIVES: readonly (readonly [prefix: string, hive: string])[] = [
  ['hklm\\system\\', 'HKEY_LOCAL_MACHINE\\System'],
  ['hku\\', 'HKEY_CURRENT_USER'],
  ['hklm\\software\\', 'HKEY_LOCAL_MACHINE\\Software'],
];

/** Registry fields of Sysmon 12, 13 and 14 (REFERENCE, "What the real Sysmon TA computes"). */
export const SYSMON_REGISTRY: Readonly<Record<string, FieldMapping>> = {
  status: statusOf,
  registry_path: (record) => (isRegistry(record) ? filledValue(record, 'TargetObject') : null),
  registry_hive: hiveOf,
  registry_key_name: keyNameOf,
  registry_value_name: valueNameOf,
  registry_value_data: valueDataOf,
  registry_value_type: valueTypeOf,
};

export function registryAction(record: EvidenceRecord): FieldValue {
  const id = record.system.eventId;
  if (id === VALUE_SET || id === RENAME) return 'modified';
  if (id !== KEY_EVENT) return null;
  const type = dataValue(record, 'EventType');
  if (type === 'CreateKey') return 'created';
  return type === 'DeleteKey' || type === 'DeleteValue' ? 'deleted' : null;
}

function isRegistry(record: EvidenceRecord): boolean {
  const id = record.system.eventId;
  return id === KEY_EVENT || id === VALUE_SET || id === RENAME;
}

function statusOf(record: EvidenceRecord): FieldValue {
  const id = record.system.eventId;
  if (id === KEY_EVENT || id === VALUE_SET) return 'success';
  return id === RENAME && record.system.keywords?.toLowerCase() === '0x8000000000000000' ? 'success' : null;
}

function hiveOf(record: EvidenceRecord): FieldValue {
  if (!isRegistry(record)) return null;
  const path = dataValue(record, 'TargetObject')?.toLowerCase() ?? '';
  return HIVES.find(([prefix]) => path.startsWith(prefix))?.[1] ?? null;
}

/** The last part of the path; of a value's path the part before it. */
function keyNameOf(record: EvidenceRecord): FieldValue {
  if (!isRegistry(record)) return null;
  const path = filledValue(record, 'TargetObject');
  if (path === null) return null;
  const { parent, last } = splitRegistryPath(path);
  return (record.system.eventId === VALUE_SET ? splitRegistryPath(parent).last : last) || null;
}

/** Only event 13, and 14 when a value was renamed: event 12 never names a value. */
function valueNameOf(record: EvidenceRecord): FieldValue {
  const id = record.system.eventId;
  if (id !== VALUE_SET && !(id === RENAME && dataValue(record, 'EventType') === 'RenameValue')) return null;
  const path = filledValue(record, 'TargetObject');
  return path === null ? null : splitRegistryPath(path).last || null;
}

/** `DWORD (0x00000001)`; as in the add-on, a value of several lines has no type. */
const TYPED_DETAILS = /^(\w+)\s\(([^\n]+)\)$/;

function valueDataOf(record: EvidenceRecord): FieldValue {
  if (record.system.eventId !== VALUE_SET) return null;
  const details = filledValue(record, 'Details');
  return details === null ? null : (TYPED_DETAILS.exec(details)?.[2] ?? details);
}

function valueTypeOf(record: EvidenceRecord): FieldValue {
  if (record.system.eventId !== VALUE_SET) return null;
  const word = TYPED_DETAILS.exec(dataValue(record, 'Details') ?? '')?.[1];
  return word === undefined ? null : `REG_${word}`;
}
