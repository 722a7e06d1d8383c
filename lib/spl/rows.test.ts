import { describe, expect, it } from 'vitest';
import type { SearchableEvent } from '#lib/events/event.ts';
import { at, compile, event, type Fields, NOW_MS, rowsOf, run } from './testing.ts';

const events = (...fields: Fields[]): SearchableEvent[] => fields.map((one, index) => event(one, at(index)));

describe('stats', () => {
  it('drops a row whose by-field is null, and keeps it as a lenient row', () => {
    const some = events({ a: 'x' }, { b: 'y' }, { a: 'x', b: 'y' });
    expect(run('* | stats count by a b', some)).toEqual([{ a: 'x', b: 'y', count: 1 }]);
    expect(
      rowsOf('* | stats count by a b', some, 'lenient').map((row) => [row.fields.get('a'), row.filled]),
    ).toEqual([
      ['x', []],
      ['null', ['a']],
      ['x', ['b']],
    ]);
  });

  it('does not mix filled values with the text null of an event', () => {
    const some = events({ a: 'null' }, {});
    const rows = rowsOf('* | stats count by a', some, 'lenient');
    expect(rows.map((row) => [row.fields.get('count'), row.filled, row.sources])).toEqual([
      [1, [], [0]],
      [1, ['a'], [1]],
    ]);
  });

  it('names filled fields as later renames do', () => {
    const [row] = rowsOf('* | stats count by a | rename a as dest', events({}), 'lenient');
    expect(row?.filled).toEqual(['dest']);
    expect(row?.key).toEqual([['a', 'null']]);
  });

  it('gives a row for each value of a multivalue by-field, duplicates counted', () => {
    const some = events({ a: ['x', 'y', 'x'] });
    expect(run('* | stats count by a', some)).toEqual([
      { a: 'x', count: 2 },
      { a: 'y', count: 1 },
    ]);
    expect(rowsOf('* | stats count by a', some).map((row) => row.sources)).toEqual([[0], [0]]);
  });

  it('gives values() distinct and sorted as text, a single one as it is', () => {
    const some = events(
      { a: '10', g: 1 },
      { a: '9', g: 1 },
      { a: 'b', g: 1 },
      { a: 'B', g: 1 },
      { a: '9', g: 2 },
    );
    expect(run('* | stats values(a) as a by g', some)).toEqual([
      { g: 1, a: ['10', '9', 'B', 'b'] },
      { g: 2, a: '9' },
    ]);
  });

  it('groups with case', () => {
    expect(run('* | stats count by a', events({ a: 'x' }, { a: 'X' })).length).toBe(2);
  });

  it('takes keywords in any case, by-fields with commas or blanks, functions with commas', () => {
    const text = '* | stats count AS n, dc(a) As different BY b, c d';
    expect(run(text, events({ a: '1', b: '2', c: '3', d: '4' }))).toEqual([
      { b: '2', c: '3', d: '4', n: 1, different: 1 },
    ]);
  });

  it('counts rows, values and truths', () => {
    const some = events({ a: '1' }, { a: ['2', '3'] }, {});
    expect(run('* | stats count count(a) count(eval(a=1)) as ones c(a)', some)).toEqual([
      { count: 3, 'count(a)': 3, ones: 1, 'c(a)': 3 },
    ]);
  });

  it('computes sum, avg, dc, min and max, as text when one value is no number', () => {
    const some = events({ a: '9', b: '9' }, { a: '10', b: '10' }, { a: '9', b: 'x' });
    expect(run('* | stats sum(a) avg(a) dc(a) min(a) max(a) min(b) max(b)', some)).toEqual([
      {
        'sum(a)': 28,
        'avg(a)': 28 / 3,
        'dc(a)': 2,
        'min(a)': 9,
        'max(a)': 10,
        'min(b)': '10',
        'max(b)': 'x',
      },
    ]);
  });

  it('compares _time exactly to 100 ns', () => {
    const some = [event({}, at(5_000_001)), event({}, at(5_000_000)), event({}, at(5_000_002))];
    expect(run('* | stats min(_time) as a max(_time) as b', some)).toEqual([
      { a: 1709630042.5, b: 1709630042.5000002 },
    ]);
    expect(run('* | sort _time | table _time', some).map((row) => row._time)).toEqual([
      '1709630042.5',
      '1709630042.5000001',
      '1709630042.5000002',
    ]);
  });

  it('picks by time: first and list see the newest event first, earliest and latest go by the clock', () => {
    const some = events({ a: 'old' }, { a: 'mid' }, { a: 'new' });
    expect(run('* | stats first(a) last(a) earliest(a) latest(a) list(a)', some)).toEqual([
      {
        'first(a)': 'new',
        'last(a)': 'old',
        'earliest(a)': 'old',
        'latest(a)': 'new',
        'list(a)': ['new', 'mid', 'old'],
      },
    ]);
  });

  it('leaves only by-fields and results', () => {
    expect(run('* | stats count by a | search _raw=*', events({ a: '1', _raw: 'x' }))).toEqual([]);
  });
});

describe('tstats', () => {
  const registry = events(
    { tag: 'registry', dest: 'h' },
    { tag: 'registry', dest: 'h', status: 'success' },
    { dest: 'h' },
  );

  it('drops rows with a null by-field, unless fillnull_value gives them a text', () => {
    const text = 'count from datamodel=Endpoint.Registry by Registry.status';
    expect(run(`| tstats ${text}`, registry)).toEqual([{ 'Registry.status': 'success', count: 1 }]);
    expect(run(`| tstats fillnull_value=null ${text}`, registry)).toEqual([
      { 'Registry.status': 'null', count: 1 },
      { 'Registry.status': 'success', count: 1 },
    ]);
  });

  it('keeps null by-fields in lenient mode', () => {
    const rows = rowsOf(
      '| tstats count from datamodel=Endpoint.Registry by Registry.status',
      registry,
      'lenient',
    );
    expect(rows.map((row) => row.filled)).toEqual([[], ['Registry.status']]);
  });

  it('reads only events of the object', () => {
    expect(run('| tstats count from datamodel=Endpoint.Registry', registry)).toEqual([{ count: 2 }]);
  });
});

describe('rename', () => {
  it('takes wildcards, and a new name replaces an existing field', () => {
    const some = events({ 'R.a': '1', 'R.b': '2', a: 'old', c: '3' });
    expect(run('* | fields - _time | rename "R.*" as *', some)).toEqual([{ a: '1', b: '2', c: '3' }]);
    expect(run('* | fields - _time | rename R.a as c, "R.b" as "B b"', some)).toEqual([
      { a: 'old', c: '1', 'B b': '2' },
    ]);
  });

  it('leaves the target empty when the renamed field does not exist', () => {
    expect(run('* | fields - _time | rename x as a', events({ a: '1', b: '2' }))).toEqual([{ b: '2' }]);
  });
});

describe('convert', () => {
  it('cuts off below the last digit shown, and does nothing to absent fields and other text', () => {
    const some = [event({ t: '1709630042.9999999', u: 'soon' }, null)];
    expect(run('* | convert timeformat="%Y-%m-%dT%H:%M:%S" ctime(t) ctime(u) ctime(v)', some)).toEqual([
      { t: '2024-03-05T09:14:02', u: 'soon' },
    ]);
    expect(run('* | convert timeformat="%H:%M:%S.%7N" ctime(t) as s', some)[0]?.s).toBe('09:14:02.9999999');
  });

  it('uses the zone of the run', () => {
    const rows = compile('* | convert timeformat="%F %T %z" ctime(_time)').run([event({}, at(0))], {
      mode: 'strict',
      nowMs: NOW_MS,
      timeZone: 'Asia/Kolkata',
    });
    expect(rows[0]?.fields.get('_time')).toBe('2024-03-05 14:44:02 +0530');
  });
});

describe('fillnull', () => {
  it('fills the fields that at least one event of the set has, with 0', () => {
    expect(run('* | fields - _time | fillnull', events({ a: '1' }, { b: '2' }))).toEqual([
      { a: '0', b: '2' },
      { a: '1', b: '0' },
    ]);
  });

  it('does not make a field that no event has, so that a later by drops all rows', () => {
    expect(run('* | fillnull | stats count by a c', events({ a: '1' }, { b: '2' }))).toEqual([]);
    const rows = rowsOf('* | fillnull value=- | stats count by a c', events({ a: '1' }), 'lenient');
    expect(rows.map((row) => [row.fields.get('c'), row.filled])).toEqual([['-', ['c']]]);
  });

  it('makes the fields that it names', () => {
    expect(run('* | fields - _time | fillnull value=x a b', events({ a: '1' }))).toEqual([
      { a: '1', b: 'x' },
    ]);
  });
});

describe('fields, table, sort, head, dedup', () => {
  const some = events({ a: '10', b: 'x' }, { a: '9', b: 'y' }, { a: '9', b: 'x' }, { b: 'z' });

  it('keep, order and cut rows', () => {
    expect(run('* | table b a', some)).toEqual([
      { b: 'z' },
      { b: 'x', a: '9' },
      { b: 'y', a: '9' },
      { b: 'x', a: '10' },
    ]);
    expect(run('* | sort a -b | table a b', some).map((row) => row.b)).toEqual(['y', 'x', 'x', 'z']);
    expect(run('* | sort -a | table a', some).map((row) => row.a)).toEqual(['10', '9', '9', undefined]);
    expect(run('* | sort 1 str(a) | table a', some)).toEqual([{ a: '10' }]);
    expect(run('* | head 1 | table b', some)).toEqual([{ b: 'z' }]);
    expect(run('* | dedup b | table b a', some)).toEqual([
      { b: 'z' },
      { b: 'x', a: '9' },
      { b: 'y', a: '9' },
    ]);
    expect(run('* | fields b | fields - _*', some)[0]).toEqual({ b: 'z' });
    expect(run('* | fields + b', some)[0]).toEqual({ _time: '1709630042.0000003', b: 'z' });
  });

  it('tell the columns where they are known', () => {
    expect(compile('*').columns).toBeNull();
    expect(compile('* | table b a').columns).toEqual(['b', 'a']);
    expect(compile('* | stats count by a | eval c=1 | rename a as z | fields - count').columns).toEqual([
      'z',
      'c',
    ]);
  });
});

describe('the prefix', () => {
  it('selects by filters after changes of fields, and what follows runs again over the selected', () => {
    const search = compile(
      'a=* | eval b=lower(a) | where b="x" | rename b as c | search c=x | stats count by c',
    );
    const some = events({ a: 'X' }, { a: 'y' }, {});
    expect(some.map((one) => search.select(one))).toEqual([true, false, false]);
    expect(search.run(some, { mode: 'strict', nowMs: 0 }).length).toBe(1);
  });

  it('ends before anything that looks at the clock', () => {
    const search = compile('a=1 | where now() > 0 AND a=2');
    expect(search.select(event({ a: '1' }))).toBe(true);
    expect(search.run([event({ a: '1' })], { mode: 'strict', nowMs: NOW_MS })).toEqual([]);
  });
});
