import { describe, expect, it } from 'vitest';
import { checkText } from './check.ts';
import { FILTER_LIMITS } from './limits.ts';
import type { FilterField } from './types.ts';

const field = (name: string, more: Partial<FilterField> = {}): FilterField => ({
  name,
  isAttackerControlled: false,
  description: '',
  values: [],
  ...more,
});
const FIELDS = [
  field('dest', { role: 'host', values: [{ name: 'win10-02', count: 3 }] }),
  field('user', {
    role: 'user',
    values: [
      { name: 'CORP\\svc-backup', count: 2 },
      { name: 'bob', count: 1 },
    ],
  }),
  field('ScriptBlockText', { isAttackerControlled: true }),
  field('count'),
];
const ends = { draft: { expiresAt: '2027-01-01T00:00:00Z', snoozeUntil: null, outcome: 'hide' as const } };

describe('mistakes', () => {
  const first = (text: string) => {
    const [problem] = checkText(text, FIELDS).problems;
    return problem && { ...problem, place: text.slice(problem.from, problem.to) };
  };

  it.each([
    ['search NOT (dest="a"', '(', 'This parenthesis is not closed.', 'Add ")".'],
    ['stats count by dest', 'stats count by dest', 'stats cannot stand in a filter rule.', 'It joins rows'],
    ['| rename dest as x', 'rename dest as x', 'rename cannot stand in a filter rule.', 'It renames'],
    [
      'search NOT [search x=1]',
      '[search x=1]',
      'A search in brackets cannot stand in a filter rule.',
      'It needs',
    ],
    ['search NOT powershell', 'powershell', 'A row of results has no raw text to look in.', 'Name the field'],
    ['search NOT dset="a"', 'dset', 'The findings have no field "dset".', 'Did you mean "dest"?'],
    ['where NOT usr="a"', 'usr', 'The findings have no field "usr".', 'Did you mean "user"?'],
    ['search NOT "a b"="a"', '"a b"', 'The findings have no field "a b".', 'They have dest, user'],
    ['eval dest="x"', 'dest', 'The rule would change the column "dest" of the findings.', 'Write to a field'],
    ['where user > now()', 'now()', 'now() cannot stand in a filter rule.', 'What it covers'],
    ['search NOT `powershell`', '`powershell`', 'There is no macro "powershell".', 'Define it'],
    ['serch NOT dest=a', 'serch', 'The command "serch" is not supported.', 'Did you mean "search"?'],
    ['where lowr(user)="x"', 'lowr(user)', 'There is no function "lowr".', 'Did you mean'],
    ['regex user!="("', '"("', 'The regular expression cannot be used.', 'Error parsing'],
  ])('%s', (text, place, message, remedy) => {
    const problem = first(text);
    expect(problem).toMatchObject({ place, message });
    expect(problem?.remedy).toContain(remedy);
  });

  it('says nothing of names when no detection is known, and takes temporaries', () => {
    expect(checkText('search NOT anything=1', []).problems).toEqual([]);
    expect(checkText('eval n=len(user) | search NOT n=3', FIELDS).problems).toEqual([]);
    expect(
      checkText('lookup admins name as user OUTPUT is_admin | search NOT is_admin=1', FIELDS).problems,
    ).toEqual([]);
  });

  it('names its limits', () => {
    const values = Array.from({ length: FILTER_LIMITS.terms + 1 }, (_, index) => `v${index}`).join(', ');
    expect(first(`search NOT user IN (${values})`)?.message).toBe(
      `A rule may have ${FILTER_LIMITS.terms} terms; this one has ${FILTER_LIMITS.terms + 1}.`,
    );
    expect(first(`search NOT user="${'x'.repeat(FILTER_LIMITS.textLength)}"`)?.message).toContain(
      `may be ${FILTER_LIMITS.textLength} characters long`,
    );
    expect(first('| search a=1 '.repeat(FILTER_LIMITS.commands + 1))?.message).toContain('20 commands');
    expect(first('  ')?.message).toBe('The rule is empty.');
  });
});

describe('ways past a rule', () => {
  const found = (text: string, context = {}) =>
    checkText(text, FIELDS, context).warnings.map(({ check, severity, better }) => ({
      check,
      severity,
      better,
    }));

  it.each([
    [
      'search NOT (dest="win10-02" user="*backup")',
      'leading-wildcard',
      'high',
      'search NOT (dest="win10-02" user="CORP\\\\svc-backup")',
    ],
    [
      'search NOT (dest="a" user IN ("*backup", "x"))',
      'leading-wildcard',
      'high',
      'search NOT (dest="a" user IN ("CORP\\\\svc-backup", "x"))',
    ],
    ['search NOT user=*', 'lone-wildcard', 'high', null],
    ['search NOT *', 'covers-everything', 'high', null],
    ['search *', 'covers-nothing', 'medium', null],
    [
      'search NOT ScriptBlockText="Get-*"',
      'attacker-controlled',
      'high',
      'search NOT (ScriptBlockText="Get-*" dest="win10-02")',
    ],
    ['search NOT dest="win10-02"', 'whole-host', 'high', null],
    ['search NOT (user="bob" OR (dest="a" count=1))', 'whole-user', 'high', null],
    ['search user!="bob"', 'missing-field', 'high', 'search NOT user="bob"'],
    ['search NOT (dest="a" NOT user="bob")', 'missing-field', 'low', 'search NOT (dest="a" user!="bob")'],
    ['where NOT (dest="a" AND user="bob")', 'case', 'medium', 'search NOT (dest="a" user="bob")'],
    ['where user!="bob"', 'missing-field', 'high', 'search NOT user="bob"'],
    [
      'search NOT (dest="a" user="CORP\\\\\\\\bob")',
      'backslash',
      'medium',
      'search NOT (dest="a" user="CORP\\\\bob")',
    ],
    ['regex user!="svc-"', 'unanchored', 'high', 'regex user!="^(?:svc-)$"'],
    [
      'where NOT (isnotnull(user) AND match(user, "^C:\\temp$"))',
      'backslash',
      'high',
      'where NOT (isnotnull(user) AND match(user, "^C:\\\\\\\\temp$"))',
    ],
    [
      'where NOT (isnotnull(user) AND match(user, "^svc"))',
      'unanchored',
      'medium',
      'where NOT (isnotnull(user) AND match(user, "^(?:svc)$"))',
    ],
  ])('%s: %s', (text, check, severity, better) => {
    expect(found(text)).toContainEqual({ check, severity, better });
  });

  it('minds less when the rule ends', () => {
    expect(found('search NOT dest="win10-02"', ends)).toEqual([
      { check: 'whole-host', severity: 'low', better: null },
    ]);
  });

  it('has nothing against a narrow rule, and its better texts have no mistake', () => {
    expect(found('search NOT (dest="win10-02" user="CORP\\\\svc-backup")')).toEqual([]);
    expect(found('search NOT (dest="win10-02" user="bob" ScriptBlockText="Get-*")')).toEqual([]);
  });
});
