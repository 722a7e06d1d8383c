import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { POWERSHELL_FILE, withContent } from '#lib/content/testing.ts';
import { eventIdentity } from '#lib/events/identity.ts';
import { makeRecord, POWERSHELL } from '#lib/events/testing.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { DataItem, EvidenceRecord, SystemValues } from '#lib/evidence/record.ts';
import { findingIdentity } from '#lib/findings/identity.ts';
import { detect, type SelectedEvent, selectionOf } from './detect.ts';
import type { DetectionRule } from './rule.ts';
import {
  EVIDENCE,
  eventsOf,
  filesIn,
  POWERSHELL_HITS,
  plainResult,
  REGISTRY_HITS,
  rulesOf,
  scanFiles,
} from './testing.ts';

type Row = Readonly<Record<string, unknown>>;

const HOST = 'win10-02.offsec.lan';
const USER = 'S-1-5-21-4230534742-2542757381-3142984815-1111';
const { script, registry } = rulesOf();
const ofScripts = await eventsOf(POWERSHELL_HITS);
const ofRegistry = await eventsOf(REGISTRY_HITS);

const plain = (rule: DetectionRule, events: readonly SelectedEvent[], options = {}) =>
  detect(rule, events, { nowMs: 0, ...options }).map(plainResult);
const scriptBlock = (
  system: Partial<SystemValues>,
  data: Readonly<Record<string, string>>,
): SelectedEvent => {
  const items: DataItem[] = Object.entries({
    MessageNumber: '1',
    MessageTotal: '1',
    ScriptBlockText: 'Get-WmiObject Win32_ScheduledJob',
    ScriptBlockId: 'b',
    ...data,
  });
  const record = makeRecord(
    {
      providerName: 'Microsoft-Windows-PowerShell',
      providerGuid: '{A0C1853B-5C40-4B15-8766-3CF1C58F985A}',
      eventId: 4104,
      opcode: '15',
      processId: '7',
      channel: POWERSHELL,
      computer: HOST,
      userId: USER,
      recordId: '1',
      systemTime: '2024-03-05T10:00:00.1234567Z',
      ...system,
    },
    items,
  );
  return { id: eventIdentity(record, 0), record };
};

describe('the evidence with known answers', () => {
  it('gives three script findings: user, counts, times to the last digit, records 139 to 142', () => {
    const results = plain(script, ofScripts);
    expect(
      results.map(({ dest, user, first, last, records, row, sentence }) => ({
        dest,
        user,
        first,
        last,
        records,
        count: (row as Row).count,
        sentence,
      })),
    ).toEqual(
      expect.arrayContaining([
        {
          dest: HOST,
          user: USER,
          first: '2024-03-05T09:14:02.1254367Z',
          last: '2024-03-05T09:14:02.1254367Z',
          records: ['139'],
          count: 1,
          sentence: 'A PowerShell script listed jobs through Win32_ScheduledJob on win10-02',
        },
        {
          dest: HOST,
          user: USER,
          first: '2024-03-05T09:15:40.5000001Z',
          last: '2024-03-05T09:15:41.7509999Z',
          records: ['140', '141'],
          count: 2,
          sentence: 'A PowerShell script created a job through Win32_ScheduledJob on win10-02',
        },
        {
          dest: HOST,
          user: USER,
          first: '2024-03-05T09:16:00.0000013Z',
          last: '2024-03-05T09:16:00.0000013Z',
          records: ['142'],
          count: 1,
          sentence: 'A PowerShell script created a job through Win32_ScheduledJob on win10-02',
        },
      ]),
    );
    expect(results).toHaveLength(3);
  });

  it('gives one registry finding: two writes, user unknown, nothing from other values or vendors', () => {
    expect(plain(registry, ofRegistry)).toMatchObject([
      {
        dest: HOST,
        user: 'unknown',
        first: '2024-03-05T09:10:11.3000123Z',
        last: '2024-03-05T09:41:00.7654321Z',
        records: ['1601465', '1601466'],
        row: {
          count: 2,
          registry_value_name: 'EnableAt',
          registry_value_type: 'REG_DWORD',
          registry_key_name: 'Configuration',
          firstTime: '2024-03-05T09:10:11',
          lastTime: '2024-03-05T09:41:00',
        },
        sentence: 'EnableAt set to 1 at 09:10:11, then to 0 at 09:41:00 on win10-02',
      },
    ]);
    expect(plain(registry, ofScripts)).toEqual([]);
    expect(plain(script, ofRegistry)).toEqual([]);
  });

  it('gives one extended finding, of the block over records 144 and 145', () => {
    const extended = plain(script, ofScripts, { extended: true }).filter(({ mode }) => mode === 'extended');
    expect(extended).toMatchObject([
      {
        records: ['144', '145'],
        first: '2024-03-05T09:20:00.0000009Z',
        last: '2024-03-05T09:20:00.0100007Z',
      },
    ]);
    expect(JSON.stringify(extended[0]?.explain)).toContain('Get-CimClass -ClassName Win32_ScheduledJob');
  });

  it('explains each finding with the terms that it satisfies and where', () => {
    for (const result of detect(script, ofScripts, { nowMs: 0 })) {
      const term = result.explain.find(({ field }) => field === 'ScriptBlockText');
      const [start, end] = term?.ranges[0] ?? [0, 0];
      expect(term?.value.slice(start, end).toLowerCase()).toBe('win32_scheduledjob');
    }
  });

  it('gives other findings when one term of the YAML is another', async () => {
    const edit = { file: POWERSHELL_FILE, from: '"*win32_scheduledjob*"', to: '"*get-scheduledjob*"' };
    const changed = withContent([edit], (folder) => rulesOf(undefined, folder).script);
    expect(plain(changed, ofScripts).map(({ records }) => records)).toEqual([['143']]);
    // Skipping goes by the changed term too.
    const { results } = await scanFiles(filesIn(EVIDENCE), [changed]);
    expect(results.map(plainResult).map(({ records }) => records)).toEqual([['143']]);
  });
});

describe('the same events give the same results and finding keys', () => {
  const all = [...ofScripts, ...ofRegistry];
  const options = { nowMs: 0, lenient: true, extended: true };
  const run = (events: readonly SelectedEvent[]): string[] =>
    [script, registry].flatMap((rule) =>
      detect(rule, events, options)
        .map((result) => {
          const id = findingIdentity({
            investigationId: 'i',
            detectionId: rule.id,
            variant: rule.variant,
            mode: result.mode,
            key: result.key,
          });
          return JSON.stringify([id, plainResult(result)]);
        })
        .sort(),
    );
  const expected = run(all);

  it('in any order, and seen any number of times', () => {
    expect(expected).toHaveLength(5);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all), (events, again) => {
        expect(run([...again, ...events])).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('wherever the evidence is divided: what each part selects alone is enough', () => {
    const selected = (events: readonly SelectedEvent[]) =>
      events.filter(({ record }) =>
        [script, registry].some((rule) => selectionOf(rule, eventFromRecord(record), record) !== null),
      );
    expect(selected(all).length).toBeLessThan(all.length);
    fc.assert(
      fc.property(fc.array(fc.nat(2), { minLength: all.length, maxLength: all.length }), (parts) => {
        const kept = [2, 0, 1].flatMap((part) => selected(all.filter((_, index) => parts[index] === part)));
        expect(run(kept)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('whichever of two copies of an event at another precision comes first', () => {
    const fine = scriptBlock({}, {});
    const coarse = scriptBlock({ systemTime: '2024-03-05T10:00:00Z' }, {});
    expect(coarse.id).toBe(fine.id);
    const results = plain(script, [coarse, fine]);
    expect(results).toEqual(plain(script, [fine, coarse]));
    expect(results).toMatchObject([{ first: '2024-03-05T10:00:00.1234567Z', row: { count: 1 } }]);
  });

  it('whichever of two contradicting copies comes first', () => {
    const one = scriptBlock({}, { ScriptBlockText: 'a; win32_scheduledjob' });
    const other = scriptBlock({}, { ScriptBlockText: 'b; win32_scheduledjob' });
    expect(other.id).toBe(one.id);
    expect(plain(script, [one, other])).toEqual(plain(script, [other, one]));
  });
});

describe('lenient rows', () => {
  it('come beside the strict ones, with the fields that were filled', () => {
    const noUser = scriptBlock({ userId: null, recordId: '2' }, {});
    const results = plain(script, [...ofScripts, noUser], { lenient: true });
    expect(results.filter(({ mode }) => mode === 'strict')).toEqual(plain(script, ofScripts));
    expect(results.filter(({ mode }) => mode === 'lenient')).toMatchObject([
      { filled: ['user'], user: 'null', records: ['2'] },
    ]);
    expect(plain(script, [noUser])).toEqual([]);
  });
});

describe('the variant of 2026', () => {
  const { script: script2026, registry: registry2026 } = rulesOf('2026');

  it('groups by the script block and the process: four and two findings', () => {
    expect(plain(script2026, ofScripts).flatMap(({ records }) => records)).toEqual([
      '139',
      '140',
      '141',
      '142',
    ]);
    const data = plain(registry2026, ofRegistry).map(({ row }) => (row as Row).registry_value_data);
    expect(data.sort()).toEqual(['0x00000000', '0x00000001']);
  });

  it('loses every row when no event has a Path, as a bare fillnull does; lenient mode shows them', () => {
    const events = [
      scriptBlock({ recordId: '1' }, {}),
      scriptBlock({ recordId: '2' }, { ScriptBlockId: 'c' }),
    ];
    expect(plain(script2026, events)).toEqual([]);
    expect(plain(script2026, events, { lenient: true })).toMatchObject([
      { mode: 'lenient', filled: ['Path'], row: { Path: '0' } },
      { mode: 'lenient', filled: ['Path'], row: { Path: '0' } },
    ]);
    const withPath = scriptBlock({ recordId: '3' }, { ScriptBlockId: 'd', Path: 'C:\\a.ps1' });
    const paths = plain(script2026, [...events, withPath]).map(({ row }) => (row as Row).Path);
    expect(paths.sort()).toEqual(['0', '0', 'C:\\a.ps1']);
  });
});

describe('extended evaluation', () => {
  const parts = (first: string, second: string, block = 'x'): SelectedEvent[] =>
    [first, second].map((ScriptBlockText, index) =>
      scriptBlock(
        { recordId: `${block}${index}`, systemTime: `2024-03-05T10:00:0${index}Z` },
        { ScriptBlockText, ScriptBlockId: block, MessageNumber: String(index + 1), MessageTotal: '2' },
      ),
    );
  const extended = (events: readonly SelectedEvent[]) =>
    plain(script, events, { extended: true }).filter(({ mode }) => mode === 'extended');

  it('finds a term that stands across two parts', () => {
    expect(extended(parts('win32_sched', 'uledjob'))).toMatchObject([
      { row: { ScriptBlockText: 'win32_scheduledjob' }, records: ['x0', 'x1'] },
    ]);
  });

  it('adds nothing when a part matches alone, and nothing that is not there', () => {
    expect(extended(parts('win32_scheduledjob; win32_sched', 'uledjob'))).toEqual([]);
    expect(extended(parts('win32_sched', 'ule-job'))).toEqual([]);
    expect(plain(script, parts('win32_sched', 'uledjob'))).toEqual([]);
  });

  it('is one finding for equal blocks, with the parts of both', () => {
    const events = [...parts('win32_sched', 'uledjob', 'x'), ...parts('win32_sched', 'uledjob', 'y')];
    expect(extended(events)).toMatchObject([{ records: expect.arrayContaining(['x0', 'x1', 'y0', 'y1']) }]);
  });
});

it('a hostile host or script is text in every sentence', () => {
  const record: EvidenceRecord = scriptBlock(
    { computer: '<img src=x onerror=alert(1)>' },
    { ScriptBlockText: '$dest$ win32_scheduledjob \u001b[31m\u202e' },
  ).record;
  const [result] = detect(script, [{ id: 'e', record }], { nowMs: 0 });
  expect(result?.dest).toBe('<img src=x onerror=alert(1)>');
  expect(result?.sentence).toBe(
    'A PowerShell script named Win32_ScheduledJob on <img src=x onerror=alert(1)>',
  );
});
