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
  '* a=* | eventstats avg(n) as m count by a | streamstats window=2 sum(n) values(b) as v by a | where n > m OR isnull(m)',
  'a=1 OR b=2 | rex field=a max_match=0 "(?<x>\\w)(?<y>\\d*)" | rex field=b mode=sed "s/a/\\0b/g" | regex x!="^b" | makemv delim="." a | mvexpand a limit=3',
  '* | bin _time span=1s | bin n span=10 as m | stats stdev(n) median(n) perc90(n) range(n) mode(a) by _time m | tail 3 | reverse',
  'tag=x | join type=left max=0 a [search tag=registry | table a b dest] | append [| tstats count from datamodel=Endpoint.Registry by _time span=1s Registry.user] | dedup 2 a keepempty=true sortby - b',
  '* NOT [search tag=registry | fields a] | transaction a maxspan=1s startswith=(tag=x) endswith=eval(n>1) keepevicted=true',
  '* | transaction a b connected=false maxpause=1s maxevents=3 | table duration eventcount a b c',
  '* | eval p=spath(_raw, "a{}.b"), q=strptime(a, "%Y-%m-%d %H"), r=relative_time(n, a), s=mvfilter(match(b, "a|b")), t=mvzip(a, b), u=max(a, b, n), v=md5(a), w=urldecode(b) | spath | xmlkv a',
  '| makeresults count=2 | eval a="1" | appendpipe [stats count by a] | replace "*1*" with "x*" in a | stats values(*) as *_all by a',
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

/** Commands to be put one after the other: what they do to each other is what no list of searches shows. */
const STARTS = [
  '*',
  'a=*',
  'NOT b=1',
  'a=a* OR n>0 tag=x',
  '| tstats count values(Registry.dest) as a from datamodel=Endpoint.Registry where Registry.user!=b by Registry.user | rename Registry.* as *, user as b',
  'tag=registry [search tag=x | fields a]',
];
const STEPS = [
  'eval n=n+1, d=a.b',
  'where isnotnull(a) OR n > 1',
  'search b=* OR c=1*',
  'stats count sum(n) as n values(b) as b by a',
  'stats list(c) as c latest(b) as b by a',
  'eventstats dc(b) as d by c',
  'streamstats current=f count as n last(a) as l by tag',
  'fillnull',
  'fillnull value=x a d',
  'sort - n, a',
  'head 3',
  'tail 2',
  'dedup a',
  'rex field=a "(?<d>[a1])"',
  'mvexpand b',
  'makemv delim="1" a',
  'bin _time span=1s',
  'fields - c',
  'rename a as d, b as a',
  'transaction a maxspan=1s',
  'join type=left a [search tag=registry | stats count as j by a]',
  'append [search tag=x | stats count by c]',
  'appendpipe [stats count by tag]',
  'convert ctime(n)',
  'regex a="[a-z]"',
];
const randomSearch = fc
  .tuple(fc.constantFrom(...STARTS), fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 4 }))
  .map(([start, steps]) => compile([start, ...steps].join(' | ')));

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

  it('give the same rows for a random search in any order, partition and repetition of its blocks', () => {
    const split = fc
      .array(randomEvent, { maxLength: 8 })
      .chain((list) =>
        fc.tuple(
          fc.constant(list),
          fc.shuffledSubarray(list, { minLength: list.length }),
          fc.nat({ max: list.length }),
        ),
      );
    fc.assert(
      fc.property(randomSearch, split, (search, [list, shuffled, cut]) => {
        const contents = (events: typeof list) =>
          search.run(events, RUN).map((row) => [[...row.fields], row.key, row.filled, row.split]);
        // Blocks are selected from on their own, in another order; what is selected runs together.
        const blocks = [shuffled.slice(0, cut), shuffled.slice(cut)].reverse();
        const selected = blocks.flatMap((block) => block.filter((one) => search.select(one)));
        expect(contents(selected)).toEqual(contents(list));
        for (const one of list) {
          expect(search.whyNot(one) === null).toBe(search.select(one));
        }
      }),
      { numRuns: 2000 },
    );
  }, 60_000);
});
