import type { FindingSort } from '#lib/findings/types.ts';

/** Columns of the findings list in their order, with their words and, where the server can, how they are sorted. */
export const COLUMNS = {
  severity: { label: 'Severity', sort: 'severity' },
  number: { label: 'Number', sort: 'number' },
  sentence: { label: 'What happened', sort: null },
  detection: { label: 'Detection', sort: 'detection' },
  host: { label: 'Host', sort: 'dest' },
  user: { label: 'User', sort: 'user' },
  techniques: { label: 'Technique', sort: null },
  count: { label: 'Events', sort: 'count' },
  risk: { label: 'Risk', sort: 'risk' },
  first: { label: 'First seen', sort: 'first' },
  last: { label: 'Last seen', sort: 'last' },
  status: { label: 'Status', sort: 'status' },
  owner: { label: 'Owner', sort: null },
} as const satisfies Record<string, { label: string; sort: FindingSort | null }>;

export type ColumnId = keyof typeof COLUMNS;
export const COLUMN_IDS = Object.keys(COLUMNS) as readonly ColumnId[];

export const DEFAULT_HIDDEN: readonly ColumnId[] = ['number', 'detection', 'last'];
/** A finding is a sentence first. */
export const ALWAYS_SHOWN: ColumnId = 'sentence';

/** `by first seen`, for the head of the list. */
export function sortWords(sort: FindingSort): string {
  const id = COLUMN_IDS.find((one) => COLUMNS[one].sort === sort);
  return (id ? COLUMNS[id].label : sort).toLowerCase();
}
