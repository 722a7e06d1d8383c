/**
 * What events a detection may select, as a condition that any SIEM can be asked. It takes at least every event that the
 * search selects (a superset is fine, our engine confirms; a miss is a bug); where it takes more, it says so.
 */
import type { SearchExpression, SearchValue } from '#lib/spl/ast.ts';
import { parseSearch } from '#lib/spl/parse.ts';

export type Predicate =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Predicate[] }
  /**
   * The field's value fits the pattern, whatever the case: literal pieces with any text between them; the first and the last
   * are empty where the pattern is open. One piece: the value is that text.
   */
  | Fits
  /** The literal stands somewhere in the event, whatever the case. */
  | { readonly kind: 'raw'; readonly literal: string };

export type Fits = { readonly kind: 'fits'; readonly field: string; readonly pieces: readonly string[] };

export type Superset = {
  /** `Endpoint.Registry` when the fields are those of a data model's object, else null: Splunk's names of Windows events. */
  readonly dataModel: string | null;
  readonly predicate: Predicate;
  /** Parts of the search that the condition leaves to our engine, as they are written there. */
  readonly widened: readonly string[];
};

const ALL: Predicate = { kind: 'all' };

/** @param text of a search after macro expansion. Throws SplError for text that is no search. */
export function supersetOf(text: string): Superset {
  const pipeline = parseSearch(text);
  const [first] = pipeline;
  const widened: string[] = [];
  const read = (expression: SearchExpression, prefix: string): Predicate =>
    predicateOf(expression, { prefix, widen: ({ from, to }) => widened.push(text.slice(from, to)) });
  if (first?.kind === 'tstats') {
    const dataModel = first.dataModel?.name ?? null;
    // `Registry.dest`: fields of a data model go by the object's name.
    const prefix = dataModel === null ? '' : `${dataModel.split('.').at(-1)}.`;
    return { dataModel, predicate: read(first.where, prefix), widened };
  }
  const operands: Predicate[] = [];
  for (const command of pipeline) {
    // What stands behind any other command may be about fields that the events do not have.
    if (command.kind !== 'search') break;
    operands.push(read(command.expression, ''));
  }
  return { dataModel: null, predicate: all(operands), widened };
}

type Reading = {
  /** Of field names, cut off. */
  readonly prefix: string;
  readonly widen: (span: { readonly from: number; readonly to: number }) => void;
};

function predicateOf(expression: SearchExpression, reading: Reading): Predicate {
  switch (expression.kind) {
    case 'and':
      return all(expression.operands.map((operand) => predicateOf(operand, reading)));
    case 'or':
      return any(expression.operands.map((operand) => predicateOf(operand, reading)));
    case 'all':
      return ALL;
    case 'term':
      return all(piecesOf(expression.value).flatMap((literal) => rawOf(literal)));
    case 'in':
      return any(expression.values.map((value) => fits(expression.field, value, reading)));
    case 'compare':
      if (expression.operator === '=') return fits(expression.field, expression.value, reading);
      reading.widen(expression);
      return ALL;
    // The opposite of a superset is none.
    case 'not':
    case 'subsearch':
      reading.widen(expression);
      return ALL;
  }
}

function fits(field: string, value: SearchValue, { prefix }: Reading): Predicate {
  // Where an event is kept says nothing about it; which indexes are asked is a setting of the source.
  if (field === 'index') return ALL;
  const name = field.startsWith(prefix) ? field.slice(prefix.length) : field;
  return { kind: 'fits', field: name, pieces: piecesOf(value) };
}

const piecesOf = ({ text }: SearchValue): string[] => text.split('*');
const rawOf = (literal: string): Predicate[] => (literal === '' ? [] : [{ kind: 'raw', literal }]);

function all(operands: readonly Predicate[]): Predicate {
  const flat = operands.flatMap((one) =>
    one.kind === 'and' ? one.operands : one.kind === 'all' ? [] : [one],
  );
  return flat.length === 0 ? ALL : flat.length === 1 && flat[0] ? flat[0] : { kind: 'and', operands: flat };
}

function any(operands: readonly Predicate[]): Predicate {
  if (operands.some(({ kind }) => kind === 'all')) return ALL;
  const flat = operands.flatMap((one) => (one.kind === 'or' ? one.operands : [one]));
  return flat.length === 1 && flat[0] ? flat[0] : { kind: 'or', operands: flat };
}
