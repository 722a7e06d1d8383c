/** What the commands of a search are compiled to. */
import type { SearchableEvent } from '#lib/events/event.ts';
import type { RunContext } from './functions.ts';
import type { WorkRow } from './row.ts';
import type { CompiledTerms } from './search-terms.ts';

/** Keeps some events, one by one. */
export type FilterStage = {
  readonly kind: 'filter';
  readonly test: (event: SearchableEvent, context: RunContext) => boolean;
  /** The terms of a search; null for `where`. */
  readonly terms: CompiledTerms | null;
  readonly usesRun: boolean;
};

/** Changes events, one by one. */
export type MapStage = {
  readonly kind: 'map';
  readonly apply: (row: WorkRow, context: RunContext) => WorkRow;
  readonly usesRun: boolean;
};

/** Needs all rows. */
type TableStage = {
  readonly kind: 'table';
  readonly apply: (rows: readonly WorkRow[], context: RunContext, isLenient: boolean) => readonly WorkRow[];
  readonly isGrouping: boolean;
  readonly usesOrder: boolean;
};

export type Stage = (FilterStage | MapStage | TableStage) & {
  /** Columns after it, from those before it; null where they are not known. */
  readonly columns: (before: readonly string[] | null) => readonly string[] | null;
};
