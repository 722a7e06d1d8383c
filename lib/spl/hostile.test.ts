import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldValue } from '#lib/events/event.ts';
import { at, compile, event } from './testing.ts';
import { type CompiledSearch, SplError } from './types.ts';

const SEARCHES = [
  '`powershell` EventCode=4104 ScriptBlockText="*a*b*" OR b IN (1, 2*) NOT c>3',
  'a*b "x y" OR CASE(Q) c="10.0.0.0/8" | fillnull | stats count values(a) list(b) first(c) sum(n) min(_time) by a, b',
  '* | where match(a, "(a+)+b") OR like(b, "%a_") XOR a > b | sort - a, num(b) | dedup 2 a | head 5',
  '* | eval a=replace(a, "a*", "b"), b=split(b, "a"), c=strftime(n, "%c %Z"), d=substr(a, n, n), e=mvindex(b, n, -1), f=tostring(n, "duration"), g=round(n, n), h=tonumber(a, n) | rename "*" as "x_*" | table x_*',
  '* | convert ctime(*) | fields - a* | fillnull value=q',
  '| tstats fillnull_value=null count max(Registry.dest) as d earliest(Registry.user) from datamodel=Endpoint.Registry where Registry.registry_path="*a*" by Registry.dest Registry.status | `drop_dm_object_name(Registry)`',
  '* | stats avg(n) as n last(a) latest(b) dc(c) max(a) by c | where n > 1 AND isnotnull(c) | stats list(n)',
];

const TOKENS = [
  ...SEARCHES.flatMap((text) => text.split(' ')),
  ...[
    '|',
    '(',
    ')',
    '[',
    ']',
    '"',
    "'",
    '`',
    '```',
    ',',
    '=',
    '!=',
    '<',
    '\\',
    '\\"',
    '*',
    '-',
    '+',
    '.',
    '%',
    '!',
    '$',
  ],
  ...[
    'AND',
    'OR',
    'NOT',
    'XOR',
    'by',
    'as',
    'from',
    'where',
    'eval(',
    'span=1h',
    'limit=',
    '0',
    '1e999',
    '\u0000',
    '\ud800',
    'İ',
  ],
];

const compiles = (text: string): CompiledSearch | null => {
  try {
    return compile(text);
  } catch (error) {
    if (!(error instanceof SplError)) throw error;
    expect(error.message.length).toBeGreaterThan(10);
    expect(error.from).toBeGreaterThanOrEqual(0);
    expect(error.to).toBeGreaterThanOrEqual(error.from);
    expect(error.to).toBeLessThanOrEqual(text.length);
    return null;
  }
};

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('a', 'b', '1', '.', '-', ' ', '\\'), maxLength: 12 }),
  fc.constantFrom('1', '-1', '1e308', '99999999999999999999', '10.0.0.1', 'null', ''),
);
const fieldValue: fc.Arbitrary<FieldValue> = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.array(text, { minLength: 2, maxLength: 3 }),
  fc.constant(null),
);
const randomEvent = fc
  .tuple(
    fc.record({
      a: fieldValue,
      b: fieldValue,
      c: fieldValue,
      n: fieldValue,
      tag: fc.constantFrom('registry', 'x'),
      registry_path: text,
      dest: fieldValue,
      user: fieldValue,
      _raw: text,
    }),
    fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 3 }).map(at), fc.bigInt()),
  )
  .map(([fields, ticks]) => event(fields, ticks));

const RUN = { mode: 'lenient', nowMs: 0, timeZone: 'Europe/Berlin' } as const;

describe('any text as a search', () => {
  it('compiles or is refused with a place inside it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (random) => {
        compiles(random);
      }),
      { numRuns: 4000 },
    );
  });

  it('made of pieces of the language compiles or is refused, and what compiles runs', () => {
    const one = event({ a: 'a', b: ['1', '2'], n: '3', tag: 'registry' }, at(0));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...TOKENS), { minLength: 1, maxLength: 14 }), (tokens) => {
        const search = compiles(tokens.join(' '));
        if (search === null) return;
        search.select(one);
        search.explain(one);
        search.run([one], RUN);
      }),
      { numRuns: 6000 },
    );
  });

  it('changed in one place compiles or is refused', () => {
    const mutation = fc.tuple(
      fc.constantFrom(...SEARCHES),
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.constantFrom('', ...TOKENS),
    );
    fc.assert(
      fc.property(mutation, ([search, position, removed, inserted]) => {
        const start = position % search.length;
        compiles(search.slice(0, start) + inserted + search.slice(start + removed));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('any events', () => {
  const searches = SEARCHES.map(compile);

  it('are selected, explained and run without a failure', () => {
    fc.assert(
      fc.property(randomEvent, (one) => {
        for (const search of searches) {
          const isSelected = search.select(one);
          const terms = search.explain(one);
          if (!isSelected) expect(terms).toEqual([]);
          for (const { value, ranges } of terms) {
            let end = 0;
            for (const [from, to] of ranges) {
              expect(from).toBeGreaterThanOrEqual(end);
              expect(to).toBeLessThanOrEqual(value.length);
              end = to;
            }
          }
          search.run([one], RUN);
        }
      }),
      { numRuns: 10_000 },
    );
  }, 60_000);

  it('give the same rows in any order, and lenient rows only add to strict ones', () => {
    const shuffled = fc
      .array(randomEvent, { maxLength: 8 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        for (const search of searches) {
          const strict = search.run(list, { ...RUN, mode: 'strict' });
          const lenient = search.run(list, RUN);
          const again = search.run(other, RUN);
          const contents = (rows: typeof lenient) =>
            rows.map((row) => [[...row.fields], row.key, row.filled]);
          expect(contents(again)).toEqual(contents(lenient));
          expect(lenient.filter((row) => row.filled.length === 0)).toEqual(strict);
        }
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  it('give the same rows whether only the selected or all are run', () => {
    fc.assert(
      fc.property(fc.array(randomEvent, { maxLength: 6 }), (list) => {
        for (const search of searches) {
          const selectedOnly = list.filter((one) => search.select(one));
          const fields = (events: typeof list) => search.run(events, RUN).map((row) => [...row.fields]);
          expect(fields(selectedOnly)).toEqual(fields(list));
        }
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
