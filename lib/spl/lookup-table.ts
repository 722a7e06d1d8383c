/** Finds the rows of a lookup table, as transforms.conf describes: exactly, with wildcards or by network, per column. */
import { parseNetwork } from './cidr.ts';
import { Pattern } from './pattern.ts';
import type { LookupTable } from './types.ts';

type TableRow = readonly string[];

/** Rows whose columns hold the values (one each, in the order of the columns). */
export type FindRows = (values: readonly string[]) => readonly TableRow[];

/** Prepares a search by these columns. They must exist. */
export function indexTable(table: LookupTable, columns: readonly string[]): FindRows {
  const places = columns.map((column) => table.columns.indexOf(column));
  const fold = (text: string): string => (table.isCaseSensitive ? text : text.toLowerCase());
  const exact = columns.map((column) => !Object.hasOwn(table.matchTypes, column));
  const keyOf = (values: readonly string[]): string =>
    JSON.stringify(values.filter((_, index) => exact[index]).map(fold));

  const testOf = (column: string, cell: string): ((value: string) => boolean) => {
    if (table.matchTypes[column] === 'CIDR')
      return parseNetwork(cell) ?? ((value) => fold(value) === fold(cell));
    const pattern = new Pattern(cell, table.isCaseSensitive);
    return (value) => pattern.matches(value);
  };
  type Entry = { readonly row: TableRow; readonly tests: readonly (((value: string) => boolean) | null)[] };
  const entries = new Map<string, Entry[]>();
  for (const row of table.rows) {
    const cells = places.map((place) => row[place] ?? '');
    const tests = columns.map((column, index) => (exact[index] ? null : testOf(column, cells[index] ?? '')));
    const key = keyOf(cells);
    const known = entries.get(key);
    if (known === undefined) entries.set(key, [{ row, tests }]);
    else known.push({ row, tests });
  }
  return (values) => {
    const found: TableRow[] = [];
    for (const { row, tests } of entries.get(keyOf(values)) ?? []) {
      if (!tests.every((test, index) => test?.(values[index] ?? '') ?? true)) continue;
      found.push(row);
      if (found.length >= table.maxMatches) break;
    }
    return found;
  };
}
