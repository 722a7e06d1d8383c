import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkLookups } from './lookup.ts';
import { readPublished } from './read.ts';

const ID = '6b0b1f0e-3a54-4c1d-9a52-1f9a51c1d001';

const HEAD = `name: Archive Made By Script
id: ${ID}
version: 4
type: Anomaly
status: production
description: A script host makes an archive.
data_source:
- Sysmon EventID 1
search: '| tstats count from datamodel=Endpoint.Processes by Processes.dest'
how_to_implement: Collect process events.
known_false_positives: Backups.
references:
- https://example.org/archive
`;
const TESTS = `tests:
- name: True Positive Test
  attack_data:
  - data: https://example.org/datasets/t1560/archive.log
    source: XmlWinEventLog:Security
    sourcetype: XmlWinEventLog
`;

const only = (text: string, fileName = 'archive_made_by_script.yml') => {
  const content = readPublished(text, fileName);
  expect(content.problems).toEqual([]);
  const [detection] = content.detections;
  if (detection === undefined || content.detections.length > 1) throw new Error('not one detection');
  return detection;
};

describe('published detections of each shape give the same thing', () => {
  const shapes = {
    'of 2023, with observables and a score of impact and confidence': `${HEAD}tags:
  analytic_story:
  - Data Theft
  impact: 70
  confidence: 60
  message: An archive was made on $dest$
  mitre_attack_id:
  - T1560.001
  observable:
  - name: dest
    type: Hostname
    role:
    - Victim
  - name: process
    type: Process
    role:
    - Attacker
${TESTS}`,
    'of late 2024, with an rba block beside confidence': `${HEAD}rba:
  message: An archive was made on $dest$
  risk_objects:
  - field: dest
    type: system
    score: 42
  threat_objects:
  - field: process
    type: process
tags:
  analytic_story:
  - Data Theft
  confidence: 60
  impact: 70
  mitre_attack_id:
  - T1560.001
${TESTS}`,
    'of 2025, with slim tags': `${HEAD}rba:
  message: An archive was made on $dest$
  risk_objects:
  - {field: dest, type: system, score: 42}
tags:
  analytic_story: [Data Theft]
  asset_type: Endpoint
  mitre_attack_id: [T1560.001]
  security_domain: endpoint
${TESTS}`,
    'of 2026, with intermediate findings and no tags': `${HEAD}creation_date: '2024-01-02'
analytic_story:
- Data Theft
mitre_attack_id:
- T1560.001
intermediate_findings:
  entities:
  - field: dest
    type: system
    score: 42
    message: An archive was made on $dest$
${TESTS}`,
    'of 2026, with a finding': `${HEAD}analytic_story: [Data Theft]
mitre_attack_id: [T1560.001]
finding:
  title: An archive was made on $dest$
  message: An archive was made on $dest$
  entity: {field: dest, type: system, score: 42}
${TESTS}`,
  };
  for (const [name, text] of Object.entries(shapes)) {
    it(name, () => {
      expect(only(text)).toEqual({
        id: ID,
        name: 'Archive Made By Script',
        fileName: 'archive_made_by_script',
        type: 'Anomaly',
        version: 4,
        status: 'production',
        schedule: null,
        description: 'A script host makes an archive.',
        search: '| tstats count from datamodel=Endpoint.Processes by Processes.dest',
        risk: {
          score: 42,
          message: 'An archive was made on $dest$',
          objects: [{ field: 'dest', type: 'system', score: 42 }],
        },
        techniques: ['T1560.001'],
        stories: ['Data Theft'],
        dataSources: ['Sysmon EventID 1'],
        references: ['https://example.org/archive'],
        knownFalsePositives: 'Backups.',
        howToImplement: 'Collect process events.',
        tests: [
          {
            name: 'True Positive Test',
            data: [
              {
                data: 'https://example.org/datasets/t1560/archive.log',
                source: 'XmlWinEventLog:Security',
                sourcetype: 'XmlWinEventLog',
              },
            ],
          },
        ],
      });
    });
  }

  it('a type that is not known is kept as Other, absent texts as empty', () => {
    const detection = only(`name: N\nid: ${ID}\nsearch: '*'\ntype: Surprise\n`);
    expect(detection).toMatchObject({ type: 'Other', description: '', references: [], risk: { score: 0 } });
  });
});

describe('saved searches', () => {
  const SAVED = String.raw`# made by hand
[default]
cron_schedule = 0 * * * *

[ESCU - Shadow Copies Gone - Rule]
disabled = true
description = Somebody deletes shadow copies.
action.risk = 1
action.notable = 1
action.escu.version = 7
action.risk.param._risk_message = Copies deleted on $dest$
action.risk.param._risk = [{"risk_object_field": "dest", "risk_object_type": "system", "risk_score": 64}, {"threat_object_field": "process", "threat_object_type": "process"}]
action.correlationsearch.annotations = {"mitre_attack": ["T1490"], "analytic_story": ["Ransom"]}
search = EventCode=1 process="*delete*" \
| stats count by dest \
| where count > 1

[Second]
search = EventCode=2
`;

  it('stanzas give searches over several lines, risk and annotations', () => {
    const { detections, problems } = readPublished(SAVED, 'savedsearches.conf');
    expect(problems).toEqual([]);
    expect(detections).toHaveLength(2);
    expect(detections[0]).toMatchObject({
      name: 'Shadow Copies Gone',
      fileName: 'shadow_copies_gone',
      type: 'TTP',
      version: 7,
      status: 'disabled',
      schedule: '0 * * * *',
      search: 'EventCode=1 process="*delete*" \n| stats count by dest \n| where count > 1',
      risk: {
        score: 64,
        message: 'Copies deleted on $dest$',
        objects: [{ field: 'dest', type: 'system', score: 64 }],
      },
      techniques: ['T1490'],
      stories: ['Ransom'],
    });
    expect(detections[1]).toMatchObject({ name: 'Second', type: 'Hunting', status: 'enabled' });
  });

  it('the id is made of the name: the same each time, another for another name', () => {
    const ids = () => readPublished(SAVED, 'savedsearches.conf').detections.map(({ id }) => id);
    expect(ids()).toEqual(ids());
    expect(new Set(ids()).size).toBe(2);
    for (const id of ids())
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('says where a search is empty and JSON is broken, and reads the rest', () => {
    const text = '[A]\nsearch =\n[B]\nsearch = x\naction.risk.param._risk = [{\n[C]\ncolor = red\nnonsense\n';
    const { detections, problems } = readPublished(text, 'savedsearches.conf');
    expect(detections.map(({ name }) => name)).toEqual(['B']);
    expect(problems.map(({ place, line }) => `${place} ${line}`).toSorted()).toEqual([
      'savedsearches.conf 8',
      'savedsearches.conf: [A] 2',
      'savedsearches.conf: [B] 5',
      'savedsearches.conf: [C] 6',
    ]);
  });
});

describe('macros', () => {
  it('come from YAML and from macros.conf alike', () => {
    const yaml = readPublished(
      'name: near\ndefinition: dest=$host$ OR src=$host$\narguments:\n- host\n',
      'near.yml',
    );
    const conf = readPublished(
      '[near(1)]\nargs = host\ndefinition = dest=$host$ OR src=$host$\n',
      'macros.conf',
    );
    expect(yaml).toEqual(conf);
    expect(yaml.macros).toEqual([{ name: 'near', args: ['host'], definition: 'dest=$host$ OR src=$host$' }]);
  });

  it('quoted YAML text that goes on in the first column is read', () => {
    const { macros, problems } = readPublished("name: two\ndefinition: 'eval a=1\n| eval b=2'\n", 'two.yml');
    expect(problems).toEqual([]);
    expect(macros[0]?.definition).toBe('eval a=1 | eval b=2');
  });

  it('are refused when they are evaluated, or their arguments do not add up', () => {
    const text = '[a]\niseval = 1\ndefinition = "x"\n[b(2)]\nargs = one\ndefinition = $one$\n';
    const { macros, problems } = readPublished(text, 'macros.conf');
    expect(macros).toEqual([]);
    expect(problems).toMatchObject([
      { line: 2, message: expect.stringContaining('iseval') },
      { line: 5, message: 'args names 1 arguments, the stanza 2' },
    ]);
  });
});

describe('lookups', () => {
  it('join a definition with the rows of its CSV file', () => {
    const yaml = readPublished(
      "name: bad_tools\nfilename: bad_tools_1.csv\nmatch_type: WILDCARD(tool), CIDR(net)\ncase_sensitive_match: 'false'\nmin_matches: 1\nmax_matches: 2\ndefault_match: 'no'\n",
      'bad_tools.yml',
    );
    const conf = readPublished(
      '[bad_tools]\nfilename = bad_tools_1.csv\nmatch_type = WILDCARD(tool), CIDR(net)\ncase_sensitive_match = false\nmin_matches = 1\nmax_matches = 2\ndefault_match = no\n',
      'transforms.conf',
    );
    expect(conf).toEqual(yaml);
    const csv = readPublished(
      'tool,net,is_bad\r\n*cat*,10.0.0.0/8,yes\r\n"a ""b"", c",::/0\r\n',
      'bad_tools_1.csv',
    );
    const { tables, missing } = linkLookups(yaml.lookupDefinitions, csv.lookupRows);
    expect(missing).toEqual([]);
    expect(tables.find(({ name }) => name === 'bad_tools')).toEqual({
      name: 'bad_tools',
      columns: ['tool', 'net', 'is_bad'],
      rows: [
        ['*cat*', '10.0.0.0/8', 'yes'],
        ['a "b", c', '::/0', ''],
      ],
      matchTypes: { tool: 'WILDCARD', net: 'CIDR' },
      isCaseSensitive: false,
      maxMatches: 2,
      defaultMatch: 'no',
    });
    expect(tables.map(({ name }) => name)).toContain('bad_tools_1.csv');
  });

  it('of a KV store have their columns and no rows; without their CSV file they are missing', () => {
    const store = readPublished('name: seen\ncollection: seen\nfields_list: _key, host, first\n', 'seen.yml');
    const { tables } = linkLookups(store.lookupDefinitions, []);
    expect(tables).toMatchObject([
      { name: 'seen', columns: ['host', 'first'], rows: [], defaultMatch: null },
    ]);
    const away = readPublished('name: away\nfilename: away.csv\n', 'away.yml');
    expect(linkLookups(away.lookupDefinitions, []).missing).toMatchObject([{ name: 'away' }]);
  });

  it('say what cannot be read, with its line', () => {
    const model = readPublished('name: m\nfilename: m.mlmodel\n', 'm.yml');
    expect(model.problems).toMatchObject([{ place: 'm.yml: filename', line: 2 }]);
    expect(readPublished('a,b\n1,"2\n3\n', 't.csv').problems).toMatchObject([{ place: 't.csv', line: 2 }]);
    const odd = readPublished(
      '[x]\nfilename = x.csv\nmatch_type = FUZZY(a)\nmax_matches = 0\n',
      'transforms.conf',
    );
    expect(odd.lookupDefinitions).toHaveLength(1);
    expect(odd.problems.map(({ line }) => line).toSorted()).toEqual([3, 4]);
  });
});

describe('bad input is a problem with its place, never an exception', () => {
  it('names the field and its line', () => {
    const { detections, problems } = readPublished(`name: N\nid: 12\nsearch: ''\n`, 'n.yml');
    expect(detections).toEqual([]);
    expect(problems.map(({ place, line }) => [place, line])).toEqual([
      ['n.yml: id', 2],
      ['n.yml: search', 3],
    ]);
  });

  it('refuses YAML that grows: aliases of aliases, and deep nesting', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level++) {
      lines.push(`a${level}: &a${level} [${new Array(10).fill(`*a${level - 1}`).join(', ')}]`);
    }
    const bomb = readPublished(`${lines.join('\n')}\nsearch: x\n`, 'bomb.yml');
    expect(bomb.detections).toEqual([]);
    expect(bomb.problems).toHaveLength(1);
    const deep = readPublished(`search: ${'['.repeat(100_000)}`, 'deep.yml');
    expect(deep.detections).toEqual([]);
    expect(deep.problems.length).toBeGreaterThan(0);
    expect(readPublished(`search: ${'x'.repeat(2_000_000)}`, 'long.yml').problems).toMatchObject([
      { line: 1 },
    ]);
  });

  it('whatever the bytes and the name', () => {
    const piece = fc.constantFrom(
      '[a(1)]',
      'search = ',
      'search: ',
      '\\\n',
      '\n',
      ' ',
      '"',
      "'",
      ': ',
      '- ',
      'args = x',
      '{',
      '[',
      ']',
      '&a ',
      '*a ',
      'definition: ',
      'filename: x.csv',
      'match_type = WILDCARD(',
      `id: ${ID}`,
      'name: n',
      'rba:',
      '  risk_objects: 3',
      ',',
      '\u0000',
      '\ud800',
    );
    const text = fc.oneof(
      fc.string(),
      fc
        .array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 40 })
        .map((parts) => parts.join('')),
    );
    const name = fc.constantFrom('a.yml', 'a.csv', 'savedsearches.conf', '', '../..');
    fc.assert(
      fc.property(text, name, (given, fileName) => {
        const content = readPublished(given, fileName);
        for (const { line, message } of content.problems) {
          expect(line === undefined || line >= 1).toBe(true);
          expect(message).not.toBe('');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
