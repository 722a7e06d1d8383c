import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';

/** A macro as in macros.conf: `name` or `name(argumentCount)`, textual substitution of $argument$. */
export type MacroDefinition = {
  /** Without the argument count. */
  readonly name: string;
  readonly args: readonly string[];
  readonly definition: string;
};

/** One object of a CIM data model, such as Endpoint.Registry, over plain events. */
export type DataModelObject = {
  /** `Endpoint.Registry` */
  readonly name: string;
  /** Prefix of its fields in tstats: `Registry`. */
  readonly prefix: string;
  /** Whether the event belongs to the object (its tags or constraint). */
  has(event: SearchableEvent): boolean;
  /** Value of the object's field, without prefix, CIM defaults applied ("unknown"); null when absent. */
  get(event: SearchableEvent, field: string): FieldValue;
  readonly fields: readonly string[];
  /**
   * Whether the field's value is always a part of the raw evidence text, so that its literals can be sought there; `words`:
   * its words are, but not next to each other.
   */
  isVerbatim(field: string): boolean | 'words';
};

/** A lookup table: the rows of a CSV file and how they are found, as transforms.conf says. */
export type LookupTable = {
  readonly name: string;
  readonly columns: readonly string[];
  /** Each row in the order of the columns. */
  readonly rows: readonly (readonly string[])[];
  /** How a column is compared when it is searched by (match_type); exactly when it is not named here. */
  readonly matchTypes: Readonly<Record<string, 'WILDCARD' | 'CIDR'>>;
  readonly isCaseSensitive: boolean;
  /** At most this many rows match one event (max_matches). */
  readonly maxMatches: number;
  /** What the output fields get when no row matches (default_match, with min_matches of 1); null: nothing. */
  readonly defaultMatch: string | null;
};

/** What a search is compiled against. No clock: `now` is given at run time. */
export type SearchEnvironment = {
  /** Keyed `name` or `name(2)`. */
  readonly macros: ReadonlyMap<string, MacroDefinition>;
  /** Keyed `Endpoint.Registry`. */
  readonly dataModels: ReadonlyMap<string, DataModelObject>;
  /** Keyed by the name that lookup and inputlookup use. */
  readonly lookups: ReadonlyMap<string, LookupTable>;
  /** As DataModelObject.isVerbatim, for fields of plain events. */
  isVerbatim(field: string): boolean | 'words';
};

/** One row of results. */
export type Row = {
  readonly fields: ReadonlyMap<string, FieldValue>;
  /** Indexes into the events given to `run` which the row came from; ascending, distinct. */
  readonly sources: readonly number[];
  /** By-fields, as named in the by clause, with this row's values, of the last grouping command; null without one. */
  readonly key: readonly (readonly [field: string, value: FieldValue])[] | null;
  /** Fields that only lenient null handling filled; empty for a strict row. */
  readonly filled: readonly string[];
  /** What tells apart the rows that one row was split into, by mvexpand or a join with several partners. */
  readonly split: readonly (readonly [field: string, value: FieldValue])[];
};

/** A comparison of the search that an event satisfied, to show why a finding fired. */
export type MatchedTerm = {
  /** Field as the search writes it. */
  readonly field: string;
  /** The term as written, for example `Image="*\\at.exe"`. */
  readonly term: string;
  readonly value: string;
  /** Where the literal parts of the pattern stand in value: UTF-16 offsets, ascending. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
};

/** A comparison of the search that an event does not satisfy. */
export type UnmatchedTerm = {
  /** The term as written. */
  readonly term: string;
  /** Field that it looks at, null when it looks at several or at none. */
  readonly field: string | null;
  /** What the event has there, several values a line each; null: nothing. */
  readonly value: string | null;
};

export type RunOptions = {
  /** Lenient also keeps rows that Splunk drops for a null by-field (filled with "null"), and marks them. */
  readonly mode: 'strict' | 'lenient';
  /** Milliseconds since 1970 UTC; what now() gives. */
  readonly nowMs: number;
  /** IANA zone for ctime and strftime; UTC when absent. */
  readonly timeZone?: string;
  /** Ends the run early, with the signal's reason thrown. */
  readonly signal?: AbortSignal;
};

export type CompiledSearch = {
  readonly text: string;
  /** After macro expansion. */
  readonly expandedText: string;
  /** `null` for plain events, else the data model object that tstats reads. */
  readonly dataModel: string | null;
  /**
   * Literals that a match needs: for every group at least one literal (lower case) must stand in the raw evidence.
   * Empty when nothing can be skipped.
   */
  readonly needles: readonly (readonly string[])[];
  /** The streaming prefix: whether the event goes on to the rest. Does not allocate for events that do not match. */
  select(event: SearchableEvent): boolean;
  /** The whole search over events that were selected. Same rows for any order of events. */
  run(events: readonly SearchableEvent[], options: RunOptions): readonly Row[];
  /** Which terms of the prefix the event satisfies, and where. Empty for an event that is not selected. */
  explain(event: SearchableEvent): readonly MatchedTerm[];
  /** The first term of the prefix that the event does not satisfy; null for an event that is selected. */
  whyNot(event: SearchableEvent): UnmatchedTerm | null;
  /** The final columns where they are known at compile time, in order, else null. */
  readonly columns: readonly string[] | null;
  /** True when a grouping command (stats, tstats) makes the rows. */
  readonly isGrouping: boolean;
};

/** Thrown by parse and compile. Positions are UTF-16 offsets in the text as given (in a macro: of its call). */
export class SplError extends Error {
  override readonly name = 'SplError';
  readonly from: number;
  readonly to: number;
  constructor(message: string, from: number, to: number) {
    super(message);
    this.from = from;
    this.to = to;
  }
}
