/** What the rows of a search hold, told in the fields of the events they come from: what a proof solves. */
import type { ArithmeticOperator } from '#lib/spl/ast.ts';
import type { Scalar } from '#lib/spl/value.ts';
import type { ValueTest } from './shape.ts';

/** Events of one kind: those of the search itself, or of a subsearch. */
export type Stream = {
  readonly id: number;
  /** `Endpoint.Registry`; null: plain events. */
  readonly dataModel: string | null;
  /** Every field that the search looks at. */
  readonly fields: Set<string>;
};

/** A regular expression that takes fields out of a text. */
export type Rex = { readonly id: number; readonly pattern: string; readonly input: Term };

export type Branch = { readonly when: Condition; readonly value: Term };

export type Term =
  | { readonly kind: 'constant'; readonly value: Scalar | null }
  | { readonly kind: 'field'; readonly stream: Stream; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Term[] }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Term;
      readonly right: Term;
    }
  /** The first branch whose condition holds: if(), case(), coalesce(), lookups. */
  | { readonly kind: 'choice'; readonly branches: () => Iterable<Branch> }
  /** How many events, or how many values of one of the terms. */
  | {
      readonly kind: 'count';
      readonly stream: Stream;
      readonly distinct: readonly Term[] | null;
      readonly when: Condition | null;
    }
  | { readonly kind: 'capture'; readonly rex: Rex; readonly group: string }
  /** Computed in a way that is not followed: conditions on it are hoped for, and the run tells. */
  | { readonly kind: 'opaque' };

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'truth'; readonly value: boolean }
  | { readonly kind: 'test'; readonly term: Term; readonly test: ValueTest }
  | { readonly kind: 'same'; readonly left: Term; readonly right: Term }
  | { readonly kind: 'null'; readonly term: Term }
  | { readonly kind: 'opaque' };

export const OPAQUE = { kind: 'opaque' } as const;
export const NULL: Term = { kind: 'constant', value: null };
export const TRUE: Condition = { kind: 'truth', value: true };
export const constant = (value: Scalar): Term => ({ kind: 'constant', value });
export const not = (operand: Condition): Condition => ({ kind: 'not', operand });
export const and = (operands: readonly Condition[]): Condition => ({ kind: 'and', operands });
export const isPresent = (term: Term): Condition => not({ kind: 'null', term });
