import { describe, expect, it } from 'vitest';
import { loadContent } from '#lib/content/load.ts';
import { compileKnowledge } from '#lib/detection/rules.ts';
import { Random } from '#lib/evidence/testing/random.ts';
import { compileTestQuery, type IndexSetup, indexDocument } from '../testing/elastic-index.ts';
import { LAYOUTS } from '../testing/elastic-layouts.ts';
import { elasticQuery } from './compile.ts';
import { readMapping } from './mapping.ts';
import { elasticAgent } from './testing/goldens/elastic-agent.ts';
import { elasticDefend } from './testing/goldens/elastic-defend.ts';
import { rawText } from './testing/goldens/raw-text.ts';
import { winlogbeat } from './testing/goldens/winlogbeat.ts';

const rules = compileKnowledge(loadContent()).rules.filter(({ evaluation }) => evaluation === 'strict');
const compiled = (setup: IndexSetup) => elasticQuery(readMapping({ lab: setup }), rules);

const GOLDENS = {
  winlogbeat,
  'Elastic Agent': elasticAgent,
  'Elastic Defend': elasticDefend,
  'raw text': rawText,
};

describe('detections as query DSL', () => {
  it.each(Object.entries(GOLDENS))('ask documents of %s so', (name, golden) => {
    const { dsl, open } = compiled(LAYOUTS[name as keyof typeof LAYOUTS].setup);
    expect(dsl).toEqual(golden);
    expect([...open]).toEqual([]);
  });

  it('say what they take beyond the detections', () => {
    const { query } = compiled(LAYOUTS.winlogbeat.setup);
    expect(query?.language).toBe('dsl');
    expect(query?.widened.join('\n')).toMatch(/source=/);
    expect(query?.widened.join('\n')).toMatch(/_ignored/);
    expect(query?.widened.join('\n')).toMatch(/does not see the field/);
  });

  it('are left out where the indexes hold nothing to ask', () => {
    const { dsl, query, open } = compiled({ mappings: { properties: { price: { type: 'long' } } } });
    expect([dsl, query]).toEqual([null, null]);
    expect([...open.values()]).toEqual(
      rules.map(() => 'The indexes hold none of the fields that it looks at.'),
    );
  });
});

const object = (properties: object) => ({ properties });
const scripts = (script: object, rest: object = {}): IndexSetup => ({
  mappings: object({
    winlog: object({
      channel: { type: 'keyword' },
      event_id: { type: 'keyword' },
      event_data: object({ ScriptBlockText: script }),
    }),
    ...rest,
  }),
});
const english = { index: { analysis: { analyzer: { english: { type: 'english' } } } } };

/** How an index may keep a script, as far as the server of tests can do the same. */
const MAPPINGS: Readonly<Record<string, IndexSetup>> = {
  keyword: scripts({ type: 'keyword' }),
  'keyword with ignore_above': scripts({ type: 'keyword', ignore_above: 256 }),
  'keyword in lower case': scripts({ type: 'keyword', normalizer: 'lowercase' }),
  wildcard: scripts({ type: 'wildcard' }),
  text: scripts({ type: 'text' }),
  'text with a keyword beside': scripts({
    type: 'text',
    fields: { keyword: { type: 'keyword', ignore_above: 256 } },
  }),
  'text that is stemmed': { ...scripts({ type: 'text', analyzer: 'english' }), settings: english },
  'text that is not indexed': scripts({ type: 'text', index: false }),
  'not mapped': scripts({ type: 'keyword' }, {}),
};

/** Texts with the class name in them, in any case and stuck to anything. */
function scriptsWithName(count: number): string[] {
  const random = new Random(20_261_124);
  const GLUE = [
    '',
    ' ',
    '_',
    '.',
    ':',
    "'",
    '-',
    '\\',
    'x',
    '7',
    'é',
    'ß',
    '日',
    '\u200d',
    '"',
    '\n',
    'A'.repeat(254),
    'z_'.repeat(200),
  ];
  const pick = () => random.pick(GLUE);
  return Array.from({ length: count }, () => {
    const name = [...'win32_scheduledjob']
      .map((c) => (random.fraction() < 0.5 ? c.toUpperCase() : c))
      .join('');
    return `gwmi ${pick()}${pick()}${name}${pick()}${pick()} | fl`;
  });
}

describe('a document that a detection selects', () => {
  it.each(Object.entries(MAPPINGS))('is taken with the script as %s', (_, setup) => {
    const holds = compileTestQuery(compiled(setup).dsl as Record<string, unknown>);
    for (const product of ['elasticsearch', 'opensearch'])
      for (const script of scriptsWithName(150)) {
        const source = {
          winlog: {
            channel: 'Microsoft-Windows-PowerShell/Operational',
            event_id: '4104',
            event_data: { ScriptBlockText: script },
          },
        };
        expect(holds(indexDocument({ index: 'lab', id: '1', source }, setup, product)), script).toBe(true);
      }
  });

  it.each(['keyword', 'wildcard', 'text', 'keyword with ignore_above'])(
    'is told from others with the script as %s',
    (name) => {
      const setup = MAPPINGS[name] ?? { mappings: {} };
      const holds = compileTestQuery(compiled(setup).dsl as Record<string, unknown>);
      const source = {
        winlog: { channel: 'x', event_id: '4104', event_data: { ScriptBlockText: 'Get-Process' } },
      };
      expect(holds(indexDocument({ index: 'lab', id: '1', source }, setup, 'elasticsearch'))).toBe(false);
    },
  );

  it('is taken whatever part of a registry path which field holds', () => {
    const setup: IndexSetup = {
      mappings: object({
        registry: object({ hive: { type: 'keyword' }, key: { type: 'keyword' }, value: { type: 'keyword' } }),
      }),
    };
    const holds = compileTestQuery(compiled(setup).dsl as Record<string, unknown>);
    const key = 'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration';
    const of = (value: string) =>
      indexDocument(
        { index: 'lab', id: '1', source: { registry: { hive: 'HKLM', key, value } } },
        setup,
        'elasticsearch',
      );
    expect([holds(of('EnableAt')), holds(of('enableAT')), holds(of('Other'))]).toEqual([true, true, false]);
  });
});

describe('a field that cannot be searched', () => {
  const original = { event: object({ original: { type: 'keyword', index: false, doc_values: false } }) };
  const asked = (...setups: IndexSetup[]) =>
    JSON.stringify(
      elasticQuery(readMapping(Object.fromEntries(setups.map((one, at) => [`lab-${at}`, one]))), rules).dsl,
    );

  it('brings its whole index where nothing else holds the value, and no other', () => {
    expect(asked({ mappings: object(original) })).toContain('"_index":["lab-0"]');
    expect(asked(scripts({ type: 'keyword' }), { mappings: object(original) })).toContain(
      '"_index":["lab-1"]',
    );
    expect(asked(scripts({ type: 'keyword' }), { mappings: object(original) })).not.toContain('lab-0');
  });

  it('is not asked by pattern in its index, which would refuse the whole search', () => {
    const setups: Record<string, IndexSetup> = {
      a: { mappings: object({ event: object({ original: { type: 'wildcard' } }) }) },
      b: { mappings: object(original) },
      c: scripts({ type: 'long' }),
      d: scripts({ type: 'text' }),
    };
    const { dsl } = elasticQuery(readMapping(setups), rules);
    const holds = compileTestQuery(dsl as Record<string, unknown>);
    const event = { original: 'EventCode=4104 Win32_ScheduledJob' };
    const taken = Object.entries(setups).map(([index, setup]) =>
      holds(indexDocument({ index, id: '1', source: { event } }, setup, 'elasticsearch')),
    );
    expect(taken).toEqual([true, true, false, false]);
  });

  it('is left out where the value was taken out of it', () => {
    const whole = {
      TargetObject: { type: 'keyword' },
      ObjectValueName: { type: 'keyword' },
      ScriptBlockText: { type: 'keyword' },
    };
    const setup = { mappings: object({ winlog: object({ event_data: object(whole) }), ...original }) };
    expect(asked(setup)).not.toContain('_index');
  });
});

describe('the mapping', () => {
  const uses = (setup: IndexSetup) =>
    readMapping({ lab: setup })
      .uses.get('winlog.event_data.ScriptBlockText')
      ?.map(({ field, how }) => `${field} ${how}`);
  const field = 'winlog.event_data.ScriptBlockText';

  it('says how a field can be asked', () => {
    expect(uses(MAPPINGS['text with a keyword beside'] ?? { mappings: {} })).toEqual([`${field} words`]);
    expect(uses(scripts({ type: 'keyword', fields: { wild: { type: 'wildcard' } } }))).toEqual([
      `${field}.wild exact`,
    ]);
    expect(uses(scripts({ type: 'text', analyzer: 'unheard_of' }))).toEqual([`${field} exists`]);
    expect(uses(scripts({ type: 'keyword', index: false, doc_values: false }))).toEqual([`${field} none`]);
    expect(uses({ mappings: object({ winlog: object({ event_data: { type: 'flattened' } }) }) })).toEqual([
      `${field} exists`,
    ]);
    expect(uses({ mappings: object({ winlog: { type: 'object', enabled: false } }) })).toEqual([
      `${field} none`,
    ]);
  });

  it('may differ from index to index', () => {
    const { uses: found, withoutIngested } = readMapping({
      a: scripts({ type: 'keyword' }),
      b: scripts({ type: 'text' }, { event: object({ ingested: { type: 'date' } }) }),
    });
    expect(found.get(field)).toEqual([
      { field, how: 'exact', indexes: ['a'], isMixed: true },
      { field, how: 'words', indexes: ['b'], isMixed: true },
    ]);
    expect(withoutIngested).toEqual(['a']);
  });
});
