import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileFilter, rowEvent } from './compile.ts';
import { askEach, FilterIndex, type ScopedRule, type Subject } from './match.ts';

const FIELDS = ['dest', 'user', 'text'];
const value = fc.constantFrom('a', 'A', 'ab', 'K', '\u212a', 'İ', 'ß', '10.1.1.1', '5', 'x*y', '');
const term = fc.oneof(
  fc.tuple(fc.constantFrom(...FIELDS), value).map(([field, text]) => `${field}="${text}"`),
  fc.tuple(fc.constantFrom(...FIELDS), value, value).map(([field, a, b]) => `${field} IN ("${a}", "${b}")`),
  fc.constantFrom(
    'dest="a*"',
    'user=*',
    'text!="a"',
    'dest="10.0.0.0/8"',
    'user>=5',
    '_m=1',
    'dest=CASE("a")',
  ),
);
const expression = fc.oneof(
  term,
  fc.tuple(term, term).map(([a, b]) => `(${a} ${b})`),
  fc.tuple(term, term).map(([a, b]) => `(${a} OR ${b})`),
  fc.tuple(term, term).map(([a, b]) => `(${a} NOT ${b})`),
  fc.tuple(term, term, term).map(([a, b, c]) => `(${a} (${b} OR ${c}))`),
);
const text = fc.oneof(
  expression.map((one) => `search NOT ${one}`),
  expression.map((one) => `search ${one}`),
  fc.tuple(expression, expression).map(([a, b]) => `search NOT ${a} | search NOT ${b}`),
  expression.map((one) => `eval _m=if(match(user, "^a"), 1, 0), dest="a" | search NOT ${one}`),
  expression.map((one) => `lookup people user | search NOT ${one}`),
  fc.constantFrom(
    'where NOT user="a"',
    'regex user!="^a"',
    'search *',
    'search NOT *',
    'where like(dest, "a%")',
  ),
);
const LOOKUPS = new Map([
  [
    'people',
    {
      name: 'people',
      columns: ['user', 'dest'],
      rows: [['a', 'ab']],
      matchTypes: {},
      isCaseSensitive: false,
      maxMatches: 1,
      defaultMatch: null,
    },
  ],
]);
const ticks = fc.option(fc.bigInt({ min: 0n, max: 5n }), { freq: 1 });
const rule: fc.Arbitrary<ScopedRule> = fc.record({
  filter: text.map((one) => compileFilter(one, LOOKUPS)),
  scope: fc.record({
    detectionIds: fc.subarray(['d1', 'd2']),
    exceptDetectionIds: fc.subarray(['d1']),
    hosts: fc.subarray(['h1', 'h2']),
    fromTicks: ticks,
    toTicks: ticks,
  }),
});
const subject: fc.Arbitrary<Subject> = fc.record({
  detectionId: fc.constantFrom('d1', 'd2', 'd3'),
  host: fc.constantFrom('h1', 'h2', null),
  firstTicks: ticks,
  lastTicks: ticks,
  row: fc
    .dictionary(
      fc.constantFrom(...FIELDS),
      fc.oneof(value, fc.integer({ min: 0, max: 9 }), fc.array(value, { minLength: 1, maxLength: 3 })),
    )
    .map((fields) => rowEvent(Object.entries(fields))),
});

it('an index finds the rules that asking each one finds, in any order of the rules', () => {
  let found = 0;
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 12 }),
      fc.array(subject, { maxLength: 12 }),
      (rules, subjects) => {
        const index = new FilterIndex(rules);
        const reversed = new FilterIndex(rules.toReversed());
        for (const one of subjects) {
          const expected = askEach(rules, one);
          found += expected.length;
          expect(index.rulesCovering(one)).toEqual(expected);
          expect(new Set(reversed.rulesCovering(one))).toEqual(new Set(expected));
          // Asked twice, from memory.
          expect(index.rulesCovering(one)).toEqual(expected);
        }
      },
    ),
    { numRuns: 400, seed: 11 },
  );
  expect(found).toBeGreaterThan(100);
});

it('a rule never covers a finding of a detection, host or time out of its scope', () => {
  fc.assert(
    fc.property(rule, subject, (one, finding) => {
      const isCovered = new FilterIndex([one]).rulesCovering(finding).length > 0;
      const { detectionIds, hosts, fromTicks, toTicks } = one.scope;
      if (detectionIds.length > 0 && !detectionIds.includes(finding.detectionId))
        expect(isCovered).toBe(false);
      if (one.scope.exceptDetectionIds.includes(finding.detectionId)) expect(isCovered).toBe(false);
      if (hosts.length > 0 && !hosts.includes(finding.host ?? '')) expect(isCovered).toBe(false);
      if (fromTicks !== null && (finding.firstTicks ?? -1n) < fromTicks) expect(isCovered).toBe(false);
      if (toTicks !== null && (finding.lastTicks ?? 9n) > toTicks) expect(isCovered).toBe(false);
    }),
    { numRuns: 1_000, seed: 12 },
  );
});
