import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SigmaError } from './error.ts';
import { parseSigma } from './parse.ts';
import { refusal, ruleText, splOf } from './testing.ts';

const RULE = `title: Service Installed by PsExec
id: 0d2a9a5c-8f0a-4a2b-9b8b-6a8f0f6f5c11
related:
    - id: 3b2c1d0e-1111-4222-8333-944455556666
      type: similar
status: test
description: Detects the service of PsExec
references:
    - https://example.org/psexec
author: Somebody
date: 2024-03-05
tags:
    - attack.execution
    - attack.t1569.002
    - attack.T1021
logsource:
    product: Windows
    service: system
detection:
    selection:
        Provider_Name: 'Service Control Manager'
        EventID: 7045
        ServiceName|contains:
            - 'PSEXESVC'
            - 'csexec'
    filter:
        ImagePath|endswith: '\\trusted.exe'
    condition: selection and not filter
falsepositives:
    - Administrators
level: medium
`;

it('a rule is read with all that it says about itself', () => {
  const { logsource, match, ...rest } = parseSigma(RULE);
  expect(rest).toEqual({
    title: 'Service Installed by PsExec',
    id: '0d2a9a5c-8f0a-4a2b-9b8b-6a8f0f6f5c11',
    related: [{ id: '3b2c1d0e-1111-4222-8333-944455556666', type: 'similar' }],
    status: 'test',
    description: 'Detects the service of PsExec',
    references: ['https://example.org/psexec'],
    author: 'Somebody',
    date: '2024-03-05',
    modified: null,
    tags: ['attack.execution', 'attack.t1569.002', 'attack.T1021'],
    techniques: ['T1569.002', 'T1021'],
    falsepositives: ['Administrators'],
    level: 'medium',
  });
  expect(logsource).toMatchObject({
    product: 'windows',
    service: 'system',
    category: null,
    place: { line: 17, column: 5 },
  });
  expect(match.kind).toBe('and');
  expect(splOf(RULE)).toBe(
    'source="XmlWinEventLog:System" Name="Service Control Manager" EventCode=7045 ' +
      'ServiceName IN ("*PSEXESVC*", "*csexec*") NOT ImagePath="*\\\\trusted.exe"',
  );
});

it('a number keeps its digits', () => {
  const text = `title: x
logsource: {product: windows}
detection:
  sel: {A: 2.0, B: 12345678901234567890, C: 0x10}
  condition: sel
`;
  expect(splOf(text)).toBe('source="XmlWinEventLog:*" A="2.0" B=12345678901234567890 C=16');
});

describe('a refusal names the reason, the line and the field', () => {
  const at = (yamlText: string, part: string): { line: number; column: number } => {
    const before = yamlText.slice(0, yamlText.indexOf(part)).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  };

  it.each<[string, string, string, string, RegExp]>([
    [
      'an unknown modifier',
      'contains:',
      'contain:',
      'detection.selection.ServiceName|contain',
      /no modifier "contain"/,
    ],
    [
      'expand',
      'contains:',
      'expand:',
      'detection.selection.ServiceName|expand',
      /"expand" is not supported: its placeholders/,
    ],
    ['a part of a time', 'contains:', 'hour:', 'detection.selection.ServiceName|hour', /parts of times/],
    ['two types', 'contains:', 're|cidr:', 'detection.selection.ServiceName|re|cidr', /exclude each other/],
    [
      'a text modifier on a regular expression',
      'contains:',
      're|contains:',
      'detection.selection.ServiceName|re|contains',
      /do not go together/,
    ],
    ['a flag without re', 'contains:', 'i:', 'detection.selection.ServiceName|i', /belong to "re"/],
  ])('%s', (_, from, to, field, reason) => {
    const text = RULE.replace(from, to);
    const found = refusal(text);
    expect(found).toEqual({ message: expect.stringMatching(reason), field, ...at(text, "- 'PSEXESVC'") });
  });

  const withItem = (item: unknown): string => ruleText({ detection: { sel: item, condition: 'sel' } });
  it.each<[unknown, string, RegExp]>([
    [{ 'A|cidr': '10.0.0.0/33' }, 'detection.sel.A|cidr', /An IP network is expected/],
    [{ 'A|cidr': 'fe80::1%eth0/64' }, 'detection.sel.A|cidr', /An IP network is expected/],
    [{ 'A|gt': 'many' }, 'detection.sel.A|gt', /A number is expected/],
    [{ 'A|exists': 'yes' }, 'detection.sel.A|exists', /takes true or false/],
    [{ 'A|contains': [null] }, 'detection.sel.A|contains.0', /null takes no modifier/],
    [{ 'A|base64': 'a*' }, 'detection.sel.A|base64', /no Base64 form/],
    [{ 'A|base64offset': 'a' }, 'detection.sel.A|base64offset', /no Base64 form/],
    [{ 'A|windash': ' -a -b -c -d -e' }, 'detection.sel.A|windash', /more than 625 texts/],
    [{ 'A|re': '' }, 'detection.sel.A|re', /is empty/],
    [{ A: [['x']] }, 'detection.sel.A.0', /A text, a number, true, false or null/],
    [{ A: { B: 'x' } }, 'detection.sel.A', /A text, a number, true, false or null/],
    [{ A: [] }, 'detection.sel.A', /no value/],
    [{ '': 'x' }, 'detection.sel.', /no name/],
    [{ "A'": 'x' }, "detection.sel.A'", /A field name with quotes/],
    [{ '|exists': true }, 'detection.sel.|exists', /this needs a field/],
    [[null], 'detection.sel.0', /this needs a field/],
    [[['x']], 'detection.sel.0', /A list in a list/],
    [[], 'detection.sel', /A selection is empty/],
    [{}, 'detection.sel', /A selection is empty/],
    [{ A: 'x'.repeat(4_001) }, 'detection.sel.A', /4000 characters/],
  ])('%j', (item, field, reason) => {
    expect(refusal(withItem(item))).toMatchObject({ field, message: expect.stringMatching(reason) });
  });

  const withCondition = (condition: unknown): string =>
    ruleText({ detection: { sel: { A: 'x' }, condition } });
  it.each<[unknown, RegExp]>([
    ['sel | count() by A > 5', /Aggregation after "\|" is deprecated/],
    ['sel near other', /"near" is deprecated/],
    ['selection', /names "selection", which the detection does not have/],
    ['1 of filter_*', /No selection is named like "filter_\*"/],
    ['2 of sel*', /"2 of" is not supported/],
    ['1 of', /needs "them" or names/],
    ['sel and', /ends too early/],
    ['(sel', /not closed/],
    ['sel)', /"\)" cannot stand there/],
    ['sel sel', /"sel" cannot stand there/],
    ['sel & sel', /"&" cannot stand there/],
    ['', /no condition/],
    [[], /no condition/],
    [5, /no condition/],
    [`${'('.repeat(51)}sel${')'.repeat(51)}`, /50 deep/],
    ['sel or '.repeat(2_000), /10000 characters/],
  ])('condition %j', (condition, reason) => {
    const { message, field } = refusal(withCondition(condition));
    expect([field, message]).toEqual(['detection.condition', expect.stringMatching(reason)]);
  });

  it.each<[string, RegExp, string]>([
    ['title: a\ncorrelation: {}', /Correlation rules are not supported/, 'correlation'],
    ['title: a\nfilter: {}', /This is a Sigma filter/, 'filter'],
    ['action: global\ntitle: a', /Rule collections/, 'action'],
    ['title: a\n---\ntitle: b', /several documents/, ''],
    ['- a', /no rule in the file/, ''],
    ['', /no rule in the file/, ''],
    ['title: [', /The YAML cannot be read/, ''],
    ['title: a\ntitle: b', /The YAML cannot be read/, ''],
    ['title: a\ndetection: {}', /logsource/, 'logsource'],
    ['title: a\nlogsource: {product: windows}\ndetection: {}', /no selection/, 'detection'],
    [`${RULE}`.replace('level: medium', 'level: severe'), /level/, 'level'],
    [
      `${RULE}`.replace('    filter:', '    timeframe: 5m\n    filter:'),
      /"timeframe" is not supported/,
      'detection.timeframe',
    ],
  ])('%j', (text, reason, field) => {
    expect(refusal(text)).toMatchObject({ message: expect.stringMatching(reason), field });
  });

  it('a rule that would make an endless search', () => {
    const selection = { A: Array.from({ length: 1_000 }, (_, index) => `value${index}`) };
    const condition = new Array(200).fill('sel').join(' or ');
    expect(refusal(ruleText({ detection: { sel: selection, condition } })).message).toMatch(/too large/);
  });

  it('YAML whose references multiply', () => {
    const lines = ['a0: &a0 [x]'];
    for (let index = 1; index < 12; index += 1) {
      lines.push(`a${index}: &a${index} [${new Array(10).fill(`*a${index - 1}`).join(', ')}]`);
    }
    expect(refusal(lines.join('\n')).message).toMatch(/alias/i);
  });
});

it('whatever the text, a rule is read or refused with a place in it', () => {
  const word = fc.constantFrom(
    ...'title,logsource,detection,condition,selection,A,x,|,contains,:,-,*,?,\\,",\',{,},[,],(,),&a,*a,\n,\n  ,\n    , ,1 of,them,not,and,null,---,#,%'.split(
      ',',
    ),
  );
  const mutated = fc
    .tuple(fc.nat({ max: RULE.length }), fc.nat({ max: 12 }), fc.array(word, { maxLength: 6 }))
    .map(([from, length, words]) => RULE.slice(0, from) + words.join('') + RULE.slice(from + length));
  const text = fc.oneof(
    mutated,
    fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (yamlText) => {
      try {
        splOf(yamlText);
      } catch (error) {
        if (!(error instanceof SigmaError)) throw error;
        expect(error.line).toBeGreaterThanOrEqual(1);
        expect(error.line).toBeLessThanOrEqual(yamlText.split('\n').length + 1);
        expect(error.column).toBeGreaterThanOrEqual(1);
        expect(error.message).not.toBe('');
      }
    }),
    { numRuns: 3_000 },
  );
});
