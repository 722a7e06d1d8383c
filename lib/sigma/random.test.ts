import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type Condition,
  compileRule,
  detectionOf,
  escapeXml,
  evaluate,
  event,
  type Fields,
  type Item,
  ruleText,
  SECURITY,
  type SelectionMaps,
  SYSMON,
  windowsEvent,
} from './testing.ts';

const RUNS = 1_000;

const valueChars = fc.constantFrom(...'aAbB\\\\*?.-/ "|<&%1é\n\'$[');
const fieldText = fc.string({ unit: valueChars, maxLength: 5 });
/** Patterns share short pieces with the values, or nothing would ever match. */
const patternText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: valueChars, maxLength: 3 }) },
  fc.constantFrom(
    '*',
    '?',
    'a*b',
    '?a',
    '\\*',
    '\\?',
    '\\\\',
    '\\\\*',
    'a\\',
    '"a',
    '',
    '10.0.0.0/8',
    'a?b*',
  ),
);

const FIELDS = ['A', 'B', 'C'] as const;
const field = fc.constantFrom(...FIELDS);
const list = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(values, { minLength: 1, maxLength: 3 });

const item: fc.Arbitrary<Item> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      key: fc
        .tuple(
          field,
          fc.constantFrom('', '|contains', '|startswith', '|endswith'),
          fc.constantFrom('', '', '|all', '|cased'),
        )
        .map((parts) => parts.join('')),
      values: list(patternText),
    }),
  },
  fc.record({ key: field, values: list(fc.constantFrom<string | number | null>(null, 1, '', 'a')) }),
  fc.record({ key: field.map((name) => `${name}|exists`), values: fc.tuple(fc.boolean()) }),
  fc.record({
    key: fc.tuple(field, fc.constantFrom('lt', 'lte', 'gt', 'gte')).map((parts) => parts.join('|')),
    values: fc.tuple(fc.constantFrom(0, 1, 5, 10, 1.5, -1)),
  }),
  fc.record({
    key: fc.tuple(field, fc.constantFrom('re', 're|i', 're|s', 're|i|s')).map((parts) => parts.join('|')),
    values: list(
      fc.constantFrom(
        'a+b',
        '^a',
        'a.b',
        '(a|b)\\\\',
        '[ab]{2}',
        'a?b',
        'a|b',
        'a\\*',
        '\\\\\\\\',
        'ab*a',
        '[\\]a]b',
        'a{0,1}b',
      ),
    ),
  }),
  fc.record({
    key: field.map((name) => `${name}|cidr`),
    values: list(fc.constantFrom('10.0.0.0/8', '10.1.2.0/24', '192.168.0.0/16', '10.1.2.3')),
  }),
  fc.record({
    key: fc.tuple(field, fc.constantFrom('fieldref', 'fieldref|cased')).map((parts) => parts.join('|')),
    values: fc.tuple(field),
  }),
  fc.record({ key: fc.constantFrom('|all', '|contains'), values: list(patternText) }),
);

const NAMES = ['sel_one', 'sel_two', 'filter'] as const;
const selections: fc.Arbitrary<SelectionMaps> = fc.record(
  Object.fromEntries(
    NAMES.map((name) => [
      name,
      fc.array(fc.uniqueArray(item, { selector: ({ key }) => key, minLength: 1, maxLength: 2 }), {
        minLength: 1,
        maxLength: 2,
      }),
    ]),
  ),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ kind: fc.constant('name' as const), name: fc.constantFrom(...NAMES) }),
    fc.record({
      kind: fc.constant('of' as const),
      quantity: fc.constantFrom('1' as const, 'all' as const),
      prefix: fc.constantFrom('sel_', 'filter', ''),
    }),
    fc.record({ kind: fc.constant('not' as const), operand: tie('condition') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      left: tie('condition'),
      right: tie('condition'),
    }),
  ),
}));

const fieldValue = fc.oneof(
  { weight: 4, arbitrary: fieldText },
  fc.constantFrom('1', '7', '-2', '10.1.2.3', '10.9.9.9', '192.168.7.7', 'ab', 'a\\b', 'aab', ''),
);
const fields: fc.Arbitrary<Fields> = fc
  .record({ A: fieldValue, B: fieldValue, C: fieldValue }, { requiredKeys: [] })
  .map((values) => ({
    ...values,
    _raw: `<Event>${Object.entries(values)
      .map(([name, value]) => `<Data Name='${name}'>${escapeXml(value)}</Data>`)
      .join('')}</Event>`,
  }));

/** Numerals that differ only in writing are one number to `where`, which compares two fields. */
const isDecidedByText = (one: Fields): boolean =>
  FIELDS.every((left) =>
    FIELDS.every(
      (right) => one[left] === one[right] || Number(one[left]) !== Number(one[right]) || one[left] === '',
    ),
  );

it('selects exactly the events that the specification says, for random rules and events', () => {
  let selected = 0;
  let total = 0;
  fc.assert(
    fc.property(
      selections,
      condition,
      fc.array(fields, { minLength: 1, maxLength: 6 }),
      (maps, tree, events) => {
        const search = compileRule(ruleText({ detection: detectionOf(maps, tree) }));
        for (const one of events.filter(isDecidedByText)) {
          const isExpected = evaluate(tree, maps, one);
          total += 1;
          selected += isExpected ? 1 : 0;
          expect({ text: search.text, one, isSelected: search.select(windowsEvent(one)) }).toEqual({
            text: search.text,
            one,
            isSelected: isExpected,
          });
        }
      },
    ),
    { numRuns: RUNS },
  );
  expect(selected).toBeGreaterThan(total / 10);
  expect(total - selected).toBeGreaterThan(total / 10);
});

it('a literal of the search stands in every event that is selected', () => {
  fc.assert(
    fc.property(selections, condition, fields, (maps, tree, one) => {
      const search = compileRule(ruleText({ detection: detectionOf(maps, tree) }));
      if (!search.select(windowsEvent(one))) return;
      const evidence = Object.values(one).join('\n').toLowerCase();
      for (const group of search.needles)
        expect(group.some((needle) => evidence.includes(needle))).toBe(true);
    }),
    { numRuns: RUNS },
  );
});

const registryItem: fc.Arbitrary<Item> = fc.record({
  key: fc
    .tuple(
      fc.constantFrom('TargetObject', 'Details', 'Image'),
      fc.constantFrom('', '|contains', '|startswith', '|endswith'),
      fc.constantFrom('', '|cased', '|all'),
    )
    .map((parts) => parts.join('')),
  values: list(
    fc.oneof(fc.string({ unit: fc.constantFrom(...'ab\\*?'), maxLength: 6 }), fc.constantFrom('a\\b', '\\a')),
  ),
});

it('a registry rule sees in Security 4657 what it sees in Sysmon 13', () => {
  const part = fc.string({ unit: fc.constantFrom(...'abAB\\*'), minLength: 0, maxLength: 4 });
  fc.assert(
    fc.property(
      list(registryItem).map((items) => new Map(items.map((one) => [one.key, one]))),
      condition,
      fc.record({ key: part, value: part, data: part, image: part }),
      (items, tree, { key, value, data, image }) => {
        const maps = Object.fromEntries(
          NAMES.map((name, index) => [name, [[...items.values()].slice(0, index + 1)]]),
        );
        const text = ruleText({
          logsource: { product: 'windows', category: 'registry_set' },
          detection: detectionOf(maps, tree),
        });
        const search = compileRule(text);
        const sysmon = { TargetObject: `${key}\\${value}`, Details: data, Image: image };
        const audited = { ObjectName: key, ObjectValueName: value, NewValue: data, ProcessName: image };
        const isExpected = evaluate(tree, maps, sysmon);
        expect([
          search.text,
          search.select(event({ ...sysmon, source: SYSMON, EventCode: '13' })),
          search.select(event({ ...audited, source: SECURITY, EventCode: '4657', OperationType: '%%1905' })),
        ]).toEqual([search.text, isExpected, isExpected]);
      },
    ),
    { numRuns: RUNS },
  );
});
