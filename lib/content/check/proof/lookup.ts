import type { Pipeline, SearchValue } from '#lib/spl/ast.ts';
import type { LookupTable } from '#lib/spl/types.ts';
import type { Fields } from './fields.ts';
import type { ValueTest } from './shape.ts';
import { and, type Branch, type Condition, constant, NULL, not, type Term } from './term.ts';
import { anyOf, networkTest, searchEquality } from './tests-of.ts';

export type Lookups = ReadonlyMap<string, LookupTable>;

type Input = { readonly column: string; readonly term: Term };

/** Rows that are tried; a table may have a hundred thousand. */
const MAX_ROWS = 300;

/** What a lookup finds in a column: a branch a row, and one for no row at all. */
export function lookupTerm(table: LookupTable, inputs: readonly Input[], output: string): Term {
  const at = table.columns.indexOf(output);
  return {
    kind: 'choice',
    *branches(): Generator<Branch> {
      for (const row of table.rows.slice(0, MAX_ROWS)) {
        yield { when: rowCondition(table, inputs, row), value: constant(row[at] ?? '') };
      }
      const missed = table.defaultMatch === null ? NULL : constant(table.defaultMatch);
      yield { when: noRow(table, inputs), value: missed };
    },
  };
}

function rowCondition(table: LookupTable, inputs: readonly Input[], row: readonly string[]): Condition {
  const parts = inputs.map(({ column, term }): Condition => {
    const text = row[table.columns.indexOf(column)] ?? '';
    return { kind: 'test', term, test: cellTest(table, column, text) };
  });
  return and(parts);
}

/** Tables with more rows than are tried are for the run to find out. */
function noRow(table: LookupTable, inputs: readonly Input[]): Condition {
  return and(table.rows.slice(0, MAX_ROWS).map((row) => not(rowCondition(table, inputs, row))));
}

function cellTest(table: LookupTable, column: string, text: string): ValueTest {
  const isCaseSensitive = table.isCaseSensitive;
  const matchType = Object.hasOwn(table.matchTypes, column) ? table.matchTypes[column] : undefined;
  if (matchType === 'CIDR') return networkTest(text);
  if (matchType === 'WILDCARD') {
    const value: SearchValue = { from: 0, to: 0, text, isCaseSensitive };
    return { ...searchEquality(value), shapes: [text.split('*')] };
  }
  const wanted = isCaseSensitive ? text : text.toLowerCase();
  return {
    shapes: [[text]],
    matches: (value) => (isCaseSensitive ? value : value.toLowerCase()) === wanted,
  };
}

/**
 * What a subsearch stands for that only renames and chooses columns of a lookup: `(a=1 b=2) OR (a=3 b=4)`. Null when it does more.
 */
export function tableCondition(
  [first, ...rest]: Pipeline,
  fields: Fields,
  lookups: Lookups,
): Condition | null {
  const table = first?.kind === 'inputlookup' ? lookups.get(first.table.name) : undefined;
  if (table === undefined) return null;
  let names = table.columns.map((column, index) => ({ index, field: column }));
  for (const command of rest) {
    if (command.kind === 'rename') {
      const renamed = new Map(command.renamings.map(({ field, as }) => [field, as]));
      names = names.map(({ index, field }) => ({ index, field: renamed.get(field) ?? field }));
    } else if (command.kind === 'table' || (command.kind === 'fields' && command.isKeeping)) {
      const kept = new Set(command.fields.map(({ name }) => name));
      names = names.filter(({ field }) => kept.has(field));
    } else return null;
  }
  const rows = table.rows.slice(0, MAX_ROWS);
  const test = (text: string): ValueTest => searchEquality({ from: 0, to: 0, text, isCaseSensitive: false });
  const [only, ...others] = names;
  // One field is one test of it, so that several events may take turns.
  if (only !== undefined && others.length === 0) {
    const tests = rows.map((row) => test(row[only.index] ?? ''));
    return { kind: 'test', term: fields.get(only.field), test: anyOf(tests) };
  }
  const operands = rows.map((row) =>
    and(
      names.map(({ index, field }) => ({
        kind: 'test',
        term: fields.get(field),
        test: test(row[index] ?? ''),
      })),
    ),
  );
  return { kind: 'or', operands };
}
