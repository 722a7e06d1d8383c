import { describe, expect, it } from 'vitest';
import type { ColumnMapping } from '#lib/evidence/mapping/mapping.ts';
import { proposeMapping } from '#lib/evidence/mapping/propose.ts';
import { surveyColumns } from '#lib/evidence/mapping/survey.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { classicText, table } from '#lib/evidence/text/testing/write-text.ts';
import type { Result } from './detect.ts';
import { rulesOf, scanFiles } from './testing.ts';
import { registryWrite, SCRIPT_TEXT, STORY, SYSTEM, scriptBlock } from './testing-story.ts';

const { script, registry } = rulesOf('2023');
const rules = [script, registry];
const lines = (values: readonly object[]) => values.map((value) => JSON.stringify(value)).join('\n');
const ticksOf = ({ timeTicks }: EvidenceRecord): bigint => timeTicks ?? 0n;
const value = (record: EvidenceRecord, name: string): string =>
  record.data.find(([own]) => own === name)?.[1] ?? '';

const scan = (text: string, options: { mapping?: ColumnMapping; verify?: boolean; timeZone?: string } = {}) =>
  scanFiles([{ name: 'story', bytes: Buffer.from(text) }], rules, options);

/** What any form that tells the story must give. */
const facts = (results: readonly Result[]) =>
  results.map(({ rule, mode, key, firstTicks, lastTicks, dest, user }) => ({
    rule: rule.name,
    mode,
    key,
    firstTicks,
    lastTicks,
    dest,
    user,
  }));

const propose = async (text: string): Promise<ColumnMapping> => {
  const survey = await surveyColumns(fromBuffer(Buffer.from(text)));
  if (!survey) throw new Error('a known form claims it');
  return proposeMapping(survey.columns);
};

/** The story as rows with columns of another tool's making. */
const rows = (time: (record: EvidenceRecord) => string | number) => [
  {
    When: time(registryWrite),
    Machine: SYSTEM.computer,
    'Reg Key': value(registryWrite, 'TargetObject')
      .replace('HKLM', 'HKEY_LOCAL_MACHINE')
      .replace('\\EnableAt', ''),
    'Value Name': 'EnableAt',
    'Value Data': '1',
    'Value Type': 'REG_DWORD',
    Account: 'OFFSEC\\jo',
    Image: value(registryWrite, 'Image'),
    'Script Text': '',
  },
  {
    When: time(scriptBlock),
    Machine: SYSTEM.computer,
    'Reg Key': '',
    'Value Name': '',
    'Value Data': '',
    'Value Type': '',
    Account: scriptBlock.system.userId ?? '',
    Image: '',
    'Script Text': SCRIPT_TEXT,
  },
];
const iso = (record: EvidenceRecord): string => record.system.systemTime ?? '';

describe('the story in columns that no form claims', () => {
  it.each<[string, string, (record: EvidenceRecord) => string | number]>([
    ['ISO', 'iso', iso],
    ['milliseconds since 1970', 'epoch-ms', (record) => String(ticksOf(record) / 10_000n)],
    ['microseconds since 1970', 'epoch-us', (record) => String(ticksOf(record) / 10n)],
    ['FILETIME', 'filetime', (record) => String(ticksOf(record) + 116_444_736_000_000_000n)],
  ])('with times as %s is proposed, and gives the findings of the known forms', async (_, format, time) => {
    const expected = facts((await scan(STORY.map(renderEventXml).join('\n'))).results);
    expect(expected).toHaveLength(2);
    for (const text of [table(rows(time)), table(rows(time), ';', '\n'), lines(rows(time))]) {
      const mapping = await propose(text);
      expect(mapping).toEqual({
        time: { column: 'When', format, zone: null },
        raw: null,
        fields: {
          host: 'Machine',
          user: 'Account',
          scriptText: 'Script Text',
          registryPath: 'Reg Key',
          registryValueName: 'Value Name',
          registryValueData: 'Value Data',
          registryValueType: 'Value Type',
          process: 'Image',
        },
      });
      for (const verify of [false, true]) {
        const report = await scan(text, { mapping, verify });
        expect(facts(report.results)).toEqual(expected);
        expect(report.totals).toMatchObject({ events: 2, badRecords: 0 });
        expect(report.results.map(({ mappedFrom }) => mappedFrom)).toEqual([
          ['columns mapped by an analyst'],
          ['columns mapped by an analyst'],
        ]);
        expect(report.relevance.map(({ hosts }) => hosts.get(SYSTEM.computer)?.count)).toEqual([1, 1]);
      }
      expect((await scan(text)).results).toEqual([]);
    }
  });

  it('as nested JSON in a Splunk export without the events themselves', async () => {
    const expected = facts((await scan(STORY.map(renderEventXml).join('\n'))).results);
    const nested = STORY.map((record) => ({
      preview: false,
      result: {
        '@timestamp': record.system.systemTime,
        machine: { name: SYSTEM.computer },
        reg: {
          path: value(record, 'TargetObject') || undefined,
          data: value(record, 'Details') || undefined,
        },
        ps: { script: value(record, 'ScriptBlockText') || undefined },
        actor: value(record, 'User') || record.system.userId,
      },
    }));
    const mapping: ColumnMapping = {
      time: { column: '@timestamp', format: 'iso', zone: null },
      raw: null,
      fields: {
        host: 'machine.name',
        user: 'actor',
        scriptText: 'ps.script',
        registryPath: 'reg.path',
        registryValueData: 'reg.data',
      },
    };
    for (const verify of [false, true]) {
      expect(facts((await scan(lines(nested), { mapping, verify })).results)).toEqual(expected);
    }
  });

  it.each<[string, (record: EvidenceRecord) => string]>([
    ['XML', renderEventXml],
    [
      'JSON',
      (record) =>
        JSON.stringify({ Event: { System: systemJson(record), EventData: Object.fromEntries(record.data) } }),
    ],
    ['classic text', (record) => classicText(record)],
  ])('as whole events, %s, in a column', async (_, write) => {
    const wrapped = STORY.map((record, id) => ({ id: `row ${id}`, tenant: 'a', original: write(record) }));
    for (const text of [table(wrapped), lines(wrapped)]) {
      const mapping = await propose(text);
      expect(mapping.raw).toBe('original');
      for (const verify of [false, true]) {
        const { results } = await scan(text, { mapping, verify });
        expect(results.map(({ rule, dest }) => [rule.name, dest])).toEqual([
          [registry.name, SYSTEM.computer],
          [script.name, SYSTEM.computer],
        ]);
      }
    }
  });

  it('in local times: the zone counts, and 100 ns are kept', async () => {
    const local = rows((record) => iso(record).replace('T', ' ').replace('Z', ''));
    const text = table(local);
    const mapping = await propose(text);
    const at = async (timeZone?: string) =>
      (await scan(text, { mapping, timeZone })).results.map(({ firstTicks }) => firstTicks);
    expect(await at()).toEqual(STORY.map(ticksOf));
    expect(await at('Asia/Tokyo')).toEqual(STORY.map((record) => ticksOf(record) - 9n * 36_000_000_000n));
  });

  it('in times of a format of its own', async () => {
    const text = table(rows((record) => `${iso(record).slice(8, 10)}-Mar-2024 ${iso(record).slice(11, 19)}`));
    const mapping = await propose(text);
    expect(mapping.time).toEqual({ column: 'When', format: '%d-%b-%Y %H:%M:%S', zone: null });
    const { results } = await scan(text, { mapping });
    expect(results.map(({ firstTicks }) => firstTicks)).toEqual(
      STORY.map((record) => ticksOf(record) - (ticksOf(record) % 10_000_000n)),
    );
  });
});

function systemJson({ system }: EvidenceRecord): object {
  return {
    Provider: { '#attributes': { Name: system.providerName } },
    EventID: system.eventId,
    TimeCreated: { '#attributes': { SystemTime: system.systemTime } },
    EventRecordID: Number(system.recordId),
    Channel: system.channel,
    Computer: system.computer,
    Security: { '#attributes': { UserID: system.userId } },
  };
}
