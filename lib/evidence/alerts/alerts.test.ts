import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedData } from '#lib/evidence/evtx/testing/read-all.ts';
import { EvidenceRefused, readEvidence } from '#lib/evidence/read.ts';
import type { ReadOptions } from '#lib/evidence/record.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { encoded, gather, type Reading } from '#lib/evidence/text/testing/read-blocks.ts';
import { createTimeReader } from '#lib/evidence/text/times.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import type { PlacedAlert } from './alert.ts';
import { alertLevel } from './alert.ts';
import { fullChannel } from './channels.ts';
import { alertOf } from './index.ts';
import { ALERT_FILES, HOST } from './testing/samples.ts';
import { alertTime } from './time.ts';

const FORMS = new URL('forms/', sharedData);
const SEARCH = new URL('chainsaw_search_jsonl.txt', FORMS);
const NEEDLES = ['win32_scheduledjob', 'enableat'];
const times = createTimeReader();

const read = async (content: string | Buffer, options: ReadOptions = {}): Promise<Reading> => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return gather((await readEvidence(fromBuffer(bytes), options)).blocks);
};
const alertsOf = ({ blocks }: Reading): readonly PlacedAlert[] =>
  blocks.flatMap((block) => block.alerts ?? []);

describe('what Chainsaw and Hayabusa say', () => {
  it.each(Object.entries(ALERT_FILES))('%s is alerts with their event, and no event', async (name, text) => {
    const [tool] = name.split(' ');
    const hasLevel = !/csv$|chainsaw 1/.test(name) || tool === 'hayabusa';
    for (const bytes of (['8', 'le', 'be'] as const).map((form) => encoded(`\ufeff${text}`, form))) {
      for (const needles of [undefined, NEEDLES]) {
        const reading = await read(bytes, needles ? { needles } : {});
        const alerts = alertsOf(reading);
        expect(reading.problems).toEqual([]);
        expect(reading.records).toEqual([]);
        expect(reading.blocks.map((block) => [block.recordCount, block.census()])).toEqual([[0, []]]);
        expect(alerts.map(({ timeTicks }) => formatIsoTime(timeTicks ?? 0n))).toEqual([
          '2024-03-05T09:09:41.3000000Z',
          '2024-03-05T09:14:02.1250000Z',
          '2024-03-05T09:15:00.0000000Z',
        ]);
        expect(alerts.map((alert) => [alert.tool, alert.title, alert.computer])).toEqual([
          [tool, 'AT Enabled', HOST],
          [tool, 'Job "by" WMI, in a script', HOST],
          [tool, 'Proc Exec', 'other.offsec.lan'],
        ]);
        expect(alerts.map(({ eventId, recordId }) => [eventId, recordId])).toEqual([
          [13, '1601465'],
          [4104, '139'],
          [4688, '7'],
        ]);
        expect(alerts.map(({ level }) => level)).toEqual(
          hasLevel ? ['high', 'critical', 'informational'] : ['unknown', 'unknown', 'unknown'],
        );
        expect(alerts.every(({ details }) => /EnableAt|Win32_ScheduledJob|calc/.test(details))).toBe(true);
        if (!name.endsWith('--csv')) {
          expect(alerts[0]?.channel).toBe('Microsoft-Windows-Sysmon/Operational');
        }
      }
    }
  });

  it('with ATT&CK where the tool gives it', async () => {
    const tagsOf = async (name: keyof typeof ALERT_FILES) =>
      alertsOf(await read(ALERT_FILES[name])).map(({ tags }) => tags);
    const hayabusa = [['T1053.002', 'Exec', 'Persis'], ['T1053.002', 'Exec', 'Persis'], []];
    expect(await tagsOf('hayabusa csv-timeline, verbose')).toEqual(hayabusa);
    expect(await tagsOf('hayabusa json-timeline, jsonl')).toEqual(hayabusa);
    const chainsaw = ['T1053.002', 'lateral movement'];
    expect(await tagsOf('chainsaw hunt --jsonl')).toEqual([chainsaw, chainsaw, []]);
  });

  it('stands at its byte and line', async () => {
    const text = ALERT_FILES['hayabusa csv-timeline'];
    const places = alertsOf(await read(text)).map(({ place }) => place);
    const second = Buffer.from(text).indexOf('2024-03-05 10:14');
    // The second alert goes over two lines.
    expect(places[1]).toEqual({ offset: second, line: 3 });
    expect(places[2]?.line).toBe(5);
  });

  it('of several events names how many, and the first', () => {
    const [first] = JSON.parse(ALERT_FILES['chainsaw hunt --json']);
    const { document, ...rest } = first;
    const alert = alertOf({ ...rest, kind: 'aggregate', documents: [document, document] }, times);
    expect(alert).toMatchObject({
      recordId: '1601465',
      details: expect.stringMatching(/^2 events, the first: /),
    });
  });

  it('wrapped by a collector or search engine stays an alert', async () => {
    const [line = ''] = ALERT_FILES['hayabusa json-timeline, jsonl'].split('\n');
    for (const key of ['event', 'result', '_source']) {
      const reading = await read(`{"${key}":${line}}`);
      expect([reading.records.length, alertsOf(reading).length]).toEqual([0, 1]);
    }
  });

  it('between events is an alert, and they are events', async () => {
    const [line] = ALERT_FILES['hayabusa json-timeline, jsonl'].split('\n');
    const event = '{"Event":{"System":{"EventID":1,"Channel":"c","Computer":"h"}}}';
    for (const needles of [[], NEEDLES]) {
      const reading = await read(`${event}\n${line}\n${event}\n`, { needles });
      expect(reading.blocks.map((block) => block.recordCount)).toEqual([2]);
      expect(reading.blocks[0]?.census()).toMatchObject([{ channel: 'c', count: 2 }]);
      expect(alertsOf(reading)).toHaveLength(1);
    }
  });

  it('that is damaged is a problem with its place, not an event', async () => {
    const text = ALERT_FILES['hayabusa csv-timeline'].replace(',AT Enabled,', ',,');
    const reading = await read(text);
    expect([reading.records.length, alertsOf(reading).length]).toEqual([0, 2]);
    expect(reading.problems).toMatchObject([{ code: 'csv-syntax', isLoss: true, place: { line: 2 } }]);
  });
});

describe.skipIf(!existsSync(SEARCH))('events stay events', () => {
  it('what Chainsaw found with `search` and `dump`', async () => {
    const [line = ''] = readFileSync(SEARCH, 'utf8').split('\n');
    for (const text of [line, JSON.stringify([JSON.parse(line)], null, 2)]) {
      const reading = await read(text);
      expect(alertsOf(reading)).toEqual([]);
      expect(reading.records).toMatchObject([
        { form: 'evtx_dump', system: { eventId: 4624, recordId: '31794', computer: 'DESKTOP-JK4Q86I' } },
      ]);
    }
  });

  it('what Hayabusa was given', async () => {
    for (const name of ['hayabusa_test.json', 'hayabusa_test.jsonl', 'hayabusa_test-jq-output.json']) {
      const reading = await read(readFileSync(new URL(name, FORMS)));
      expect(alertsOf(reading)).toEqual([]);
      expect(reading.records.map(({ form }) => form)).toEqual(['nxlog', 'nxlog']);
    }
  });
});

describe('the values of alerts', () => {
  it.each([
    ['2024-03-05 10:14:02.125 +01:00', '2024-03-05T09:14:02.1250000Z'],
    ['2024-03-05T09:14:02.1254367Z', '2024-03-05T09:14:02.1254367Z'],
    ['2024-03-05 09:14:02.125Z', '2024-03-05T09:14:02.1250000Z'],
    ['2024-03-05T09:14:02.125437+00:00', '2024-03-05T09:14:02.1254370Z'],
    ['2024-03-05 03:14:02-06:00', '2024-03-05T09:14:02.0000000Z'],
    ['Tue, 05 Mar 2024 03:14:02 -0600', '2024-03-05T09:14:02.0000000Z'],
    ['03-05-2024 10:14:02.125 AM +01:00', '2024-03-05T09:14:02.1250000Z'],
    ['05-03-2024 10:14:02.125 +01:00', '2024-03-05T09:14:02.1250000Z'],
    ['2024-03-05 09:14:02', '2024-03-05T09:14:02.0000000Z'],
  ])('the time %s', (text, iso) => {
    expect(formatIsoTime(alertTime(text, times)?.ticks ?? 0n)).toBe(iso);
  });

  it('no time, levels and channels that are not known stay so', () => {
    expect(['yesterday', '2024-03-05', '', null].map((text) => alertTime(text, times))).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(['crit', 'HIGH', 'emergency', 'undefined', null].map(alertLevel)).toEqual([
      'critical',
      'high',
      'critical',
      'unknown',
      'unknown',
    ]);
    expect(['Sec', 'AppLocker', 'Security', null].map(fullChannel)).toEqual([
      'Security',
      'AppLocker',
      'Security',
      null,
    ]);
  });

  it('have a length that can be shown, never half of a character', () => {
    const alert = alertOf(
      {
        RuleTitle: '\ud83d\ude00'.repeat(1_000),
        Timestamp: 'x',
        Level: 'high',
        EventID: 1,
        Details: ' a\n'.repeat(10_000),
        MitreTags: Array.from({ length: 1_000 }, (_, index) => `T${index}`),
      },
      times,
    );
    expect(alert?.title.isWellFormed()).toBe(true);
    expect([alert?.title.length, alert?.details.length, alert?.tags.length]).toEqual([499, 1_000, 50]);
  });

  it('of any object cost nothing', () => {
    const key = fc.constantFrom(
      'RuleTitle',
      'Timestamp',
      'Level',
      'EventID',
      'name',
      'kind',
      'group',
      'document',
      'documents',
      'detection',
      'event',
      'Event',
      'System',
      'tags',
      'timestamp',
      'detections',
      'Details',
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('individual', 'x', 'T1053', ''),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(key, tie('any'), { maxKeys: 6 }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 8 }), (object) => {
        const alert = alertOf(object as Parameters<typeof alertOf>[0], times);
        expect(alert === null || alert.title.length > 0).toBe(true);
      }),
      { numRuns: 500, seed: 20_240_305 },
    );
  });

  it('200 mutants of each form never fail, and cover all bytes', async () => {
    for (const text of Object.values(ALERT_FILES)) {
      const original = Buffer.from(text);
      await fc.assert(
        fc.asyncProperty(
          fc.nat(original.length - 1),
          fc.nat(20),
          fc.uint8Array({ maxLength: 20 }),
          async (from, removed, bytes) => {
            const mutant = Buffer.concat([
              original.subarray(0, from),
              bytes,
              original.subarray(from + removed),
            ]);
            const reading = await read(mutant).catch((error: unknown) => {
              if (error instanceof EvidenceRefused) return null;
              throw error;
            });
            if (!reading) return;
            const { blocks } = reading;
            expect(blocks.reduce((sum, block) => sum + block.lengthBytes, 0)).toBe(mutant.length);
          },
        ),
        { numRuns: 200, seed: 20_240_305 },
      );
    }
  });
});
