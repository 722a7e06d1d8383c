import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pattern } from './pattern.ts';
import { compile, event, type Fields, mistake, selected } from './testing.ts';

const keeps = (text: string, fields: Fields): boolean => selected(text, [event(fields)]).length === 1;

describe('operators of search', () => {
  it('evaluates OR before AND: a=1 b=2 OR c=3 d=4 is a=1 AND (b=2 OR c=3) AND d=4', () => {
    const text = 'a=1 b=2 OR c=3 d=4';
    expect(keeps(text, { a: '1', c: '3', d: '4' })).toBe(true);
    expect(keeps(text, { a: '1', b: '2' })).toBe(false);
    expect(keeps(text, { c: '3', d: '4' })).toBe(false);
  });

  it('puts a macro without parentheses in as text: A OR B OR C D is (A OR B OR C) AND D', () => {
    const text = '`wineventlog_security` EventCode=4698';
    expect(keeps(text, { eventtype: 'wineventlog_security', EventCode: '4698' })).toBe(true);
    expect(keeps(text, { Channel: 'Security', EventCode: '4698' })).toBe(true);
    expect(keeps(text, { eventtype: 'wineventlog_security', EventCode: '1' })).toBe(false);
  });

  it('binds NOT to the next term only', () => {
    expect(keeps('NOT a=1 b=2', { b: '2' })).toBe(true);
    expect(keeps('NOT a=1 b=2', { b: '3' })).toBe(false);
    expect(keeps('NOT a=1 OR b=2', { a: '1', b: '2' })).toBe(true);
    expect(keeps('NOT NOT a=1', { a: '1' })).toBe(true);
  });

  it('knows operators in capitals only: or is a word to look for', () => {
    expect(keeps('a=1 or b=2', { a: '1', b: '2' })).toBe(false);
    expect(keeps('a=1 or b=2', { a: '1', b: '2', _raw: 'this or that' })).toBe(true);
  });

  it('keeps events without the field for NOT f=v, and drops them for f!=v', () => {
    expect(keeps('NOT f=v', {})).toBe(true);
    expect(keeps('f!=v', {})).toBe(false);
    expect(keeps('f!=v', { f: 'w' })).toBe(true);
    expect(keeps('f!=v', { f: 'V' })).toBe(false);
  });

  it('takes NOT f=* for a missing field, and matches f!=* never', () => {
    expect(keeps('NOT f=*', {})).toBe(true);
    expect(keeps('NOT f=*', { f: 'x' })).toBe(false);
    expect(keeps('f!=*', { f: 'x' })).toBe(false);
    expect(keeps('f!=*', {})).toBe(false);
  });

  it('takes empty parentheses, as in the macro cim_Endpoint_indexes, for all events', () => {
    expect(keeps('() a=1', { a: '1' })).toBe(true);
  });
});

describe('values of search', () => {
  it('compares without case, and fields by their exact name', () => {
    expect(keeps('a=FOO', { a: 'foo' })).toBe(true);
    expect(keeps('A=foo', { a: 'foo' })).toBe(false);
  });

  it('compares with case inside CASE()', () => {
    expect(keeps('a=CASE(Foo)', { a: 'foo' })).toBe(false);
    expect(keeps('a=CASE(Foo)', { a: 'Foo' })).toBe(true);
    expect(keeps('CASE(Foo)', { _raw: 'a Foo b' })).toBe(true);
    expect(keeps('CASE(Foo)', { _raw: 'a foo b' })).toBe(false);
  });

  it('compares = and != as text: 1 is not 1.0', () => {
    expect(keeps('a=1', { a: '1.0' })).toBe(false);
    expect(keeps('a!=1', { a: '1.0' })).toBe(true);
    expect(keeps('a=1', { a: 1 })).toBe(true);
  });

  it('compares < and > as numbers if both are, else as text with capitals first', () => {
    expect(keeps('a>9', { a: '10' })).toBe(true);
    expect(keeps('a>9', { a: '1x' })).toBe(false);
    expect(keeps('a<a', { a: 'Z' })).toBe(true);
    expect(keeps('a<=-1.5', { a: '-1.50' })).toBe(true);
  });

  it('reads the right side as a literal, never as a field', () => {
    expect(keeps('a=b', { a: 'x', b: 'x' })).toBe(false);
    expect(keeps('a=b', { a: 'b' })).toBe(true);
  });

  it('matches the whole value, with * as the only wildcard', () => {
    expect(keeps('a=foo', { a: 'food' })).toBe(false);
    expect(keeps('a=foo*', { a: 'food' })).toBe(true);
    expect(keeps('a=f?o', { a: 'foo' })).toBe(false);
    expect(keeps('a=f?o', { a: 'f?o' })).toBe(true);
    expect(keeps('a=ab*ba', { a: 'aba' })).toBe(false);
  });

  it('reads "*\\\\CurrentVersion\\\\Schedule\\\\Configuration*" as *\\CurrentVersion\\Schedule\\Configuration*', () => {
    const text = String.raw`p="*\\CurrentVersion\\Schedule\\Configuration*"`;
    expect(keeps(text, { p: 'HKLM\\X\\CurrentVersion\\Schedule\\Configuration\\EnableAt' })).toBe(true);
    expect(keeps(text, { p: 'HKLM\\X\\\\CurrentVersion\\\\Schedule\\\\Configuration' })).toBe(false);
  });

  it('leaves unknown escapes as they are, and cannot escape the wildcard', () => {
    expect(keeps(String.raw`a="\s"`, { a: '\\s' })).toBe(true);
    expect(keeps(String.raw`a="\\s"`, { a: '\\s' })).toBe(true);
    expect(keeps(String.raw`a="x\"y\|z"`, { a: 'x"y|z' })).toBe(true);
    expect(keeps(String.raw`a="\*"`, { a: '\\anything' })).toBe(true);
    expect(keeps(String.raw`a=*\CurrentVersion\*`, { a: 'x\\currentversion\\y' })).toBe(true);
  });

  it('takes wildcards in IN, with commas or blanks', () => {
    expect(keeps('a IN (x, "y z" w*)', { a: 'Y Z' })).toBe(true);
    expect(keeps('a IN (x, "y z" w*)', { a: 'word' })).toBe(true);
    expect(keeps('a IN (x, "y z" w*)', { a: 'xx' })).toBe(false);
  });

  it('matches addresses by their network', () => {
    expect(keeps('ip="10.10.10.0/24"', { ip: '10.10.10.77' })).toBe(true);
    expect(keeps('ip=10.10.10.0/24', { ip: '10.10.11.77' })).toBe(false);
    expect(keeps('ip="2001:db8::/33"', { ip: '2001:db8:7fff::1' })).toBe(true);
    expect(keeps('ip="2001:db8::/33"', { ip: '2001:db8:8000::1' })).toBe(false);
    expect(keeps('ip="10.10.10.0/24"', { ip: '10.10.10.0/24' })).toBe(true);
  });

  it('matches a multivalue field if one value matches', () => {
    expect(keeps('tag=registry', { tag: ['endpoint', 'registry'] })).toBe(true);
    expect(keeps('NOT tag=registry', { tag: ['endpoint', 'registry'] })).toBe(false);
  });
});

describe('bare words and phrases', () => {
  it('look at whole words of _raw, in any case', () => {
    expect(keeps('task', { _raw: 'a new-TASK.exe' })).toBe(true);
    expect(keeps('task', { _raw: 'taskhost' })).toBe(false);
    expect(keeps('task*', { _raw: 'taskhost' })).toBe(true);
    expect(keeps('"new task"', { _raw: 'a new task.' })).toBe(true);
    expect(keeps('t*k', { _raw: 'to k' })).toBe(false);
    expect(keeps('t*k', { _raw: 'a task' })).toBe(true);
    expect(keeps('task', { Image: 'task' })).toBe(false);
  });

  it('take * alone for every event', () => {
    expect(keeps('*', {})).toBe(true);
    expect(keeps('search *', {})).toBe(true);
  });
});

describe('needles', () => {
  it('are the longest literal of each verbatim field that must match', () => {
    expect(compile('ScriptBlockText="*win32*scheduledjob*" EventCode=4104').needles).toEqual([
      ['scheduledjob'],
    ]);
    expect(compile('ScriptBlockText!="*scheduledjob*"').needles).toEqual([]);
    expect(compile('NOT ScriptBlockText="*scheduledjob*"').needles).toEqual([]);
  });

  it('offer alternatives for OR and IN only if every branch has one', () => {
    expect(compile('Image="*\\\\at.exe" OR Image="*\\\\schtasks.exe"').needles).toEqual([
      ['\\at.exe', '\\schtasks.exe'],
    ]);
    expect(compile('Image IN ("*schtasks*", "*wmic*")').needles).toEqual([['schtasks', 'wmic']]);
    expect(compile('Image="*schtasks*" OR EventCode=1').needles).toEqual([]);
    expect(compile('Image="*schtasks*" OR Image="at*"').needles).toEqual([]);
  });

  it('avoid what text forms write in another way', () => {
    expect(compile('Image="*wörterbuch*"').needles).toEqual([['rterbuch']]);
    expect(compile('Image="*abcd&efghi*"').needles).toEqual([['efghi']]);
    expect(compile('Image="abc"').needles).toEqual([]);
  });

  it('come from nothing after a command that changes fields', () => {
    expect(compile('* | eval Image="x" | search Image="*schtasks*"').needles).toEqual([]);
    expect(compile('* | rename a as Image | search Image="*schtasks*"').needles).toEqual([]);
  });

  it('stand in the value of every event that matches', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom('*', 'İ', 'K', 'ſ', 'task', 'SCHEDULED'),
    );
    const value = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(value, value, (pattern, filling) => {
        const quoted = `"${pattern.replace(/[\\"]/g, '\\$&')}"`;
        const search = compile(`Image=${quoted}`);
        const text = pattern.replaceAll('*', filling);
        for (const candidate of [text, text.toUpperCase(), text.toLowerCase(), filling]) {
          if (!search.select(event({ Image: candidate }))) continue;
          const raw = candidate.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
          expect(search.needles.every((group) => group.some((needle) => raw.includes(needle)))).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('explain', () => {
  it('gives the branches of OR that hold, and nothing for NOT', () => {
    const search = compile('a=x* OR b=y OR c=z NOT d=1');
    expect(search.explain(event({ a: 'XYZ', c: 'z' })).map(({ term }) => term)).toEqual(['a=x*', 'c=z']);
  });

  it('gives ranges that are right where lower case has another length', () => {
    const [term] = compile('a="*needle*"').explain(event({ a: 'İİİ Needle' }));
    expect(term?.ranges).toEqual([[4, 10]]);
  });

  it('names the value of a multivalue field and the words of the raw text', () => {
    const terms = compile('tag=reg* "two words"').explain(
      event({ tag: ['a', 'registry'], _raw: 'the Two Words' }),
    );
    expect(terms.map(({ field, value, ranges }) => [field, value, ranges])).toEqual([
      ['tag', 'registry', [[0, 3]]],
      ['_raw', 'the Two Words', [[4, 13]]],
    ]);
  });
});

describe('patterns', () => {
  it('match as the regular expression that they stand for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'K', 'İ'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '*'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (wild, value) => {
        const regex = new RegExp(`^${wild.replaceAll('*', '.*')}$`, 'i');
        expect(new Pattern(wild, false).matches(value)).toBe(regex.test(value));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('mistakes', () => {
  it.each([
    ['', 'The search is empty: write * for all events.', ''],
    ['a=1 | frobnicate [ | x ] "', 'The command "frobnicate" is not supported.', 'frobnicate'],
    ['a=1 | stat count', 'Did you mean "stats"?', 'stat'],
    ['`powershel` a=1', 'There is no macro "powershel". Did you mean "powershell"?', '`powershel`'],
    ['`security_content_ctime`', 'takes 1 argument(s), not 0', '`security_content_ctime`'],
    ['a=1 `endless`', 'more than', '`endless`'],
    ['a="1', 'This quotation mark is not closed', '"1'],
    ['(a=1', 'This parenthesis is not closed', '('],
    ['a=1)', 'This parenthesis closes none', ')'],
    ['a=1 OR', 'The search ends too early', 'R'],
    ['OR a=1', 'OR needs a term beside it', 'OR'],
    ['a=1 | where [search b]', 'cannot stand here', '['],
    ['a=1 [search b', 'bracket is not closed', '['],
    ['a=1 earliest=-1h', 'choose the time range', 'earliest'],
    ['a* = 1', 'has a wildcard', 'a*'],
    ['a=1 | stats frob(x)', 'There is no statistical function "frob"', 'frob(x)'],
    ['a=1 | stats count as b by b', 'two columns "b"', 'count as b'],
    ['a=1 | where frob(x)', 'There is no function "frob"', 'frob(x)'],
    ['a=1 | where x', 'A condition is expected', 'x'],
    ['a=1 | where match(x, "(")', 'regular expression', 'match(x, "(")'],
    ['a=1 | where match(x, "(?=a)")', 'look-around', 'match(x, "(?=a)")'],
    ['a=1 | eval b', 'eval FIELD = EXPRESSION', 'b'],
    [
      'a=1 | tstats count from datamodel=Endpoint.Registry',
      'tstats must be the first',
      'tstats count from datamodel=Endpoint.Registry',
    ],
    [
      '| tstats count from datamodel=Endpoint.Registri',
      'Did you mean "Endpoint.Registry"?',
      'datamodel=Endpoint.Registri',
    ],
    ['| tstats count from datamodel=Endpoint', 'datamodel=Endpoint.Registry', 'datamodel=Endpoint'],
    [
      '| tstats prestats=true count from datamodel=Endpoint.Registry',
      'prestats=true is not supported',
      'prestats=true',
    ],
    ['| tstats count from datamodel=Endpoint.Registry by _time span=1x', 'no span', 'span=1x'],
    ['* | stats count by a span=1h', 'belongs to _time', 'span=1h'],
    ['| tstats count from datamodel=Endpoint.Registry where dest=x', 'Write Registry.dest', 'dest=x'],
    [
      '| tstats count from datamodel=Endpoint.Registry by Registry.user2',
      'Did you mean "user"?',
      'Registry.user2',
    ],
    ['a=1 | rename a.* as b', 'same number of wildcards', 'a.* as b'],
    ['a=1 | convert mktime(a)', 'Only ctime(FIELD)', 'mktime'],
    ['a=1 | fillnull valu=1', 'The option "valu" is not supported', 'valu=1'],
    ['| stats count', 'write * | stats for all events', 'stats count'],
    ['a=1 | head x', 'not a whole number', 'x'],
  ])('%s: says %s at %s', (text, message, place) => {
    const found = mistake(text);
    expect(found.message).toContain(message);
    expect(found.place).toBe(place);
  });

  it('are placed at the macro call when they stand in its text', () => {
    const found = mistake('a=1 | `security_content_ctime(x y)`');
    expect(found.place).toBe('`security_content_ctime(x y)`');
  });

  it('refuse nesting that would overflow the stack', () => {
    expect(mistake(`${'('.repeat(100_00)}a${')'.repeat(100_00)}`).message).toContain('200 deep');
    expect(mistake(`a | where ${'('.repeat(201)}a=1${')'.repeat(201)}`).message).toContain('200 deep');
  });

  it('do not arise from long flat searches', () => {
    expect(keeps(`${'a=1 OR '.repeat(5000)}b=2`, { b: '2' })).toBe(true);
    expect(keeps(`${'NOT '.repeat(5000)}b=2`, { b: '2' })).toBe(true);
    expect(keeps(`* | where 1${'+1'.repeat(5000)}=5001`, {})).toBe(true);
    expect(keeps(`* | where ${'-'.repeat(5000)}1=1`, {})).toBe(true);
  });
});

describe('macros', () => {
  it('are text inside quotes, and comments are nothing', () => {
    expect(keeps('a="`x`" ```b=`y` ``` c=1', { a: '`x`', c: '1' })).toBe(true);
  });

  it('take quoted arguments with commas', () => {
    const text = 'a=1 | `drop_dm_object_name("Registry")`';
    expect(compile(text).expandedText).toBe('a=1 | rename "Registry.*" as *');
  });
});
