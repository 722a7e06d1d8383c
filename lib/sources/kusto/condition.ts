import type { Predicate } from '../predicate.ts';
import { wordsIn } from '../words.ts';

/** A condition in KQL; null holds for every row: nothing that can be asked for. */
export type Condition = string | null;

/** What a table can be asked about a field whose value fits the pieces of a pattern; null when it cannot. */
export type FieldCondition = (field: string, pieces: readonly string[]) => Condition;

export const both = (conditions: readonly Condition[]): Condition =>
  join(' and ', conditions.filter(isAsked));

export const either = (conditions: readonly Condition[]): Condition =>
  conditions.every(isAsked) ? join(' or ', conditions) : null;

const isAsked = (condition: Condition): condition is string => condition !== null;

function join(operator: string, conditions: readonly string[]): Condition {
  const distinct = [...new Set(conditions)];
  if (distinct.length < 2) return distinct[0] ?? null;
  return `(${distinct.join(operator)})`;
}

/** A string literal ("The string data type", Kusto: the escapes of JSON are among its own). */
export const quoted = (text: string): string => JSON.stringify(text);

/**
 * The text of a column or an expression fits: `=~` is equality and `contains` substring, both whatever the case. Never
 * `has`, which looks up whole terms. The order of the pieces is left to our engine.
 */
export function fitsText(expression: string, pieces: readonly string[], isExact = true): Condition {
  const [only] = pieces;
  if (isExact && only !== undefined && pieces.length === 1) return `${expression} =~ ${quoted(only)}`;
  return both(
    pieces.filter((piece) => piece !== '').map((piece) => `${expression} contains ${quoted(piece)}`),
  );
}

/** The words of a pattern stand in one of the texts: for texts in which a value may be escaped (XML, JSON). */
export function fitsWords(expressions: readonly string[], pieces: readonly string[]): Condition {
  return both(wordsIn(pieces).map(({ text }) => wordIn(expressions, text)));
}

/** Which part of a table's rows may be selected. Literals anywhere in an event are left to our engine. */
export function conditionOf(predicate: Predicate, field: FieldCondition): Condition {
  switch (predicate.kind) {
    case 'all':
    case 'raw':
      return null;
    case 'and':
      return both(predicate.operands.map((operand) => conditionOf(operand, field)));
    case 'or':
      return either(predicate.operands.map((operand) => conditionOf(operand, field)));
    case 'fits':
      return field(predicate.field, predicate.pieces);
  }
}

const wordIn = (expressions: readonly string[], word: string): Condition =>
  either(expressions.map((expression) => `${expression} contains ${quoted(word)}`));
