import { MAPPED_FIELDS, type MappedField, type TIME_FORMATS } from '#lib/evidence/mapping/fields.ts';
import type { ColumnMapping } from '#lib/evidence/mapping/mapping.ts';

/** What a column is. */
export type Role = 'none' | 'time' | 'raw' | MappedField;

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  none: 'keeps its own name',
  time: 'Time',
  raw: 'Whole event (XML, JSON, classic text)',
  host: 'Host',
  eventId: 'Event id',
  channel: 'Channel (log)',
  provider: 'Provider',
  recordId: 'Record number',
  user: 'User',
  scriptText: 'Script text',
  message: 'Message',
  registryPath: 'Registry path',
  registryValueName: 'Registry value name',
  registryValueData: 'Registry value data',
  registryValueType: 'Registry value type',
  process: 'Process path',
  commandLine: 'Command line',
  parentProcess: 'Parent process path',
};
export const ROLES: readonly Role[] = ['none', 'time', 'raw', ...MAPPED_FIELDS];

export const FORMAT_WORDS: Readonly<Record<(typeof TIME_FORMATS)[number], string>> = {
  iso: 'ISO 8601, or as Windows and consoles write it',
  'epoch-s': 'seconds since 1970',
  'epoch-ms': 'milliseconds since 1970',
  'epoch-us': 'microseconds since 1970',
  'epoch-ns': 'nanoseconds since 1970',
  filetime: 'Windows FILETIME (100 ns since 1601)',
};
export const CUSTOM_FORMAT = 'custom';
export const CUSTOM_START = '%d.%m.%Y %H:%M:%S';

/** What a column is in a mapping. */
export function roleOf(mapping: ColumnMapping, column: string): Role {
  if (mapping.time?.column === column) return 'time';
  if (mapping.raw === column) return 'raw';
  return MAPPED_FIELDS.find((field) => mapping.fields[field] === column) ?? 'none';
}

/** The mapping with another role of a column; what had the role before keeps its own name. */
export function withRole(mapping: ColumnMapping, column: string, role: Role): ColumnMapping {
  const { time } = mapping;
  const fields = Object.fromEntries(
    Object.entries(mapping.fields).filter(([field, name]) => name !== column && field !== role),
  );
  const free: ColumnMapping = {
    time: time?.column === column ? null : time,
    raw: mapping.raw === column ? null : mapping.raw,
    fields,
  };
  if (role === 'none') return free;
  if (role === 'time') {
    return { ...free, time: { column, format: time?.format ?? 'iso', zone: time?.zone ?? null } };
  }
  return role === 'raw' ? { ...free, raw: column } : { ...free, fields: { ...fields, [role]: column } };
}

/** The columns that a mapping uses, and for what. */
export function mappingWords({ time, raw, fields }: ColumnMapping): string {
  const used: readonly (readonly [Role, string | null | undefined])[] = [
    ['time', time?.column],
    ['raw', raw],
    ...MAPPED_FIELDS.map((field) => [field, fields[field]] as const),
  ];
  const told = used.flatMap(([role, column]) => (column ? [`${ROLE_WORDS[role]}: ${column}`] : []));
  return [...told, ...(time?.zone ? [`times without a zone are in ${time.zone}`] : [])].join(', ');
}
