import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';
import { canonicalRegistryPath } from '../registry-path.ts';
import { alias, type FieldMapping, filledValue } from './source.ts';

/** What log sources that are no Windows event log have in common. */

const SCRIPT_BLOCK = 4104;
/** Where Windows logs script blocks: searches ask for it, so script blocks of other sources are given out under it. */
const SCRIPT_BLOCK_SOURCE = 'XmlWinEventLog:Microsoft-Windows-PowerShell/Operational';
/** Of every 4104, by the manifest of PowerShell's provider. */
const SCRIPT_BLOCK_OPCODE = '15';

const REGISTRY = ['endpoint', 'registry'];
const PROCESS = ['process', 'report'];
const FILE = ['endpoint', 'filesystem'];
/** By the Windows event that tells the same. */
const TAGS: ReadonlyMap<number, readonly string[]> = new Map([
  [1, PROCESS],
  [11, FILE],
  [12, REGISTRY],
  [13, REGISTRY],
  [14, REGISTRY],
  [23, FILE],
]);

/** Fields of every record that is no Windows event but may have an equivalent in one. */
export const EQUIVALENT_FIELDS: Readonly<Record<string, FieldMapping>> = {
  _raw: alias('_raw'),
  host: computer,
  dest: computer,
  dvc: computer,
  Computer: computer,
  EventCode: eventCode,
  EventID: eventCode,
  signature_id: eventCode,
  UserID: userId,
  user_id: userId,
  Opcode: (record) => (isScriptBlock(record) ? SCRIPT_BLOCK_OPCODE : null),
  tag: (record) => TAGS.get(record.system.eventId ?? -1) ?? null,
};

/** The source of other events than script blocks. */
export function sourceOr(own: FieldMapping): FieldMapping {
  return (record) => (isScriptBlock(record) ? SCRIPT_BLOCK_SOURCE : own(record));
}

export function sourcetypeOr(own: string): FieldMapping {
  return (record) => (isScriptBlock(record) ? 'XmlWinEventLog' : own);
}

export function isScriptBlock(record: EvidenceRecord): boolean {
  return record.system.eventId === SCRIPT_BLOCK;
}

/** A field that only events of some kinds have. */
export function when(test: (record: EvidenceRecord) => boolean, mapping: FieldMapping): FieldMapping {
  return (record) => (test(record) ? mapping(record) : null);
}

/** All values of a name: one as it is, several as a multivalue field. */
export function allValues(record: EvidenceRecord, name: string): FieldValue {
  const values = record.data.flatMap(([key, value]) => (key === name ? [value] : []));
  return values.length > 1 ? values : (values[0] ?? null);
}

/** The first of the names that has a value. */
export function firstOf(...names: readonly string[]): FieldMapping {
  return (record) => {
    for (const name of names) {
      const value = filledValue(record, name);
      if (value !== null) return value;
    }
    return null;
  };
}

/** The hive as CIM names it, told by the beginning of a path. */
export function hiveOf(path: string): string | null {
  const [root, key] = canonicalRegistryPath(path).toUpperCase().split('\\', 2);
  if (root === 'HKLM' && key === 'SOFTWARE') return 'HKEY_LOCAL_MACHINE\\Software';
  if (root === 'HKLM' && key === 'SYSTEM') return 'HKEY_LOCAL_MACHINE\\System';
  if (root === 'HKLM' && (key === 'SAM' || key === 'SECURITY')) {
    return `HKEY_LOCAL_MACHINE\\${key === 'SAM' ? 'SAM' : 'Security'}`;
  }
  if (root === 'HKU') return 'HKEY_USERS';
  return root === 'HKCU' ? 'HKEY_CURRENT_USER' : null;
}

function computer(record: EvidenceRecord): FieldValue {
  return record.system.computer;
}

function userId(record: EvidenceRecord): FieldValue {
  return record.system.userId;
}

function eventCode(record: EvidenceRecord): FieldValue {
  return record.system.eventId === null ? null : String(record.system.eventId);
}
