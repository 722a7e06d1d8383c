import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchEnvironment } from '#lib/content/environment.ts';
import { loadContent } from '#lib/content/load.ts';
import { makeRecord, POWERSHELL, sysmonRecord } from '#lib/events/testing.ts';
import { readEvtx } from '#lib/evidence/evtx/reader.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { compileSearch } from '#lib/spl/compile.ts';
import { compileKnowledge } from './rules.ts';
import type { ScanReport } from './scan.ts';
import { explanationJson, resultJson } from './scan-output.ts';
import {
  EVIDENCE,
  filesIn,
  POWERSHELL_HITS,
  plainResult,
  REGISTRY_HITS,
  rulesOf,
  scanFiles,
  type TestFile,
} from './testing.ts';

const SHARED = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const { script, registry } = rulesOf();
const RULES = [script, registry];
const ALL = compileKnowledge(loadContent()).rules;
const own = filesIn(EVIDENCE);
const hits = own.filter(({ name }) => name === POWERSHELL_HITS || name === REGISTRY_HITS);

const said = ({ results, totals, relevance, sightings }: ScanReport) => ({
  results: results.map(plainResult),
  totals,
  relevance: relevance.map(({ rule, hosts }) => [rule.id, [...hosts].sort()]),
  sightings: [...sightings].sort(([a], [b]) => (a < b ? -1 : 1)),
});

describe('a scan that leaves out what cannot match equals one that reads everything', () => {
  it.each([
    [RULES, {}],
    [RULES, { extended: true }],
    [RULES, { lenient: true }],
    [ALL, {}],
    [ALL, { extended: true }],
  ])('on the evidence of the repository, %#', async (rules, options) => {
    const skipping = await scanFiles(own, rules, options);
    const verifying = await scanFiles(own, rules, { ...options, verify: true });
    expect(said(skipping).results).toEqual(said(verifying).results);
    expect(said(skipping).totals).toEqual(said(verifying).totals);
    expect(said(skipping).relevance).toEqual(said(verifying).relevance);
    expect(said(skipping).sightings).toEqual(said(verifying).sightings);
    expect(skipping.results.filter(({ mode }) => mode === 'strict')).toHaveLength(4);
  });

  it.skipIf(!existsSync(SHARED))(
    'on the shared evidence, which has no strict finding but these (needs it)',
    async () => {
      const files = filesIn(SHARED);
      const options = { extended: true, lenient: true };
      const skipping = await scanFiles(files, ALL, options);
      const verifying = await scanFiles(files, ALL, { ...options, verify: true });
      expect(said(skipping).results).toEqual(said(verifying).results);
      expect(said(skipping).relevance).toEqual(said(verifying).relevance);
      const strict = verifying.results.filter(({ mode }) => mode === 'strict');
      expect(strict.map((result) => plainResult(result).records)).toEqual([
        ['1601465', '1601466'],
        ['139'],
        ['140', '141'],
        ['142'],
      ]);
    },
  );

  it('on any mix of script blocks, whole or in parts, and registry writes, as XML', async () => {
    const text = fc.constantFrom(
      'win32_scheduledjob',
      'WIN32_SCHEDULEDJOB &<>',
      'win32_sched',
      'uledjob',
      "'win32_sched'+'uledjob'",
      "'win32_sched'+'",
      "uledjob'",
      'x\r\ny',
      '\0',
      'Get-ScheduledJob',
    );
    const block = fc.record({
      text,
      number: fc.integer({ min: 1, max: 3 }),
      total: fc.integer({ min: 1, max: 3 }),
      id: fc.constantFrom('a', 'b'),
    });
    const value = fc.constantFrom('Configuration\\EnableAt', 'Configuration\\LastUpdated', 'EnableAt');
    const record = fc.oneof(
      block.map(({ text: ScriptBlockText, number, total, id }) => ({
        eventId: 4104,
        channel: POWERSHELL,
        data: {
          MessageNumber: String(number),
          MessageTotal: String(total),
          ScriptBlockText,
          ScriptBlockId: id,
        },
      })),
      value.map((path) => ({
        eventId: 13,
        channel: 'Microsoft-Windows-Sysmon/Operational',
        data: {
          TargetObject: `HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\${path}`,
          Details: 'DWORD (0x00000001)',
        },
      })),
      fc.constant({
        eventId: 4688,
        channel: 'Security',
        data: { CommandLine: 'win32_scheduledjob enableat' },
      }),
      fc.constant({
        eventId: 4688,
        channel: 'Security',
        data: { CommandLine: "powershell 'win32_sched'+'uledjob'" },
      }),
      fc.constant({ eventId: 4698, channel: 'Security', data: { TaskName: '\\At1' } }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(record, { maxLength: 5 }), { maxLength: 5 }), async (groups) => {
        let id = 0;
        const files = groups.map((records, index): TestFile => {
          const events = records.map(({ eventId, channel, data }) => {
            id += 1;
            const system = { eventId, channel, computer: 'h', userId: 'S-1-5-18', recordId: String(id) };
            return renderEventXml(
              makeRecord({ ...system, systemTime: '2024-03-05T09:00:00Z' }, Object.entries(data)),
            );
          });
          return { name: `${index}.xml`, bytes: Buffer.from(`<Events>${events.join('\n')}</Events>`) };
        });
        const options = { extended: true, lenient: true };
        const skipping = await scanFiles(files, ALL, options);
        const verifying = await scanFiles(files, ALL, { ...options, verify: true });
        expect(said(skipping).results).toEqual(said(verifying).results);
        expect(said(skipping).relevance).toEqual(said(verifying).relevance);
        expect(said(await scanFiles(files.toReversed(), ALL, options)).results).toEqual(
          said(verifying).results,
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe('a scan', () => {
  it('finds the same in EVTX and in its XML, and an event in both once', async () => {
    const xml = await asXml(hits);
    const fromEvtx = await scanFiles(hits, RULES, { extended: true });
    expect(said(await scanFiles(xml, RULES, { extended: true })).results).toEqual(said(fromEvtx).results);
    const both = await scanFiles([...xml, ...hits], RULES, { extended: true });
    expect(said(both).results).toEqual(said(fromEvtx).results);
    const sightings = [...both.sightings.values()];
    expect(sightings.every((places) => places.length === 2)).toBe(true);
  });

  it('counts the bytes of files, records and what was lost', async () => {
    const { totals } = await scanFiles(own, RULES);
    expect(totals).toEqual({
      files: own.length,
      bytes: own.reduce((sum, { bytes }) => sum + bytes.length, 0),
      events: 143,
      badRecords: 1,
      alerts: 0,
    });
  });

  it('orders findings by time and prints each with where its events stand', async () => {
    const { results, sightings } = await scanFiles(own, RULES, { extended: true });
    const lines = results.map((result) => resultJson(result, sightings));
    expect(lines.map(({ first_time }) => first_time)).toEqual([
      '2024-03-05T09:10:11.3000123Z',
      '2024-03-05T09:14:02.1254367Z',
      '2024-03-05T09:15:40.5000001Z',
      '2024-03-05T09:16:00.0000013Z',
      '2024-03-05T09:20:00.0000009Z',
    ]);
    expect(lines.map(({ risk_score, extended }) => [risk_score, extended])).toEqual([
      [25, false],
      [40, false],
      [40, false],
      [40, false],
      [0, true],
    ]);
    expect(lines[2]).toMatchObject({
      detection: script.name,
      detection_id: script.id,
      type: 'TTP',
      dest: 'win10-02.offsec.lan',
      count: 2,
      last_time: '2024-03-05T09:15:41.7509999Z',
      techniques: ['T1059.001'],
      mode: 'strict',
      events: [
        { file: POWERSHELL_HITS, record_id: 140, time: '2024-03-05T09:15:40.5000001Z' },
        { file: POWERSHELL_HITS, record_id: 141, time: '2024-03-05T09:15:41.7509999Z' },
      ],
    });
  });

  it('prints a record id that JSON numbers cannot hold as text', async () => {
    const record = makeRecord(
      { eventId: 4104, channel: POWERSHELL, computer: 'h', userId: 'u', recordId: '18446744073709551615' },
      [['ScriptBlockText', 'win32_scheduledjob']],
    );
    const file = { name: 'x.xml', bytes: Buffer.from(renderEventXml(record)) };
    const { results, sightings } = await scanFiles([file], RULES);
    expect(results.map((result) => resultJson(result, sightings).events)).toEqual([
      [{ file: 'x.xml', record_id: '18446744073709551615', time: null }],
    ]);
  });
});

describe('extended evaluation', () => {
  it('runs, and says that it was blind, only where it is asked for', async () => {
    const strict = await scanFiles(own, ALL);
    expect(strict.results).toHaveLength(4);
    expect(strict.relevance.map(({ rule }) => rule.evaluation)).toEqual(['strict', 'strict']);
    const extended = await scanFiles(own, ALL, { extended: true });
    expect(extended.relevance).toHaveLength(ALL.length);
    expect(extended.results.filter(({ mode }) => mode === 'strict').map(plainResult)).toEqual(
      strict.results.map(plainResult),
    );
    const lines = extended.results.map((result) => resultJson(result, extended.sightings));
    expect(lines.filter((line) => line.extended).map(({ risk_score, dest }) => [risk_score, dest])).toEqual([
      [0, 'fs01.offsec.lan'],
      [0, 'win10-02.offsec.lan'],
    ]);
  });

  it('prints what was filled, what was decoded and which parts are missing', async () => {
    const block = (recordId: string, text: string, userId: string | null, total = '1') =>
      renderEventXml(
        makeRecord({ eventId: 4104, channel: POWERSHELL, computer: 'h', userId, recordId }, [
          ['MessageNumber', total],
          ['MessageTotal', total],
          ['ScriptBlockText', text],
          ['ScriptBlockId', 'b'],
        ]),
      );
    const bytes = Buffer.from(
      [block('1', 'win32_scheduledjob', null), block('2', "'win32_sched'+'uledjob'", 'S-1-5-18', '3')].join(
        '\n',
      ),
    );
    const { results, sightings } = await scanFiles([{ name: 'x.xml', bytes }], ALL, {
      extended: true,
      lenient: true,
    });
    const lines = results.map((result) => ({ ...resultJson(result, sightings), ...explanationJson(result) }));
    expect(lines).toMatchObject([
      {
        mode: 'strict',
        extended: true,
        missing_parts: ['1-2 of 3'],
        decoding: [{ method: 'concatenation' }],
      },
      { mode: 'lenient', extended: false, filled: ['user'] },
    ]);
    expect(lines[1]).not.toHaveProperty('decoding');
  });
});

describe('literals to skip by', () => {
  const { needles } = compileSearch(
    '| tstats count from datamodel=Endpoint.Registry where Registry.registry_value_name="EnableAt" by Registry.dest',
    searchEnvironment(loadContent()),
  );

  it('are those of a field that stands in the raw text', () => {
    expect(needles).toEqual([['enableat']]);
  });

  it.each(['unkn*', '*known', 'UNKNOWN', '*'])(
    'are none for %s, which the default of the data model satisfies',
    async (value) => {
      const search = compileSearch(
        `| tstats count from datamodel=Endpoint.Registry where Registry.registry_value_name="${value}" by Registry.dest`,
        searchEnvironment(loadContent()),
      );
      expect(search.needles).toEqual([]);
      // A key event names no value, so that its name is the default.
      const file = {
        name: 'x.xml',
        bytes: Buffer.from(
          renderEventXml(sysmonRecord(12, { EventType: 'CreateKey', TargetObject: 'HKLM\\a' })),
        ),
      };
      const { results } = await scanFiles([file], [{ ...registry, search }]);
      expect(results).toHaveLength(1);
    },
  );
});

/** The files' records as Windows Event XML. */
async function asXml(files: readonly TestFile[]): Promise<TestFile[]> {
  return Promise.all(
    files.map(async ({ name, bytes }) => {
      const parts: string[] = [];
      for await (const block of readEvtx(fromBuffer(bytes), {})) {
        parts.push(...block.records.map(renderEventXml));
      }
      return { name: `${name}.xml`, bytes: Buffer.from(parts.join('\r\n')) };
    }),
  );
}
