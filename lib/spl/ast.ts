/** What a search says, as a tree. Positions are UTF-16 offsets in the text after macro expansion. */

export type Span = { readonly from: number; readonly to: number };

export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** A value to look for in a search: `*` in it stands for any text. */
export type SearchValue = Span & { readonly text: string; readonly isCaseSensitive: boolean };

export type SearchExpression =
  | (Span & { readonly kind: 'and' | 'or'; readonly operands: readonly SearchExpression[] })
  | (Span & { readonly kind: 'not'; readonly operand: SearchExpression })
  | (Span & { readonly kind: 'all' })
  | (Span & {
      readonly kind: 'compare';
      readonly field: string;
      readonly operator: CompareOperator;
      readonly value: SearchValue;
    })
  | (Span & { readonly kind: 'in'; readonly field: string; readonly values: readonly SearchValue[] })
  /** A word or phrase that stands anywhere in the raw text. */
  | (Span & { readonly kind: 'term'; readonly value: SearchValue })
  /** Stands for the rows of another search: `(a=1 b=2) OR (a=3 b=4)`. */
  | (Span & { readonly kind: 'subsearch'; readonly commands: Pipeline });

/** The commands of a search, in order. */
export type Pipeline = readonly Command[];

export type ArithmeticOperator = '+' | '-' | '.' | '*' | '/' | '%';

export type Expression =
  | (Span & { readonly kind: 'string'; readonly value: string })
  | (Span & { readonly kind: 'number'; readonly value: number })
  | (Span & { readonly kind: 'field'; readonly name: string })
  | (Span & { readonly kind: 'and' | 'or' | 'xor'; readonly operands: readonly Expression[] })
  | (Span & { readonly kind: 'not' | 'negate'; readonly operand: Expression })
  | (Span & {
      readonly kind: 'compare';
      readonly operator: CompareOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  /** Operators of one precedence, applied from left to right. */
  | (Span & {
      readonly kind: 'arithmetic';
      readonly first: Expression;
      readonly rest: readonly { readonly operator: ArithmeticOperator; readonly operand: Expression }[];
    })
  | (Span & { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] });

export type FieldName = Span & { readonly name: string };

/** `5m`, `1d`; of numbers a plain width. Units are lower case: s, m, h, d, w, mon. */
export type BucketSize = {
  readonly count: number;
  readonly unit: 'ms' | 's' | 'm' | 'h' | 'd' | 'w' | 'mon' | null;
};

/** A by-field; times may be cut to a span: `by _time span=1h`. */
export type ByField = FieldName & { readonly bucket: BucketSize | null };

/** `count`, `min(_time) as firstTime`, `count(eval(x=1))`. */
export type Aggregate = Span & {
  readonly func: string;
  readonly argument: FieldName | Expression | null;
  /** Name of the column: what `as` says, else as written. */
  readonly as: string;
};

export type Assignment = Span & { readonly field: string; readonly expression: Expression };
/** One name and the name it goes by. */
export type Renaming = Span & { readonly field: string; readonly as: string };

export type SortKey = Span & {
  readonly field: string;
  readonly isDescending: boolean;
  readonly order: 'auto' | 'num' | 'str' | 'ip';
};

export type Command = Span &
  (
    | { readonly kind: 'search'; readonly expression: SearchExpression }
    | { readonly kind: 'where'; readonly expression: Expression }
    | { readonly kind: 'eval'; readonly assignments: readonly Assignment[] }
    | ({ readonly kind: 'stats' } & Grouping)
    /** Adds the functions of all rows, or of the row's group, to each row. */
    | ({ readonly kind: 'eventstats' } & Grouping)
    /** Adds to each row the functions of the rows up to it. */
    | ({
        readonly kind: 'streamstats';
        /** Whether the row itself counts. */
        readonly isCurrent: boolean;
        /** How many rows back; 0: all. */
        readonly window: number;
        /** Whether a window counts rows of all groups, or of the row's own. */
        readonly isGlobal: boolean;
        /** Whether another by-value than the row before has starts anew. */
        readonly isResetOnChange: boolean;
      } & Grouping)
    | {
        readonly kind: 'tstats';
        /** `Endpoint.Registry`; null: plain events. */
        readonly dataModel: FieldName | null;
        readonly aggregates: readonly Aggregate[];
        readonly where: SearchExpression;
        readonly by: readonly ByField[];
        /** What stands in for a null by-field; without it such rows are dropped. */
        readonly fillNullValue: string | null;
      }
    | { readonly kind: 'rename'; readonly renamings: readonly Renaming[] }
    | { readonly kind: 'convert'; readonly timeFormat: string; readonly conversions: readonly Renaming[] }
    /** Without fields: all that have a value in at least one row. */
    | { readonly kind: 'fillnull'; readonly value: string; readonly fields: readonly FieldName[] }
    | { readonly kind: 'fields'; readonly isKeeping: boolean; readonly fields: readonly FieldName[] }
    | { readonly kind: 'table'; readonly fields: readonly FieldName[] }
    | { readonly kind: 'sort'; readonly limit: number; readonly keys: readonly SortKey[] }
    | { readonly kind: 'reverse' }
    | { readonly kind: 'head' | 'tail'; readonly limit: number }
    | {
        readonly kind: 'dedup';
        readonly limit: number;
        readonly fields: readonly FieldName[];
        /** Whether rows without one of the fields stay. */
        readonly isKeepingEmpty: boolean;
        /** Whether only rows that follow each other are doubles. */
        readonly isConsecutive: boolean;
        readonly sortBy: readonly SortKey[];
      }
    /** Named groups of the pattern become fields. */
    | { readonly kind: 'rex'; readonly field: string; readonly pattern: string; readonly maxMatch: number }
    /** `rex mode=sed "s/a/b/g"` or `"y/abc/xyz/"` */
    | { readonly kind: 'sed'; readonly field: string; readonly script: string }
    | {
        readonly kind: 'regex';
        readonly field: string;
        readonly isNegated: boolean;
        readonly pattern: string;
      }
    | {
        readonly kind: 'replace';
        readonly replacements: readonly { readonly pattern: string; readonly by: string }[];
        /** Empty: all fields. */
        readonly fields: readonly FieldName[];
      }
    | { readonly kind: 'bin'; readonly field: string; readonly as: string; readonly size: BucketSize }
    | {
        readonly kind: 'makemv';
        readonly field: string;
        /** Parts the values, or matches each one. */
        readonly separator: { readonly kind: 'delimiter' | 'tokenizer'; readonly text: string };
        readonly isKeepingEmpty: boolean;
      }
    /** One row a value; at most so many, 0: all. */
    | { readonly kind: 'mvexpand'; readonly field: string; readonly limit: number }
    | {
        readonly kind: 'lookup';
        readonly table: FieldName;
        /** Columns to search by and the fields that are looked up there. */
        readonly inputs: readonly Renaming[];
        /** Columns to take and the fields that get them; null: all other columns. */
        readonly outputs: readonly Renaming[] | null;
        /** Whether a field that has a value already is overwritten (OUTPUT), or keeps it (OUTPUTNEW). */
        readonly isOverwriting: boolean;
      }
    | {
        readonly kind: 'inputlookup';
        readonly table: FieldName;
        /** Whether the rows before stay. */
        readonly isAppending: boolean;
        readonly where: SearchExpression;
        readonly start: number;
        /** 0: all. */
        readonly max: number;
      }
    | {
        readonly kind: 'join';
        /** Whether rows without a partner stay. */
        readonly isOuter: boolean;
        /** Empty: all fields that both sides have. */
        readonly fields: readonly FieldName[];
        /** Partners a row; 0: all. */
        readonly max: number;
        /** Whether fields of the partner replace those of the row. */
        readonly isOverwriting: boolean;
        readonly subsearch: Pipeline;
      }
    | { readonly kind: 'append'; readonly subsearch: Pipeline }
    | { readonly kind: 'appendpipe'; readonly commands: Pipeline }
    | {
        readonly kind: 'spath';
        readonly input: string;
        /** Null: all that is found, each under its own path. */
        readonly path: string | null;
        readonly output: string | null;
      }
    | { readonly kind: 'xmlkv'; readonly field: string }
    | {
        readonly kind: 'transaction';
        readonly fields: readonly FieldName[];
        readonly startsWith: RowCondition | null;
        readonly endsWith: RowCondition | null;
        /** Seconds; null: no limit. */
        readonly maxSpanSeconds: number | null;
        readonly maxPauseSeconds: number | null;
        /** 0: no limit. */
        readonly maxEvents: number;
        /** Whether transactions without their end are shown too. */
        readonly isKeepingEvicted: boolean;
        /** Whether events with no field in common are kept apart. */
        readonly isConnected: boolean;
      }
    | { readonly kind: 'makeresults'; readonly count: number }
  );

type Grouping = { readonly aggregates: readonly Aggregate[]; readonly by: readonly ByField[] };

/** What an event must be like: terms of a search, or an expression of where. */
export type RowCondition =
  | { readonly kind: 'terms'; readonly expression: SearchExpression }
  | { readonly kind: 'expression'; readonly expression: Expression };
