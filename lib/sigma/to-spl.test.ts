import { describe, expect, it } from 'vitest';
import {
  compileRule,
  event,
  type Fields,
  refusal,
  ruleText,
  SECURITY,
  SYSMON,
  selects,
  splOf,
  windowsEvent,
} from './testing.ts';

describe('values', () => {
  it.each([
    ['text is compared whole and in any case', { A: 'Whoami.exe' }, ['WHOAMI.EXE'], ['whoami.exe ', 'x']],
    ['* is any text', { A: 'a*b' }, ['ab', 'a\nb', 'axxb'], ['abc', 'ba']],
    ['? is one character', { A: 'prog?.exe' }, ['progA.exe'], ['prog.exe', 'progAB.exe']],
    ['\\* is an asterisk', { A: 'a\\*' }, ['a*'], ['ab', 'a\\', 'a\\*']],
    ['\\? is a question mark', { A: 'a\\?' }, ['a?'], ['ab']],
    ['\\\\* is a backslash and any text', { A: 'a\\\\*' }, ['a\\', 'a\\b'], ['a*', 'ab']],
    ['\\\\\\* is a backslash and an asterisk', { A: 'a\\\\\\*' }, ['a\\*'], ['a\\b']],
    [
      'a backslash before other text is itself',
      { A: 'C:\\new\\table' },
      ['c:\\NEW\\table'],
      ['C:new\\table'],
    ],
    ['quotes, pipes and backticks are text', { A: 'a"b|c`d`e\'f' }, ['a"b|c`d`e\'f'], ['ab']],
    ['a number is its digits', { A: 4104 }, ['4104'], ['41040']],
    ['true is text', { A: true }, ['true', 'True'], ['1']],
    ['an empty text is an empty value', { A: '' }, [''], [' ']],
    ['a list is any of its values', { A: ['x', 'y*'] }, ['x', 'yes'], ['z']],
    ['what looks like a network is text', { A: '10.0.0.0/8' }, ['10.0.0.0/8'], ['10.1.2.3']],
  ])('%s', (_, selection, matching, others) => {
    for (const A of matching) expect([A, selects(selection, { A })]).toEqual([A, true]);
    for (const A of others) expect([A, selects(selection, { A })]).toEqual([A, false]);
    expect(selects(selection, {})).toBe(false);
  });

  it('null is an absent field, also in a list', () => {
    expect(selects({ A: null }, {})).toBe(true);
    expect(selects({ A: null }, { A: '' })).toBe(false);
    expect(selects({ A: [null, ''] }, { A: '' })).toBe(true);
    expect(selects({ A: [null, ''] }, { A: 'x' })).toBe(false);
  });

  it('a map is all of its items, a list of maps any of them', () => {
    const selection = [{ A: 'x', B: 'y' }, { C: 'z' }];
    expect(selects(selection, { A: 'x', B: 'y' })).toBe(true);
    expect(selects(selection, { A: 'x' })).toBe(false);
    expect(selects(selection, { C: 'z' })).toBe(true);
  });

  it('a keyword is sought in the whole event, as it is and as XML writes it', () => {
    const _raw = "<Event><Data Name='A'>say &quot;sekurlsa::x&quot;</Data></Event>";
    expect(selects(['SEKURLSA::'], { _raw })).toBe(true);
    expect(selects(['"sekurlsa'], { _raw })).toBe(true);
    expect(selects(['lsadump::'], { _raw })).toBe(false);
    expect(selects({ '|all': ['say', 'sekurlsa'] }, { _raw })).toBe(true);
    expect(selects({ '|all': ['say', 'lsadump'] }, { _raw })).toBe(false);
  });

  it('names of fields that mean something to the search language are fields', () => {
    for (const name of ['NOT', 'in', 'a b', 'a-b', 'event_data.Image', 'AND', 'like', 'search']) {
      expect([name, selects({ [name]: 'x', [`${name}|re`]: 'x' }, { [name]: 'x' })]).toEqual([name, true]);
      expect([name, selects({ [name]: 'x' }, { A: 'x' })]).toEqual([name, false]);
    }
  });
});

describe('modifiers', () => {
  const cases: readonly (readonly [string, unknown, readonly string[], readonly string[]])[] = [
    ['contains', { 'A|contains': 'bc' }, ['abcd', 'BC'], ['b c']],
    ['startswith', { 'A|startswith': 'ab' }, ['abc', 'AB'], ['cab']],
    ['endswith', { 'A|endswith': '\\at.exe' }, ['C:\\AT.exe'], ['cat.exe', '\\at.exe ']],
    ['all', { 'A|contains|all': ['a', 'b'] }, ['ba'], ['a', 'b']],
    ['cased', { 'A|contains|cased': 'Ab' }, ['xAbx'], ['ab', 'AB']],
    ['neq', { 'A|neq': 'x' }, ['y'], ['X']],
    ['re', { 'A|re': 'a.c$' }, ['xabc'], ['ABC', 'abcd', 'a\nc']],
    ['re with a class that begins with its bracket', { 'A|re': '[]a]b' }, [']b', 'ab'], ['b']],
    ['re|i', { 'A|re|i': '^ab' }, ['ABc'], ['cab']],
    ['re|m', { 'A|re|m': '^b$' }, ['a\nb\nc'], ['ab']],
    ['re|s', { 'A|re|s': 'a.c' }, ['a\nc'], ['ac']],
    ['re with flags inside', { 'A|re': '(?i)net\\s+USER' }, ['NET  user'], ['netuser']],
    ['cidr', { 'A|cidr': ['10.0.0.0/8', '192.168.1.1'] }, ['10.1.2.3', '192.168.1.1'], ['11.0.0.1', 'x']],
    ['cidr of IPv6', { 'A|cidr': 'fe80::/10' }, ['fe80::1', 'FEBF::1'], ['fec0::1', '10.0.0.1']],
    ['lt', { 'A|lt': 10 }, ['9', '-3', '9.5'], ['10', 'abc', '']],
    ['lte', { 'A|lte': 10 }, ['10'], ['10.1']],
    ['gt', { 'A|gt': 10 }, ['11', '100'], ['10', '9', 'abc']],
    ['gte', { 'A|gte': 10 }, ['10', '1e3'], ['9']],
    // IEX as UTF-8 and, after |wide, as UTF-16; from "echo -n IEX | base64".
    ['base64', { 'A|base64': 'IEX' }, ['SUVY'], ['IEX']],
    ['wide|base64', { 'A|wide|base64|contains': 'IEX' }, ['-e SQBFAFgA'], ['SUVY']],
    ['utf16le|base64', { 'A|utf16le|base64': 'IEX' }, ['SQBFAFgA'], ['AEkARQBY']],
    ['utf16be|base64', { 'A|utf16be|base64': 'IEX' }, ['AEkARQBY'], ['SQBFAFgA']],
    ['utf16|base64', { 'A|utf16|base64': 'IE' }, ['//5JAEUA'], ['SQBFAA==']],
    [
      'windash',
      { 'A|windash|contains': ' -exec' },
      ['x -exec', 'x /exec', 'x \u2013exec', 'x \u2014exec', 'x \u2015EXEC'],
      ['x exec', 'x+exec'],
    ],
    [
      'windash leaves the dash inside a word',
      { 'A|windash': '-param-name' },
      ['/param-name'],
      ['/param/name'],
    ],
    ['exists: true', { 'A|exists': true }, ['', 'x'], []],
  ];
  it.each(cases)('%s', (_, selection, matching, others) => {
    for (const A of matching) expect([A, selects(selection, { A })]).toEqual([A, true]);
    for (const A of others) expect([A, selects(selection, { A })]).toEqual([A, false]);
  });

  it('base64offset: a text is found wherever it begins in the encoded one', () => {
    const selection = { 'A|base64offset|contains': 'foobar' };
    for (const before of ['', 'x', 'xy', 'xyz', 'a longer text ']) {
      for (const after of ['', '1', '12', '123']) {
        const encode = (text: string): string => Buffer.from(before + text + after).toString('base64');
        expect(selects(selection, { A: encode('foobar') })).toBe(true);
        expect(selects(selection, { A: encode('fooXar') })).toBe(false);
      }
    }
  });

  it('exists: false, and neq, hold for an absent field; the others do not', () => {
    expect(selects({ 'A|exists': false }, {})).toBe(true);
    expect(selects({ 'A|exists': false }, { A: '' })).toBe(false);
    expect(selects({ 'A|neq': 'x' }, {})).toBe(true);
    for (const [name, selection] of cases) {
      if (name !== 'neq') expect([name, selects(selection, { B: 'x' })]).toEqual([name, false]);
    }
  });

  it('fieldref compares two fields, both of them present', () => {
    expect(selects({ 'A|fieldref': 'B' }, { A: 'x\\Y', B: 'X\\y' })).toBe(true);
    expect(selects({ 'A|fieldref|cased': 'B' }, { A: 'x', B: 'X' })).toBe(false);
    expect(selects({ 'A|fieldref': 'B' }, { A: 'x', B: 'y' })).toBe(false);
    expect(selects({ 'A|fieldref': 'B' }, {})).toBe(false);
  });
});

describe('conditions', () => {
  const detection = {
    sel_a: { A: 'a' },
    sel_b: { B: 'b' },
    filter_c: { C: 'c' },
    _hidden: { D: 'd' },
  };
  const holds = (condition: unknown, fields: Fields): boolean =>
    compileRule(ruleText({ detection: { ...detection, condition } })).select(windowsEvent(fields));

  it.each<[unknown, Fields[], Fields[]]>([
    ['sel_a and not filter_c', [{ A: 'a' }, { A: 'a', C: 'x' }], [{ A: 'a', C: 'c' }, {}]],
    // `not` binds before `and`, `and` before `or`.
    ['sel_a or sel_b and filter_c', [{ A: 'a' }, { B: 'b', C: 'c' }], [{ B: 'b' }, { C: 'c' }]],
    ['(sel_a or sel_b) and filter_c', [{ A: 'a', C: 'c' }], [{ A: 'a' }]],
    ['not sel_a or sel_b', [{}, { A: 'a', B: 'b' }], [{ A: 'a' }]],
    ['1 of sel_*', [{ A: 'a' }, { B: 'b' }], [{ C: 'c' }]],
    ['any of sel_*', [{ A: 'a' }], [{ C: 'c' }]],
    ['all of sel_*', [{ A: 'a', B: 'b' }], [{ A: 'a' }]],
    ['1 of *_c', [{ C: 'c' }], [{ A: 'a' }]],
    ['1 of them', [{ A: 'a' }, { C: 'c' }], [{ D: 'd' }]],
    ['all of them', [{ A: 'a', B: 'b', C: 'c' }], [{ A: 'a', B: 'b', D: 'd' }]],
    ['_hidden', [{ D: 'd' }], [{ A: 'a' }]],
    ['not not sel_a', [{ A: 'a' }], [{}]],
    [['sel_a', 'sel_b and filter_c'], [{ A: 'a' }, { B: 'b', C: 'c' }], [{ B: 'b' }]],
  ])('%s', (condition, matching, others) => {
    for (const fields of matching) expect([fields, holds(condition, fields)]).toEqual([fields, true]);
    for (const fields of others) expect([fields, holds(condition, fields)]).toEqual([fields, false]);
  });
});

describe('log sources', () => {
  const rule = (logsource: unknown, selection: unknown): string =>
    ruleText({ logsource, detection: { selection, condition: 'selection' } });

  it('process_creation reads Sysmon 1 and, under its field names, Security 4688', () => {
    const text = rule(
      { category: 'process_creation', product: 'windows' },
      { 'Image|endswith': '\\at.exe', 'ParentImage|contains': '\\cmd', 'CommandLine|contains': '12:00' },
    );
    const search = compileRule(text);
    const sysmon = { Image: 'C:\\x\\AT.EXE', ParentImage: 'C:\\cmd.exe', CommandLine: 'at 12:00 x' };
    const audited = {
      NewProcessName: 'C:\\x\\at.exe',
      ParentProcessName: 'C:\\cmd.exe',
      CommandLine: 'at 12:00',
    };
    expect(search.select(event({ source: SYSMON, EventCode: '1', ...sysmon }))).toBe(true);
    expect(search.select(event({ source: SYSMON, EventCode: '5', ...sysmon }))).toBe(false);
    expect(search.select(event({ source: SECURITY, EventCode: '4688', ...audited }))).toBe(true);
    expect(search.select(event({ source: SECURITY, EventCode: '1', ...audited }))).toBe(false);
    expect(search.needles).toContainEqual(['\\at.exe']);
  });

  it('a negation of a field with two names asks for neither', () => {
    const text = ruleText({
      logsource: { category: 'process_creation', product: 'windows' },
      detection: {
        all: { CommandLine: '*' },
        filter: { 'Image|re': '^C:' },
        condition: 'all and not filter',
      },
    });
    const search = compileRule(text);
    const sysmon = { source: SYSMON, EventCode: '1', CommandLine: 'x' };
    const audited = { source: SECURITY, EventCode: '4688', CommandLine: 'x' };
    expect(search.select(event({ ...sysmon, Image: 'D:\\a' }))).toBe(true);
    expect(search.select(event({ ...sysmon, Image: 'C:\\a' }))).toBe(false);
    expect(search.select(event(sysmon))).toBe(true);
    expect(search.select(event({ ...audited, NewProcessName: 'D:\\a' }))).toBe(true);
    expect(search.select(event({ ...audited, NewProcessName: 'C:\\a' }))).toBe(false);
  });

  it('registry_set reads Sysmon 13 and writes of Security 4657, whose path is in two fields', () => {
    const text = rule(
      { category: 'registry_set', product: 'windows' },
      {
        'TargetObject|startswith': 'HKLM\\Software\\',
        'TargetObject|endswith': '\\Run\\evil',
        Details: 'DWORD (0x0000000a)',
      },
    );
    const search = compileRule(text);
    const sysmon = { TargetObject: 'HKLM\\SOFTWARE\\Run\\evil', Details: 'DWORD (0x0000000A)' };
    const audited = {
      ObjectName: '\\REGISTRY\\MACHINE\\SOFTWARE\\Run',
      ObjectValueName: 'Evil',
      NewValue: '10',
      OperationType: '%%1905',
    };
    expect(search.select(event({ source: SYSMON, EventCode: '13', ...sysmon }))).toBe(true);
    expect(search.select(event({ source: SYSMON, EventCode: '12', ...sysmon }))).toBe(false);
    expect(search.select(event({ source: SECURITY, EventCode: '4657', ...audited }))).toBe(true);
    expect(
      search.select(event({ source: SECURITY, EventCode: '4657', ...audited, OperationType: '%%1906' })),
    ).toBe(false);
    expect(
      search.select(event({ source: SECURITY, EventCode: '4657', ...audited, ObjectValueName: 'x' })),
    ).toBe(false);
  });

  it('ps_script reads 4104 of both channels', () => {
    const search = compileRule(
      rule({ category: 'ps_script', product: 'windows' }, { 'ScriptBlockText|contains': 'x' }),
    );
    for (const channel of ['Microsoft-Windows-PowerShell/Operational', 'PowerShellCore/Operational']) {
      const fields = { source: `XmlWinEventLog:${channel}`, ScriptBlockText: 'x' };
      expect(search.select(event({ ...fields, EventCode: '4104' }))).toBe(true);
      expect(search.select(event({ ...fields, EventCode: '4103' }))).toBe(false);
    }
  });

  it('Data is a field of that name, or an unnamed value of the event', () => {
    const text = ruleText({
      logsource: { category: 'ps_classic_start', product: 'windows' },
      detection: {
        selection: { 'Data|contains': 'Engine<Version=2.' },
        filter: { 'Data|endswith': 'HostVersion=2.' },
        condition: 'selection and not filter',
      },
    });
    const search = compileRule(text);
    const classic = (...values: readonly string[]): boolean =>
      search.select(
        event({
          source: 'XmlWinEventLog:Windows PowerShell',
          EventCode: '400',
          _raw: `<EventData>${values.map((value) => `<Data>${value}</Data>`).join('')}</EventData>`,
        }),
      );
    expect(classic('Available', 'x engine&lt;version=2.0')).toBe(true);
    expect(classic('Engine&lt;', 'Version=2.')).toBe(false);
    expect(classic('Engine&lt;Version=2.', 'HostVersion=2.')).toBe(false);
    expect(classic('Engine&lt;Version=2.', 'HostVersion=2.0')).toBe(true);
  });

  it('a service is its channels, and EventID and Provider_Name are the event code and provider', () => {
    const logsource = { product: 'windows', service: 'security-mitigations' };
    expect(splOf(rule(logsource, { EventID: [11, 12], Provider_Name: 'X' }))).toBe(
      'source IN ("XmlWinEventLog:Microsoft-Windows-Security-Mitigations/Kernel Mode", ' +
        '"XmlWinEventLog:Microsoft-Windows-Security-Mitigations/User Mode") EventCode IN (11, 12) Name="X"',
    );
  });

  it('category and service together are what both name', () => {
    const logsource = { product: 'windows', service: 'sysmon', category: 'process_creation' };
    expect(splOf(rule(logsource, { Image: 'x' }))).toBe(`source="${SYSMON}" EventCode=1 Image="x"`);
  });

  it.each<[Record<string, string>, string]>([
    [{ product: 'linux' }, 'product "linux" is not Windows'],
    [{ category: 'proxy' }, 'category "proxy" is not known for Windows'],
    [{ product: 'windows', service: 'nothing' }, 'service "nothing" is not known for Windows'],
    [
      { product: 'windows', category: 'file_access' },
      'category "file_access" is traced by Microsoft-Windows-Kernel-File, which writes no event log',
    ],
    [
      { product: 'windows', category: 'ps_script', service: 'security' },
      'category "ps_script" is not in service "security"',
    ],
    [{}, 'it names no product, category or service'],
    [{ category: '__proto__' }, 'category "__proto__" is not known for Windows'],
  ])('%j is refused', (logsource, reason) => {
    const { message, field } = refusal(rule(logsource, { A: 'x' }));
    expect([field, message]).toEqual(['logsource', `The log source is not supported: ${reason}.`]);
  });
});

describe('searches', () => {
  const text = (detection: unknown): string =>
    splOf(ruleText({ logsource: { category: 'ps_script', product: 'windows' }, detection }));
  const prefix =
    'source IN ("XmlWinEventLog:Microsoft-Windows-PowerShell/Operational", "XmlWinEventLog:PowerShellCore/Operational") EventCode=4104 ';

  it('what search can say stands in search alone', () => {
    expect(
      text({
        selection: { 'ScriptBlockText|contains': ['a"b', 'C:\\x'], Path: null },
        filter: [{ 'Path|cased': 'X' }, { User: '' }],
        condition: 'selection and not filter',
      }),
    ).toBe(`${prefix}ScriptBlockText IN ("*a\\"b*", "*C:\\\\x*") NOT Path=* NOT Path=CASE("X") NOT User=""`);
  });

  it('the rest stands in where, after a wider test that keeps its literals', () => {
    expect(
      text({
        selection: { 'ScriptBlockText|re': '(?i)invoke-\\w+\\s+-Command', 'Path|contains': 'C:\\?emp' },
        filter: [{ 'Path|re': 'x' }, { User: 'y' }],
        condition: 'selection and not filter',
      }),
    ).toBe(
      `${prefix}ScriptBlockText="*invoke-*-Command*" Path="*C:?emp*" NOT User="y"\n` +
        '| where match(ScriptBlockText, "(?i)invoke-\\\\w+\\\\s+-Command") AND NOT (isnotnull(Path) AND match(Path, "x"))',
    );
  });

  it('a regular expression that the engine cannot run in linear time is refused, with the reason', () => {
    const rule = ruleText({ detection: { selection: { 'A|re': 'a(?=b)' }, condition: 'selection' } });
    expect(() => compileRule(rule)).toThrow(/look-around/);
  });
});
