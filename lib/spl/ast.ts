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
  | (Span & { readonly kind: 'term'; readonly value: SearchValue });

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

/** `count`, `min(_time) as firstTime`, `count(eval(x=1))`. */
export type Aggregate = Span & {
  readonly func: string;
  readonly argument: FieldName | Expression | null;
  /** Name of the column: what `as` says, else as written. */
  readonly as: string;
};

export type Assignment = Span & { readonly field: string; readonly expression: Expression };
export type Renaming = Span & { readonly field: string; readonly as: string };

export type SortKey = Span & {
  readonly field: string;
  readonly isDescending: boolean;
  readonly order: 'auto' | 'num' | 'str';
};

export type Command = Span &
  (
    | { readonly kind: 'search'; readonly expression: SearchExpression }
    | { readonly kind: 'where'; readonly expression: Expression }
    | { readonly kind: 'eval'; readonly assignments: readonly Assignment[] }
    | { readonly kind: 'stats'; readonly aggregates: readonly Aggregate[]; readonly by: readonly FieldName[] }
    | {
        readonly kind: 'tstats';
        /** `Endpoint.Registry` */
        readonly dataModel: FieldName;
        readonly aggregates: readonly Aggregate[];
        readonly where: SearchExpression;
        readonly by: readonly FieldName[];
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
    | { readonly kind: 'head'; readonly limit: number }
    | { readonly kind: 'dedup'; readonly limit: number; readonly fields: readonly FieldName[] }
  );
