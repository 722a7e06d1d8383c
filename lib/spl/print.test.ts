import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command, Expression, Pipeline, SearchExpression } from './ast.ts';
import { parseSearch } from './parse.ts';
import { printPipeline } from './print.ts';

/** A tree without its places in the text. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'from' && name !== 'to')
      .map(([name, inner]) => [name, withoutPlaces(inner)]),
  );
}

const AT = { from: 0, to: 0 };
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.constantFrom(
    'a',
    'b c',
    '*\\x\\*',
    '"',
    '\\',
    "it's",
    '|',
    '[',
    '`x',
    'by',
    'AND',
    'as',
    '-1',
    '\\s',
    'é',
  ),
);
/** Texts without what a macro or comment starts with: those are replaced before parsing. */
const plain = text.map((one) => one.replaceAll('`', '').replaceAll('\u0000', '')).filter((one) => one !== '');
const name = plain.map((one) => one.replace(/[*'"\\]/g, '')).filter((one) => one.trim() !== '');
const word = fc.constantFrom('a', 'Registry.dest', '_time', 'x_1', 'user');
const fieldName = name.map((one) => ({ ...AT, name: one }));

const searchValue = fc.record({
  from: fc.constant(0),
  to: fc.constant(0),
  text: plain.filter((one) => !/^\*+$/.test(one)),
  isCaseSensitive: fc.boolean(),
});

const { searchExpression } = fc.letrec<{ searchExpression: SearchExpression }>((tie) => ({
  searchExpression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant<SearchExpression>({ ...AT, kind: 'all' }),
    searchValue.map((value): SearchExpression => ({ ...AT, kind: 'term', value })),
    fc
      .tuple(name, fc.constantFrom('=', '!=', '<', '<=', '>', '>='), searchValue)
      .map(
        ([field, operator, value]) =>
          ({ ...AT, kind: 'compare', field, operator, value }) as SearchExpression,
      ),
    fc
      .tuple(name, fc.array(searchValue, { minLength: 1, maxLength: 3 }))
      .map(([field, values]): SearchExpression => ({ ...AT, kind: 'in', field, values })),
    tie('searchExpression').map((operand): SearchExpression => ({ ...AT, kind: 'not', operand })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('searchExpression'), { minLength: 2, maxLength: 3 }))
      .map(([kind, operands]) => ({ ...AT, kind, operands }) as SearchExpression),
  ),
}));

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    plain.map((value): Expression => ({ ...AT, kind: 'string', value })),
    fc
      .double({ min: 0, noNaN: true, noDefaultInfinity: true })
      .map((value): Expression => ({ ...AT, kind: 'number', value: Math.abs(value) })),
    name.map((one): Expression => ({ ...AT, kind: 'field', name: one })),
    fc
      .tuple(fc.constantFrom('and', 'or', 'xor'), fc.array(tie('expression'), { minLength: 2, maxLength: 3 }))
      .map(([kind, operands]) => ({ ...AT, kind, operands }) as Expression),
    fc
      .tuple(fc.constantFrom('not', 'negate'), tie('expression'))
      .map(([kind, operand]) => ({ ...AT, kind, operand }) as Expression),
    fc
      .tuple(fc.constantFrom('=', '!=', '<', '<=', '>', '>='), tie('expression'), tie('expression'))
      .map(([operator, left, right]) => ({ ...AT, kind: 'compare', operator, left, right }) as Expression),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom(['+', '-', '.'], ['*', '/', '%']),
        fc.array(fc.tuple(fc.nat(2), tie('expression')), { minLength: 1, maxLength: 3 }),
      )
      .map(
        ([first, operators, rest]) =>
          ({
            ...AT,
            kind: 'arithmetic',
            first,
            rest: rest.map(([index, operand]) => ({ operator: operators[index], operand })),
          }) as Expression,
      ),
    fc
      .tuple(
        fc.constantFrom('if', 'coalesce', 'like', 'in', 'lower'),
        fc.array(tie('expression'), { maxLength: 3 }),
      )
      .map(([call, args]): Expression => ({ ...AT, kind: 'call', name: call, args })),
  ),
}));

const aggregate = fc
  .tuple(
    fc.constantFrom('count', 'dc', 'values', 'perc95'),
    fc.oneof(fc.constant(null), fieldName, expression),
    name,
  )
  .map(([func, argument, as]) => ({ ...AT, func, argument, as }));
const by = fc.uniqueArray(
  fieldName.map((one) => ({ ...one, bucket: null })),
  { maxLength: 3, selector: (one) => one.name },
);
const grouping = { aggregates: fc.array(aggregate, { minLength: 1, maxLength: 3 }), by };
const renaming = fc.tuple(name, name).map(([field, as]) => ({ ...AT, field, as }));
const fields = fc.array(fieldName, { minLength: 1, maxLength: 3 });
const sortKey = fc
  .tuple(name, fc.boolean(), fc.constantFrom('auto', 'num', 'str', 'ip'))
  .map(([field, isDescending, order]) => ({ ...AT, field, isDescending, order }));
const count = fc.nat(100);

const first: fc.Arbitrary<unknown> = fc.oneof(
  searchExpression.map((one) => ({ ...AT, kind: 'search', expression: one })),
  fc
    .tuple(grouping.aggregates, searchExpression, by, fc.option(plain, { nil: null }))
    .map(([aggregates, where, fieldsBy, fillNullValue]) => ({
      ...AT,
      kind: 'tstats',
      dataModel: { ...AT, name: 'Endpoint.Registry' },
      aggregates,
      where,
      by: fieldsBy,
      fillNullValue,
    })),
);

const { pipeline } = fc.letrec<{ pipeline: readonly unknown[] }>((tie) => ({
  pipeline: fc
    .tuple(
      first,
      fc.array(
        fc.oneof(
          { depthSize: 'small', withCrossShrink: true },
          expression.map((one) => ({ ...AT, kind: 'where', expression: one })),
          fc.array(fc.tuple(name, expression), { minLength: 1, maxLength: 2 }).map((all) => ({
            ...AT,
            kind: 'eval',
            assignments: all.map(([field, value]) => ({ ...AT, field, expression: value })),
          })),
          fc.record({ ...span(), kind: fc.constantFrom('stats', 'eventstats'), ...grouping }),
          fc.record({
            ...span(),
            kind: fc.constant('streamstats'),
            isCurrent: fc.boolean(),
            window: count,
            isGlobal: fc.boolean(),
            isResetOnChange: fc.boolean(),
            ...grouping,
          }),
          fc.record({
            ...span(),
            kind: fc.constant('rename'),
            renamings: fc.array(renaming, { minLength: 1, maxLength: 2 }),
          }),
          fc.record({
            ...span(),
            kind: fc.constant('convert'),
            timeFormat: plain,
            conversions: fc.array(renaming, { minLength: 1, maxLength: 2 }),
          }),
          fc.record({ ...span(), kind: fc.constant('fillnull'), value: plain, fields }),
          fc.record({ ...span(), kind: fc.constant('fields'), isKeeping: fc.boolean(), fields }),
          fc.record({ ...span(), kind: fc.constant('table'), fields }),
          fc.record({
            ...span(),
            kind: fc.constant('sort'),
            limit: count,
            keys: fc.array(sortKey, { minLength: 1, maxLength: 3 }),
          }),
          fc.record({ ...span(), kind: fc.constantFrom('head', 'tail'), limit: count }),
          fc.record({
            ...span(),
            kind: fc.constant('dedup'),
            limit: fc.integer({ min: 1, max: 9 }),
            fields,
            isKeepingEmpty: fc.boolean(),
            isConsecutive: fc.boolean(),
            sortBy: fc.array(sortKey, { maxLength: 2 }),
          }),
          fc.record({
            ...span(),
            kind: fc.constant('rex'),
            field: name,
            pattern: fc.constantFrom('(?<a>\\w+)', '(?P<b>"\\\\[^|]*)'),
            maxMatch: count,
          }),
          fc.record({
            ...span(),
            kind: fc.constant('sed'),
            field: name,
            script: fc.constantFrom('s/a"/\\\\/g', 'y/ab/cd/'),
          }),
          fc.record({
            ...span(),
            kind: fc.constant('regex'),
            field: word,
            isNegated: fc.boolean(),
            pattern: fc.constantFrom('a|b', '\\\\x', '"'),
          }),
          fc.record({
            ...span(),
            kind: fc.constant('replace'),
            replacements: fc.array(fc.record({ pattern: plain, by: plain }), { minLength: 1, maxLength: 2 }),
            fields,
          }),
          fc.record({
            ...span(),
            kind: fc.constant('bin'),
            field: fc.constant('_time'),
            as: name,
            size: fc.record({
              count: fc.integer({ min: 1, max: 99 }),
              unit: fc.constantFrom('s', 'm', 'mon', null),
            }),
          }),
          fc.record({
            ...span(),
            kind: fc.constant('makemv'),
            field: name,
            separator: fc.record({ kind: fc.constant('delimiter'), text: plain }),
            isKeepingEmpty: fc.boolean(),
          }),
          fc.record({ ...span(), kind: fc.constant('mvexpand'), field: name, limit: count }),
          fc.record({
            ...span(),
            kind: fc.constant('lookup'),
            table: fieldName,
            inputs: fc.array(renaming, { minLength: 1, maxLength: 2 }),
            outputs: fc.array(renaming, { minLength: 1, maxLength: 2 }),
            isOverwriting: fc.boolean(),
          }),
          fc.record({
            ...span(),
            kind: fc.constant('inputlookup'),
            table: fieldName,
            isAppending: fc.boolean(),
            where: searchExpression,
            start: count,
            max: count,
          }),
          fc.record({
            ...span(),
            kind: fc.constant('join'),
            isOuter: fc.boolean(),
            fields,
            max: count,
            isOverwriting: fc.boolean(),
            subsearch: tie('pipeline'),
          }),
          fc.record({ ...span(), kind: fc.constant('append'), subsearch: tie('pipeline') }),
          fc.record({
            ...span(),
            kind: fc.constant('spath'),
            input: name,
            path: plain,
            output: fc.option(name, { nil: null }),
          }),
          fc.record({ ...span(), kind: fc.constant('xmlkv'), field: name }),
          fc.record({
            ...span(),
            kind: fc.constant('transaction'),
            fields,
            startsWith: fc.option(
              searchExpression.map((one) => ({ kind: 'terms', expression: one })),
              { nil: null },
            ),
            endsWith: fc.option(
              expression.map((one) => ({ kind: 'expression', expression: one })),
              { nil: null },
            ),
            maxSpanSeconds: fc.option(count, { nil: null }),
            maxPauseSeconds: fc.option(count, { nil: null }),
            maxEvents: count,
            isKeepingEvicted: fc.boolean(),
            isConnected: fc.boolean(),
          }),
        ),
        { maxLength: 4 },
      ),
    )
    .map(([start, rest]) => [start, ...rest]),
}));

function span() {
  return { from: fc.constant(0), to: fc.constant(0) };
}

describe('printing', () => {
  it('gives a text that parses to the same tree', () => {
    fc.assert(
      fc.property(pipeline, (tree) => {
        const printed = printPipeline(tree as readonly Command[] as Pipeline);
        expect(withoutPlaces(parseSearch(printed)), printed).toEqual(withoutPlaces(tree));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    'a=1 b=2 OR NOT c="x y" NOT (d>3 e IN (1, "2*")) CASE(Q)',
    'search [| inputlookup t where a=1 | fields a] NOT [search b=1 | table c] | head',
    '* | where (a=1 OR b!=2) AND NOT c IN ("x", "y") XOR like(d, "a%") | eval x=-a.b+.5*(2-c), \'y z\'="q\\d"',
    '* | appendpipe [stats count by a | where count > 3] | tail 3 | reverse | makemv tokenizer="(\\w)" a',
    '* | transaction a startswith="b=1" endswith=(c=2 OR d) maxspan=5m | transaction a startswith=eval(b>1)',
    '* | streamstats count window=3 by a | eventstats values(*) as all_* by b | stats perc95(a) count(eval(b=1))',
    '| tstats count as n values(Registry.user) from datamodel=Endpoint.Registry by _time span=1h Registry.dest',
    '| makeresults count=3 | bin _time span=5m as t | rename "a.*" as *, b as "c d" | fields - a* | spath',
  ])('of %s', (search) => {
    const tree = parseSearch(search);
    const printed = printPipeline(tree);
    expect(withoutPlaces(parseSearch(printed)), printed).toEqual(withoutPlaces(tree));
    expect(printPipeline(parseSearch(printed))).toBe(printed);
  });
});
