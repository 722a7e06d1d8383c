import { parseCsv } from '#lib/content/import/csv.ts';
import { suggest } from '#lib/spl/nearest.ts';
import { ENTITY_COLUMNS, type EntityRow, KEY_COLUMNS, LIST_COLUMNS, PRIORITIES } from './entities.ts';
import type { EntityKind, LineProblem } from './types.ts';

const ROWS_MAX = 100_000;
const PROBLEMS_SHOWN = 200;
/** Splunk ES writes several values of one column so. */
const SEPARATOR = '|';

export type EntityFile = {
  readonly rows: readonly EntityRow[];
  readonly problems: readonly LineProblem[];
  /** All of them, of which `problems` has the first. */
  readonly problemTotal: number;
  /** Columns that are kept but mean nothing here. */
  readonly otherColumns: readonly string[];
};

/**
 * Reads an asset or identity list as Splunk ES has it. A line with a problem is left out and named, the others count; a
 * table that cannot be read at all has no rows.
 */
export function readEntityFile(kind: EntityKind, fileName: string, text: string): EntityFile {
  const none = { rows: [], otherColumns: [], problemTotal: 1 };
  const csv = parseCsv(text);
  if ('message' in csv) return { ...none, problems: [csv] };
  const known: readonly string[] = ENTITY_COLUMNS[kind];
  const keyColumns: readonly string[] = KEY_COLUMNS[kind];
  if (!csv.header.some((column) => keyColumns.includes(column))) {
    const remedy =
      csv.header.map((column) => suggest(column, keyColumns)).find((words) => words !== '') ?? '';
    return {
      ...none,
      problems: [
        {
          line: 1,
          message: `An ${kind} list needs a column ${keyColumns.join(', ')} in its first line.${remedy}`,
        },
      ],
    };
  }
  const problems: LineProblem[] = [];
  const rows: EntityRow[] = [];
  const lineOfKey = new Map<string, number>();
  for (const [index, cells] of csv.rows.entries()) {
    const line = csv.lines[index] ?? 0;
    if (rows.length >= ROWS_MAX) {
      problems.push({
        line,
        message: `A list may have ${ROWS_MAX} entries; this line and those after it are left out.`,
      });
      break;
    }
    const row = rowOf(kind, fileName, line, csv.header, cells);
    const problem = problemOf(row, lineOfKey);
    if (problem !== null) problems.push({ line, message: problem });
    else {
      for (const key of row.keys) lineOfKey.set(key, line);
      rows.push(row);
    }
  }
  return {
    rows,
    problems: problems.slice(0, PROBLEMS_SHOWN),
    problemTotal: problems.length,
    otherColumns: csv.header.filter((column) => column !== '' && !known.includes(column)),
  };
}

function rowOf(
  kind: EntityKind,
  fileName: string,
  line: number,
  header: readonly string[],
  cells: readonly string[],
): EntityRow {
  const columns: Record<string, readonly string[]> = Object.create(null);
  for (const [index, column] of header.entries()) {
    const cell = (cells[index] ?? '').trim();
    const values = LIST_COLUMNS.includes(column) ? cell.split(SEPARATOR).map((part) => part.trim()) : [cell];
    const filled = values.filter((value) => value !== '');
    if (column !== '' && filled.length > 0) columns[column] = filled;
  }
  if (columns.priority) columns.priority = columns.priority.map((value) => value.toLowerCase());
  const keys = KEY_COLUMNS[kind].flatMap((column) => columns[column] ?? []);
  return { kind, fileName, line, columns, keys: [...new Set(keys.map((key) => key.toLowerCase()))] };
}

function problemOf(row: EntityRow, lineOfKey: ReadonlyMap<string, number>): string | null {
  if (row.keys.length === 0)
    return `It is empty in ${KEY_COLUMNS[row.kind].join(', ')}: nothing can be found by it.`;
  const [priority] = row.columns.priority ?? [];
  if (priority !== undefined && !(PRIORITIES as readonly string[]).includes(priority))
    return `Its priority is none of ${PRIORITIES.join(', ')}.`;
  for (const sid of row.columns.sid ?? [])
    if (!/^S-1-\d+(?:-\d+)+$/i.test(sid)) return 'Its sid is no SID; one looks like S-1-5-21-…-1001.';
  for (const key of row.keys) {
    const line = lineOfKey.get(key);
    if (line !== undefined)
      return `It has the same ${row.kind === 'asset' ? 'address or name' : 'name, address or SID'} as line ${line}.`;
  }
  return null;
}
