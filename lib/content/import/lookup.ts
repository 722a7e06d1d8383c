/** Lookups: how a table is searched (lookups/*.yml, transforms.conf) and its rows (CSV). */
import type { LookupTable } from '#lib/spl/types.ts';
import { parseCsv } from './csv.ts';

/** How a table is searched. Its rows are in a CSV file, or in a KV store, which is empty here until it is filled. */
export type LookupDefinition = Omit<LookupTable, 'columns' | 'rows'> & {
  /** Null: a KV store. */
  readonly csvFile: string | null;
  /** Columns of a KV store. */
  readonly columns: readonly string[];
};

export type LookupRows = Pick<LookupTable, 'columns' | 'rows'> & {
  /** `name.csv` */
  readonly csvFile: string;
};

const MATCH_TYPE = /^\s*(WILDCARD|CIDR|EXACT)\s*\(\s*([^()]+?)\s*\)\s*$/i;
const TRUE = new Set(['true', 't', '1', 'yes']);
const FALSE = new Set(['false', 'f', '0', 'no']);
/** As transforms.conf says of tables without times. */
const DEFAULT_MAX_MATCHES = 1000;
const DEFAULT_MATCH = '';

/** The keys of transforms.conf as texts; those of the YAML form are called the same. */
export type LookupSettings = Readonly<Record<string, string>>;

/** @param say is told of each setting that cannot be understood, which is then left at its default. */
export function readLookupDefinition(
  name: string,
  settings: LookupSettings,
  say: (field: string, message: string) => void,
): LookupDefinition | null {
  const setting = (key: string): string | null => {
    const value = Object.hasOwn(settings, key) ? settings[key]?.trim() : undefined;
    return value === undefined || value === '' ? null : value;
  };
  const csvFile = setting('filename');
  const isCollection = setting('collection') !== null || setting('external_type') === 'kvstore';
  if (csvFile === null && !isCollection) {
    say('filename', 'a lookup needs filename=FILE.csv, or collection=NAME for a KV store');
    return null;
  }
  if (csvFile !== null && !csvFile.toLowerCase().endsWith('.csv')) {
    say('filename', `only CSV files can be read, not ${csvFile}: export the table as CSV`);
    return null;
  }
  const truth = (key: string, otherwise: boolean): boolean => {
    const value = setting(key)?.toLowerCase();
    if (value === undefined) return otherwise;
    if (!TRUE.has(value) && !FALSE.has(value)) say(key, `${key} is true or false`);
    return TRUE.has(value) || (!FALSE.has(value) && otherwise);
  };
  const count = (key: string, least: number, otherwise: number): number => {
    const value = setting(key);
    if (value === null) return otherwise;
    if (/^\d{1,6}$/.test(value) && Number(value) >= least) return Number(value);
    say(key, `${key} is a whole number from ${least}`);
    return otherwise;
  };
  const matchTypes: [string, 'WILDCARD' | 'CIDR'][] = [];
  for (const part of setting('match_type')?.split(',') ?? []) {
    const [, kind = '', column = ''] = MATCH_TYPE.exec(part) ?? [];
    const type = kind.toUpperCase();
    if (type === 'WILDCARD' || type === 'CIDR') matchTypes.push([column, type]);
    else if (type !== 'EXACT') say('match_type', 'write WILDCARD(column), CIDR(column) or EXACT(column)');
  }
  const columns = (setting('fields_list') ?? '')
    .split(/[\s,]+/)
    .filter((column) => column !== '' && column !== '_key');
  return {
    name,
    csvFile: csvFile === null ? null : baseName(csvFile),
    columns,
    matchTypes: Object.fromEntries(matchTypes),
    isCaseSensitive: truth('case_sensitive_match', true),
    maxMatches: count('max_matches', 1, DEFAULT_MAX_MATCHES),
    defaultMatch: count('min_matches', 0, 0) > 0 ? (setting('default_match') ?? DEFAULT_MATCH) : null,
  };
}

const baseName = (file: string): string => file.split(/[/\\]/).at(-1) ?? file;

/** @returns the rows, or why they could not be read, with the line from 1. */
export function readLookupRows(
  text: string,
  fileName: string,
): LookupRows | { readonly line: number; readonly message: string } {
  const table = parseCsv(text);
  if ('message' in table) return table;
  return { csvFile: baseName(fileName), columns: table.header, rows: table.rows };
}

/** Joins definitions and rows. A CSV file without a definition is a table of its own name, as in Splunk. */
export function linkLookups(
  definitions: readonly LookupDefinition[],
  files: readonly LookupRows[],
): { readonly tables: readonly LookupTable[]; readonly missing: readonly LookupDefinition[] } {
  const byFile = new Map(files.map((file) => [file.csvFile.toLowerCase(), file]));
  const tables = new Map<string, LookupTable>();
  const missing: LookupDefinition[] = [];
  for (const { csvFile, columns, rows } of files) {
    tables.set(csvFile, {
      name: csvFile,
      columns,
      rows,
      matchTypes: {},
      isCaseSensitive: true,
      maxMatches: DEFAULT_MAX_MATCHES,
      defaultMatch: null,
    });
  }
  for (const definition of definitions) {
    const { csvFile, columns, ...how } = definition;
    const file = csvFile === null ? { columns, rows: [] } : byFile.get(csvFile.toLowerCase());
    if (file === undefined) missing.push(definition);
    else tables.set(how.name, { ...how, columns: file.columns, rows: file.rows });
  }
  return { tables: [...tables.values()], missing };
}
