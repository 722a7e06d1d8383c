import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SearchExpression } from '#lib/spl/ast.ts';
import { printSearchExpression } from '#lib/spl/print.ts';
import { explainRegexError } from '#lib/spl/regex.ts';
import { compileFilter, rowEvent } from './compile.ts';
import { canonicalForm, formatText, formToText, textToForm } from './form.ts';
import { FILTER_OPERATORS, type FilterCondition, type FilterForm } from './types.ts';

const FIELDS = ['dest', 'user', 'ScriptBlockText', 'a b', 'IN'];
const hostile = fc.oneof(
  fc.constantFrom(
    '',
    '*',
    '**',
    'a*',
    '*a',
    '*a*',
    'a*b',
    '10.0.0.0/8',
    '10.1.2.3',
    'CORP\\adm',
    '\\\\srv\\c$',
    '"',
  ),
  fc.constantFrom(
    '(?i)^(?:a)$',
    '(?:)x',
    '^svc-',
    'a|b',
    ')|(?:',
    '\t',
    '5',
    '1e3',
    '\\',
    '\\"',
    '|',
    '`m`',
    'NOT',
    'é\u{1f600}',
  ),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('a', 'B', '*', '\\', '"', '(', ')', '.', '|', '?', ':'), maxLength: 6 }),
);
const condition: fc.Arbitrary<FilterCondition> = fc
  .record({
    field: fc.constantFrom(...FIELDS),
    operator: fc.constantFrom(...FILTER_OPERATORS),
    values: fc.array(hostile, { maxLength: 3 }),
  })
  .filter(({ operator, values }) => operator !== 'regex' || explainRegexError(values[0] ?? '') === null);
const form: fc.Arbitrary<FilterForm> = fc.record({
  items: fc.array(fc.record({ conditions: fc.array(condition, { maxLength: 4 }) }), { maxLength: 4 }),
});
const NO_LOOKUPS = new Map();

const row = fc.dictionary(
  fc.constantFrom(...FIELDS),
  fc.oneof(hostile, fc.integer({ max: 20, min: 0 }), fc.array(hostile, { minLength: 1, maxLength: 2 })),
);

describe('form and text', () => {
  it('form to text to form is the identity', () => {
    fc.assert(
      fc.property(form, (one) => {
        const text = formToText(one);
        expect(textToForm(text), text).toEqual({ form: canonicalForm(one), reason: null });
        expect(formToText(canonicalForm(one))).toBe(text);
        expect(formatText(text)).toBe(text);
      }),
      { numRuns: 2_000, seed: 5 },
    );
  });

  it('a form compares as its words say', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FIELDS), hostile, hostile, (field, value, other) => {
        const covers = (operator: FilterCondition['operator'], values: string[], held: string | null) =>
          compileFilter(
            formToText({
              items: [
                {
                  conditions: [
                    { field, operator, values },
                    { field: 'x', operator: 'exists', values: [] },
                  ],
                },
              ],
            }),
            NO_LOOKUPS,
          ).covers(rowEvent([['x', '1'], ...(held === null ? [] : [[field, held] as const])]));
        expect(covers('is', [value], value)).toBe(true);
        expect(covers('is', [value], `${value}x`)).toBe(false);
        expect(covers('is-not', [value], `${value}x`)).toBe(true);
        expect(covers('is-not', [value], value)).toBe(false);
        expect(covers('is-not', [value], null)).toBe(false);
        expect(covers('one-of', [other, value], value)).toBe(true);
        expect(covers('none-of', [other, value], value)).toBe(false);
        expect(covers('none-of', [value], null)).toBe(false);
        expect(covers('none-of', [value], `${value}y`)).toBe(true);
        expect(covers('starts-with', [value], value + other)).toBe(true);
        expect(covers('ends-with', [value], other + value)).toBe(true);
        expect(covers('contains', [value], other + value + other)).toBe(true);
        expect(covers('contains', [`${value}q`], other)).toBe(
          other.toLowerCase().includes(`${value}q`.toLowerCase()),
        );
        expect(covers('exists', [], value)).toBe(true);
        expect(covers('missing', [], null)).toBe(true);
        expect(covers('missing', [], value)).toBe(false);
      }),
      { numRuns: 500, seed: 6 },
    );
  });

  const value = hostile
    .filter((text) => text !== '')
    .map((text) => ({ from: 0, to: 0, text, isCaseSensitive: false }));
  const { terms } = fc.letrec<{ terms: SearchExpression }>((tie) => ({
    terms: fc.oneof(
      { maxDepth: 3 },
      fc.record({
        from: fc.constant(0),
        to: fc.constant(0),
        kind: fc.constant('compare' as const),
        field: fc.constantFrom(...FIELDS),
        operator: fc.constantFrom('=', '=', '=', '!=', '<', '>='),
        value,
      }) as fc.Arbitrary<SearchExpression>,
      fc.record({
        from: fc.constant(0),
        to: fc.constant(0),
        kind: fc.constant('in' as const),
        field: fc.constantFrom(...FIELDS),
        values: fc.array(value, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        from: fc.constant(0),
        to: fc.constant(0),
        kind: fc.constant('not' as const),
        operand: tie('terms'),
      }),
      fc.record({
        from: fc.constant(0),
        to: fc.constant(0),
        kind: fc.constantFrom('and' as const, 'or' as const),
        operands: fc.array(tie('terms'), { minLength: 2, maxLength: 3 }),
      }),
    ),
  }));

  it('text to form to text covers the same rows', () => {
    let shown = 0;
    fc.assert(
      fc.property(terms, fc.array(row, { minLength: 5, maxLength: 10 }), (expression, rows) => {
        const text = `search NOT (${printSearchExpression(expression)})`;
        const { form: read, reason } = textToForm(text);
        if (read === null) {
          expect(reason).not.toBe('');
          return;
        }
        shown++;
        const before = compileFilter(text, NO_LOOKUPS);
        const after = compileFilter(formToText(read), NO_LOOKUPS);
        for (const one of rows) {
          const event = rowEvent(Object.entries(one));
          expect(after.covers(event), `${text}\n${formToText(read)}\n${JSON.stringify(one)}`).toBe(
            before.covers(event),
          );
        }
      }),
      { numRuns: 2_000, seed: 7 },
    );
    expect(shown).toBeGreaterThan(300);
  });

  it('says why it cannot show a text', () => {
    const reasonOf = (text: string) => textToForm(text).reason;
    expect(reasonOf('where NOT user="x"')).toMatch(/^where minds case/);
    expect(reasonOf('search user!="x"')).toMatch(/^Rows without user/);
    expect(reasonOf('search NOT user=CASE("x")')).toMatch(/minds case/);
    expect(reasonOf('lookup hosts host as dest OUTPUT known | search NOT known=1')).toMatch(/^lookup/);
    expect(reasonOf('eval n=len(user) | search NOT n=3')).toMatch(/eval computes "n"/);
    expect(reasonOf('search NOT *')).toMatch(/every row/);
    expect(reasonOf('stats count')).toMatch(/stats cannot stand/);
  });

  it('writes what people would write', () => {
    expect(
      formToText({
        items: [
          {
            conditions: [
              { field: 'dest', operator: 'is', values: ['win10-02'] },
              { field: 'user', operator: 'starts-with', values: ['CORP\\svc-'] },
            ],
          },
          { conditions: [{ field: 'dest', operator: 'one-of', values: ['a', 'b'] }] },
        ],
      }),
    ).toBe('search NOT ((dest="win10-02" user="CORP\\\\svc-*") OR dest IN ("a", "b"))');
    expect(
      formToText({ items: [{ conditions: [{ field: 'user', operator: 'regex', values: ['^svc-\\d+$'] }] }] }),
    ).toBe('regex user!="^svc-\\\\d+$"');
  });
});
