import { describe, expect, it } from 'vitest';
import { at, event, type Fields, run, selected } from './testing.ts';

const FIELDS: Fields = { n: '7', t: 'Text', mv: ['a', 'b', 'c'], 'R.x': 'dotted', ip: '10.1.2.3', b: 'y' };

const value = (expression: string, fields: Fields = FIELDS) =>
  run(`* | eval result=${expression}`, [event(fields, at(1_254_367))])[0]?.result;
const holds = (condition: string, fields: Fields = FIELDS): boolean =>
  selected(`* | where ${condition}`, [event(fields)]).length === 1;

describe('conditions of where', () => {
  it('evaluate NOT, then AND, then OR, then XOR', () => {
    expect(holds('true() OR false() AND false()')).toBe(true);
    expect(holds('NOT true() OR true()')).toBe(true);
    expect(holds('true() XOR true() OR true()')).toBe(false);
    expect(holds('(true() OR false()) AND false()')).toBe(false);
  });

  it('compare with case, and two fields with each other', () => {
    expect(holds('t="text"')).toBe(false);
    expect(holds('t="Text"')).toBe(true);
    expect(holds('t=b', { t: 'y', b: 'y' })).toBe(true);
  });

  it('compare numbers as numbers, quoted texts as texts', () => {
    expect(holds('n=7.0')).toBe(true);
    expect(holds('n="7.0"')).toBe(false);
    expect(holds('n < 10')).toBe(true);
    expect(holds('a=b', { a: '1', b: '1.0' })).toBe(true);
  });

  it('read double quotes as text and single quotes as a field', () => {
    expect(holds('\'R.x\'="dotted"')).toBe(true);
    expect(holds('"R.x"="dotted"')).toBe(false);
  });

  it('drop what is neither true nor false', () => {
    expect(holds('missing="x"')).toBe(false);
    expect(holds('missing!="x"')).toBe(false);
    expect(holds('NOT missing="x"')).toBe(false);
    expect(holds('missing="x" OR n=7')).toBe(true);
    expect(holds('isnull(missing) AND isnotnull(n)')).toBe(true);
  });

  it('take no wildcards in IN, and % and _ in LIKE', () => {
    expect(holds('t IN ("x", "Text")')).toBe(true);
    expect(holds('t IN ("Te*")')).toBe(false);
    expect(holds('t NOT IN ("x")')).toBe(true);
    expect(holds('in(t, "Text")')).toBe(true);
    expect(holds('t LIKE "T_x%"')).toBe(true);
    expect(holds('like(t, "t%")')).toBe(false);
    expect(holds('like(t, "%ext")')).toBe(true);
  });

  it('match regular expressions anywhere, and networks', () => {
    expect(holds('match(t, "^T.x")')).toBe(true);
    expect(holds('match(t, "x")')).toBe(true);
    expect(holds('match(n, "\\d")')).toBe(true);
    expect(holds('cidrmatch("10.0.0.0/8", ip)')).toBe(true);
    expect(holds('cidrmatch("11.0.0.0/8", ip)')).toBe(false);
  });

  it('hold for one value of a multivalue field', () => {
    expect(holds('mv="b"')).toBe(true);
    expect(holds('match(mv, "^c$")')).toBe(true);
  });
});

describe('values of eval', () => {
  it.each<[string, unknown]>([
    ['1+2*3', 7],
    ['(1+2)*3', 9],
    ['10-2-3', 5],
    ['-n', -7],
    ['n/0', undefined],
    ['n%4', 3],
    ['n+1', 8],
    ['n."x"', '7x'],
    ['t+b', 'Texty'],
    ['t-1', undefined],
    ['missing+1', undefined],
    ['if(n=7,"yes","no")', 'yes'],
    ['case(n=1,"one",n=7,"seven")', 'seven'],
    ['case(n=1,"one")', undefined],
    ['coalesce(missing, t)', 'Text'],
    ['null()', undefined],
    ['nullif(n, 7)', undefined],
    ['len(t)', 4],
    ['lower(t).upper(t)', 'textTEXT'],
    ['lower(mv)', ['a', 'b', 'c']],
    ['substr(t, 2, 2)', 'ex'],
    ['substr(t, -2)', 'xt'],
    ['trim("  x ")', 'x'],
    ['ltrim("xxay", "x")', 'ay'],
    ['tonumber("0x1F", 16)', 31],
    ['tonumber("12.50")', 12.5],
    ['tonumber("x")', undefined],
    ['tostring(n=7)', 'True'],
    ['tostring(255, "hex")', '0xFF'],
    ['tostring(1234567.891, "commas")', '1,234,567.89'],
    ['tostring(3661, "duration")', '01:01:01'],
    ['round(2.5)', 3],
    ['round(1.005, 2)', 1.01],
    ['floor(-1.5)', -2],
    ['replace(t, "(T)(e)", "\\2\\1$")', 'eT$xt'],
    ['mvcount(mv)', 3],
    ['mvcount(missing)', undefined],
    ['mvindex(mv, -1)', 'c'],
    ['mvindex(mv, 0, 1)', ['a', 'b']],
    ['mvjoin(mv, "-")', 'a-b-c'],
    ['mvappend(mv, n)', ['a', 'b', 'c', '7']],
    ['split("a,b", ",")', ['a', 'b']],
    ['strftime(_time, "%Y-%m-%d %H:%M:%S.%7N")', '2024-03-05 09:14:02.1254367'],
    [
      'strftime(_time, "%3N %f %Q %s %j %a %b %I %p %Z %q")',
      '125 125436 125 1709630042 065 Tue Mar 09 AM UTC %q',
    ],
    ['now()', 1_709_683_200],
    ['"C:\\windows\\temp"', 'C:\\windows\temp'],
    ['"a\\d\\\\d\\""', 'a\\d\\d"'],
    ["'R.x'", 'dotted'],
  ])('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  it('see what the assignment before made', () => {
    expect(run('* | eval a=1, b=a+1', [event({})])).toEqual([{ a: 1, b: 2 }]);
  });
});
