/** What the commands of a search are compiled to. */
import type { SearchableEvent } from '#lib/events/event.ts';
import type { Budget } from './budget.ts';
import type { RunContext } from './functions.ts';
import type { WorkRow } from './row.ts';
import type { MatchedTerm, UnmatchedTerm } from './types.ts';

/** One run of a search. */
export type Run = {
  readonly context: RunContext;
  readonly isLenient: boolean;
  /** All events of the run: a search inside this one looks at them too. */
  readonly events: readonly SearchableEvent[];
  readonly budget: Budget;
};

/** Keeps some events, one by one. */
export type FilterStage = {
  readonly kind: 'filter';
  readonly test: (event: SearchableEvent, context: RunContext) => boolean;
  /** Adds the terms that the event satisfies. Called only when test() is true. */
  readonly explain: (event: SearchableEvent, terms: MatchedTerm[]) => void;
  /** The first term that the event does not satisfy. Called only when test() is false. */
  readonly whyNot: (event: SearchableEvent) => UnmatchedTerm;
  /** As CompiledSearch.needles. */
  readonly needles: readonly (readonly string[])[];
  readonly usesRun: boolean;
};

/** Changes events, one by one. */
export type MapStage = {
  readonly kind: 'map';
  readonly apply: (row: WorkRow, context: RunContext) => WorkRow;
  readonly usesRun: boolean;
};

/** Needs all rows. */
export type TableStage = {
  readonly kind: 'table';
  readonly apply: (rows: readonly WorkRow[], run: Run) => readonly WorkRow[];
  readonly isGrouping: boolean;
  readonly usesOrder: boolean;
  /** Makes rows of its own: as first command it looks at no event. */
  readonly isGenerating?: true;
};

export type Stage = (FilterStage | MapStage | TableStage) & {
  /** Columns after it, from those before it; null where they are not known. */
  readonly columns: (before: readonly string[] | null) => readonly string[] | null;
  readonly subsearches?: readonly Subsearch[];
};

/** A search inside another one; it looks at the same events. */
export type Subsearch = {
  readonly select: (event: SearchableEvent) => boolean;
  readonly needles: readonly (readonly string[])[];
  readonly columns: readonly string[] | null;
  readonly run: (run: Run) => readonly WorkRow[];
};

export const sameColumns = (before: readonly string[] | null): readonly string[] | null => before;

export const withColumns = (
  before: readonly string[] | null,
  added: readonly string[],
): readonly string[] | null => (before === null ? null : [...new Set([...before, ...added])]);
