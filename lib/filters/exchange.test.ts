import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainRegexError } from '#lib/spl/regex.ts';
import { compileFilter, rowEvent } from './compile.ts';
import type { ExportedRule, NamedDetection } from './exchange.ts';
import { formToText } from './form.ts';
import { rulesToJson } from './json.ts';
import { macrosConf } from './macros-conf.ts';
import { readRules } from './read-file.ts';
import { rulesToSigma } from './sigma-filter.ts';
import { FILTER_OPERATORS, type FilterCondition, type FilterDraft } from './types.ts';

const DETECTIONS: readonly NamedDetection[] = [
  { id: 'd1', name: 'One', fileName: 'one', columns: ['dest', 'user', 'text', 'count'] },
  { id: 'd2', name: 'Two', fileName: 'two', columns: ['dest', 'user'] },
];
const DRAFT: FilterDraft = {
  name: 'Inventory',
  text: 'search NOT (dest="a" user="b")',
  outcome: 'hide',
  factor: null,
  snoozeUntil: null,
  detectionIds: ['d1'],
  isThisInvestigation: false,
  hosts: [],
  window: null,
  reason: 'The inventory script of the backup team.',
  ticket: 'INC-1',
  ownerId: null,
  expiresAt: '2027-01-01T00:00:00.000Z',
};
const rule = (number: number, more: Partial<FilterDraft>): ExportedRule => ({
  id: `00000000-0000-7000-8000-00000000000${number}`,
  number,
  draft: { ...DRAFT, ...more },
});

const value = fc.oneof(
  fc.constantFrom(
    'a',
    'b*c',
    'C:\\Users\\x',
    '\\\\srv\\c$',
    'why?',
    '10.0.0.0/8',
    '"',
    "it's",
    'a: b',
    '#',
    '',
    'é',
    '5',
  ),
  fc.string({ unit: fc.constantFrom('a', 'B', '\\', '*', '?', '"', ' ', '.'), maxLength: 5 }),
);
const condition: fc.Arbitrary<FilterCondition> = fc
  .record({
    field: fc.constantFrom('dest', 'user', 'text'),
    operator: fc.constantFrom(...FILTER_OPERATORS.filter((one) => one !== 'at-least' && one !== 'at-most')),
    values: fc.array(value, { minLength: 1, maxLength: 2 }),
  })
  .filter(
    ({ operator, values }) =>
      operator !== 'regex' || (values[0] !== '' && explainRegexError(values[0] ?? '') === null),
  );
const text = fc
  .array(fc.record({ conditions: fc.array(condition, { minLength: 1, maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((items) => formToText({ items }));
const rows = fc.array(fc.dictionary(fc.constantFrom('dest', 'user', 'text'), value), {
  minLength: 1,
  maxLength: 8,
});

const coveredBy = (one: string, row: Record<string, string>): boolean =>
  compileFilter(one, new Map()).covers(rowEvent(Object.entries(row)));

describe('macros.conf', () => {
  it('joins the rules of a detection as stages under the name of its filter macro, and lists the others', () => {
    const conf = macrosConf(
      [
        rule(1, {}),
        rule(2, { text: 'search NOT user="c"', detectionIds: [], name: 'All\n[evil]' }),
        rule(3, { outcome: 'lower', factor: 0.5 }),
        rule(4, { hosts: ['ws1'] }),
        rule(5, { text: 'search NOT text="x"', detectionIds: [] }),
      ],
      DETECTIONS,
    );
    expect(conf).toBe(`# Without a macro form, and so not in this file:
# R-3 Inventory: lowers risk to 0.5 of it and hides nothing
# R-4 Inventory: counts for hosts by all of their names (ws1)

# One
#   R-1 Inventory: The inventory script of the backup team.
#   R-2 All [evil]: The inventory script of the backup team.
#   R-5 Inventory: The inventory script of the backup team.
[one_filter]
definition = search NOT (dest="a" user="b")\\
| search NOT user="c"\\
| search NOT text="x"

# Two
#   R-2 All [evil]: The inventory script of the backup team.
[two_filter]
definition = search NOT user="c"
`);
    expect(readRules(conf, DETECTIONS)).toEqual({
      rules: [
        {
          name: 'One filter',
          text: 'search NOT (dest="a" user="b")\n| search NOT user="c"\n| search NOT text="x"',
          detectionIds: ['d1'],
        },
        { name: 'Two filter', text: 'search NOT user="c"', detectionIds: ['d2'] },
      ],
      problems: [],
    });
  });

  it('covers the same rows after writing and reading', () => {
    fc.assert(
      fc.property(text, text, rows, (one, other, all) => {
        const conf = macrosConf([rule(1, { text: one }), rule(2, { text: other })], DETECTIONS);
        const [read] = readRules(conf, DETECTIONS, 'macros').rules;
        for (const row of all) {
          expect(coveredBy(read?.text ?? '', row), conf).toBe(coveredBy(one, row) || coveredBy(other, row));
        }
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('says what is no filter macro, and takes no rule from one that keeps everything', () => {
    expect(readRules('[one_filter]\ndefinition = search *\n[other]\ndefinition = x\n', DETECTIONS)).toEqual({
      rules: [],
      problems: [{ place: '[other]', message: 'is the filter macro of no detection here' }],
    });
  });
});

describe('JSON', () => {
  it('carries all but the owner', () => {
    const all = [
      rule(1, { outcome: 'lower', factor: 0.5, hosts: ['ws1'] }),
      rule(2, { window: { fromTicks: '1', toTicks: null, zone: 'UTC' } }),
    ];
    const { rules, problems } = readRules(rulesToJson(all, DETECTIONS), DETECTIONS);
    expect(problems).toEqual([]);
    expect(rules).toEqual(all.map(({ draft }) => draft));
  });

  it('names what it cannot read', () => {
    const file = JSON.stringify({
      format: 'jobsight-filters',
      version: 1,
      rules: [{ text: 5 }, null, { text: 'search *' }],
    });
    const { rules, problems } = readRules(file, DETECTIONS);
    expect(rules).toHaveLength(1);
    expect(problems.map(({ place }) => place)).toEqual(['rule 1', 'rule 2']);
    expect(readRules('{', DETECTIONS).problems).toHaveLength(1);
  });
});

describe('Sigma filters', () => {
  it('are written with the selections and the condition of what stays', () => {
    expect(
      rulesToSigma([
        rule(1, { text: 'search NOT ((dest="a" user!="CORP\\\\adm*x") OR dest="w*")' }),
        rule(2, { text: 'where NOT user="x"' }),
      ]),
    ).toContain('# R-2 Inventory: no form of it: where minds case');
    expect(
      rulesToSigma([rule(1, { text: 'search NOT (dest="win*" user="CORP\\\\adm")' })]),
    ).toBe(`title: Inventory
id: 00000000-0000-7000-8000-000000000001
description: The inventory script of the backup team.
logsource:
    product: windows
filter:
    rules:
        - d1
    item_1_1:
        dest|startswith: win
    item_1_2:
        user: CORP\\\\adm
    condition: not (item_1_1 and item_1_2)
`);
  });

  it('cover the same rows after writing and reading', () => {
    let compared = 0;
    fc.assert(
      fc.property(text, rows, (one, all) => {
        const yaml = rulesToSigma([rule(1, { text: one })]);
        const { rules, problems } = readRules(yaml, DETECTIONS, 'sigma');
        expect(problems, yaml).toEqual([]);
        const [read] = rules;
        if (read === undefined) return;
        expect(read.detectionIds).toEqual(['d1']);
        for (const row of all) {
          compared++;
          expect(coveredBy(read.text, row), `${one}\n${yaml}\n${read.text}\n${JSON.stringify(row)}`).toBe(
            coveredBy(one, row),
          );
        }
      }),
      { numRuns: 200, seed: 2 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  it('say where a mistake is', () => {
    const { rules, problems } = readRules(
      'title: x\nfilter:\n  rules: any\n  a:\n    - keyword\n  condition: not a\n',
      DETECTIONS,
    );
    expect(rules).toEqual([]);
    expect(problems[0]?.message).toBe('A row of results has no raw text: name a field.');
    expect(
      readRules('title: x\nfilter:\n  rules: any\n  a:\n    dest: x\n  condition: not b\n', DETECTIONS)
        .problems[0]?.place,
    ).toBe('filter 1, line 6, filter.condition');
  });
});
