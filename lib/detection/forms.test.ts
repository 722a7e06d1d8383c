import { describe, expect, it } from 'vitest';
import { eventIdentity } from '#lib/events/identity.ts';
import { makeRecord } from '#lib/events/testing.ts';
import { clixml } from '#lib/evidence/clixml/testing/write-clixml.ts';
import { isMappedForm } from '#lib/evidence/forms.ts';
import { WRITERS } from '#lib/evidence/json/testing/write-forms.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import type { DataItem, EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { gather } from '#lib/evidence/text/testing/read-blocks.ts';
import {
  atSeconds,
  classicText,
  getWinEventRow,
  splunkRow,
  table,
} from '#lib/evidence/text/testing/write-text.ts';
import type { Result } from './detect.ts';
import { EVIDENCE, filesIn, rulesOf, scanFiles } from './testing.ts';
import { SCRIPT_TEXT, STORY, SYSTEM, scriptBlock } from './testing-story.ts';

const elastic = [
  {
    '@timestamp': '2024-03-05T09:14:02.1250000Z',
    agent: { type: 'endpoint' },
    data_stream: { dataset: 'endpoint.events.registry' },
    event: { action: 'modification', type: ['change'], category: ['registry'], id: '1' },
    host: { name: SYSTEM.computer },
    process: {
      entity_id: '{0C1E0330-048F-60E8-0B00-00000000D001}',
      executable: 'C:\\Windows\\System32\\reg.exe',
      pid: 628,
    },
    registry: {
      path: 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration\\EnableAt',
      key: 'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration',
      value: 'EnableAt',
      data: { strings: ['0x00000001'], type: 'REG_DWORD' },
    },
    user: { name: 'jo', domain: 'OFFSEC' },
  },
  {
    '@timestamp': '2024-03-05T09:16:00.003Z',
    agent: { type: 'endpoint' },
    event: { type: ['info'], category: ['process'], id: '2' },
    host: { name: SYSTEM.computer },
    powershell: {
      file: {
        script_block_text: SCRIPT_TEXT,
        script_block_id: 'e3013ff9-7017-47b3-9150-dda5a8860adb',
      },
      sequence: 1,
      total: 1,
    },
    user: { id: scriptBlock.system.userId },
  },
];
const defender = [
  {
    Timestamp: '2024-03-05T09:14:02.125Z',
    DeviceName: SYSTEM.computer,
    ActionType: 'RegistryValueSet',
    RegistryKey:
      'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration',
    RegistryValueName: 'EnableAt',
    RegistryValueData: '1',
    RegistryValueType: 'Dword',
    InitiatingProcessAccountName: 'jo',
    InitiatingProcessFileName: 'reg.exe',
  },
  {
    Timestamp: '2024-03-05T09:16:00.003Z',
    DeviceName: SYSTEM.computer,
    ActionType: 'PowerShellCommand',
    InitiatingProcessAccountSid: scriptBlock.system.userId,
    AdditionalFields: JSON.stringify({ Command: SCRIPT_TEXT }),
  },
];

const { script, registry } = rulesOf('2023');
const rules = [script, registry];
const lines = (values: readonly object[]) => values.map((value) => JSON.stringify(value)).join('\n');
const scan = (text: string, options = {}) =>
  scanFiles([{ name: 'story', bytes: Buffer.from(text) }], rules, options);
const told = (results: readonly Result[]) =>
  results.map(({ rule, mode, row, key, firstTicks, lastTicks, dest, user, sentence }) => ({
    rule: rule.name,
    mode,
    row: Object.fromEntries(row),
    key,
    firstTicks,
    lastTicks,
    dest,
    user,
    sentence,
  }));
/** Messages of exports have the line ends of their own. */
const lineFeeds = (results: ReturnType<typeof told>) =>
  JSON.parse(
    JSON.stringify(results, (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    ).replaceAll('\\r\\n', '\\n'),
    (_, value: unknown) =>
      typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  ) as ReturnType<typeof told>;
const recordsOf = async (bytes: Uint8Array): Promise<readonly EvidenceRecord[]> => {
  const { blocks } = await readEvidence(fromBuffer(bytes), {});
  return (await gather(blocks)).records;
};
const atTime = (record: EvidenceRecord, systemTime: string): EvidenceRecord =>
  makeRecord({ ...record.system, systemTime }, record.data);
const xml = (records: readonly EvidenceRecord[]) => records.map(renderEventXml).join('\n');

describe('one story in every form gives the same findings', () => {
  it('and they are these', async () => {
    const { results } = await scan(xml(STORY));
    expect(results.map((result) => [result.rule.name, result.dest, result.user, result.mode])).toEqual([
      [registry.name, 'win10-02.offsec.lan', 'jo', 'strict'],
      [script.name, 'win10-02.offsec.lan', scriptBlock.system.userId, 'strict'],
    ]);
  });

  it.each(Object.entries(WRITERS))(
    'as %s: lines, a list, pretty objects, with and without skipping',
    async (_, write) => {
      const expected = await scan(xml(STORY));
      const written = STORY.map(write);
      for (const text of [
        lines(written),
        JSON.stringify(written),
        written.map((value) => JSON.stringify(value, null, 2)).join('\n'),
      ]) {
        for (const verify of [false, true]) {
          const report = await scan(text, { verify });
          expect(told(report.results)).toEqual(told(expected.results));
          const ids = (results: readonly Result[]) =>
            results.flatMap(({ events }) => events.map(({ id }) => id));
          expect(ids(report.results)).toEqual(ids(expected.results));
          expect(ids(report.results)).toEqual(STORY.map((record) => eventIdentity(record, 0)));
          expect(report.relevance.map(({ hosts }) => hosts)).toEqual(
            expected.relevance.map(({ hosts }) => hosts),
          );
        }
      }
    },
  );

  it.each([
    ['Elastic Defend', elastic],
    ['Microsoft Defender', defender],
  ])('as %s, with their own path and text, and known as mapped', async (_, story) => {
    const expected = told((await scan(xml(STORY))).results);
    for (const verify of [false, true]) {
      const report = await scan(lines(story), { verify });
      const common = (results: ReturnType<typeof told>) =>
        results.map(({ rule, mode, key, firstTicks, dest, user }) => ({
          rule,
          mode,
          key,
          firstTicks,
          dest,
          user,
        }));
      expect(common(told(report.results))).toEqual(common(expected));
      const records = report.results.flatMap(({ events }) => events.map(({ record }) => record));
      expect(records.every(({ form }) => isMappedForm(form))).toBe(true);
      expect(report.relevance.map(({ hosts }) => hosts.get(SYSTEM.computer)?.count)).toEqual([1, 1]);
    }
  });

  const whole = STORY.map(atSeconds);
  const localRow = (record: EvidenceRecord) => getWinEventRow(record, '3/5/2024 9:14:02 AM');
  it.each<[string, readonly EvidenceRecord[], string]>([
    ['classic text', whole, whole.map((record) => classicText(record)).join('')],
    ['classic text in another order', whole, whole.map((record) => classicText(record, true)).join('\n')],
    ['Splunk CSV with XML', STORY, table(STORY.map((record) => splunkRow(record)))],
    [
      'Splunk CSV with classic text, whose _time has what that lacks',
      STORY,
      table(STORY.map((record) => splunkRow(record, classicText(record)))),
    ],
    ['Get-WinEvent CSV', STORY, table(STORY.map((record) => getWinEventRow(record)))],
    ['Get-WinEvent CLIXML', STORY, clixml(STORY, '-08:00')],
    [
      'Get-WinEvent CSV of PowerShell 5.1 with local times',
      whole.map((record) => atTime(record, '2024-03-05T09:14:02.0000000Z')),
      `#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n${table(STORY.map(localRow))}`,
    ],
    [
      'Splunk JSON with classic text',
      whole,
      lines(whole.map((record) => ({ preview: false, result: { _raw: classicText(record) } }))),
    ],
  ])('as %s, with and without skipping, in UTF-8 and UTF-16', async (_, records, text) => {
    const withLineFeeds = records.map((record) => ({
      ...record,
      data: record.data.map(([name, value]): DataItem => [name, value.replaceAll('\r\n', '\n')]),
    }));
    const expected = await scan(xml(withLineFeeds));
    for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
      for (const verify of [false, true]) {
        const report = await scanFiles([{ name: 'story', bytes }], rules, { verify });
        expect(lineFeeds(told(report.results))).toEqual(told(expected.results));
        expect(report.results.flatMap(({ events }) => events.map(({ id }) => id))).toEqual(
          records.map((record) => eventIdentity(record, 0)),
        );
        expect(report.totals).toMatchObject({ events: 2, badRecords: 0 });
        expect(report.relevance.map(({ hosts }) => hosts)).toEqual(
          expected.relevance.map(({ hosts }) => hosts),
        );
      }
    }
  });

  it('as Get-WinEvent CLIXML: two writes, four script blocks and decoys as they are in EVTX', async () => {
    const files = filesIn(EVIDENCE).filter(({ name }) => /scheduledjob|enableat/.test(name));
    const exported = await Promise.all(
      files.map(async ({ name, bytes }) => ({
        name,
        bytes: Buffer.from(`\ufeff${clixml(await recordsOf(bytes), '+01:00')}`, 'utf16le'),
      })),
    );
    for (const verify of [false, true]) {
      const options = { lenient: true, extended: true, verify };
      const expected = await scanFiles(files, rules, options);
      const report = await scanFiles(exported, rules, options);
      expect(expected.results.length).toBeGreaterThan(4);
      expect(told(report.results)).toEqual(told(expected.results));
      expect(report.totals).toMatchObject({ events: expected.totals.events, badRecords: 0 });
      expect(report.relevance.map(({ hosts }) => hosts)).toEqual(
        expected.relevance.map(({ hosts }) => hosts),
      );
    }
  });

  it('as Microsoft Defender CSV, and known as mapped', async () => {
    const json = await scan(lines(defender));
    for (const verify of [false, true]) {
      const report = await scan(table(defender), { verify });
      expect(told(report.results)).toEqual(told(json.results));
      expect(report.results.map(({ mappedFrom }) => mappedFrom)).toEqual([
        ['Microsoft Defender CSV'],
        ['Microsoft Defender CSV'],
      ]);
    }
  });

  it('a registry audit, in classic text and in a table of its messages', async () => {
    const event = makeRecord(
      {
        ...SYSTEM,
        providerName: 'Microsoft-Windows-Security-Auditing',
        channel: 'Security',
        eventId: 4657,
        level: '0',
        task: '12801',
        keywords: '0x8020000000000000',
        recordId: '13',
        systemTime: '2024-03-05T09:14:02.0000000Z',
      },
      Object.entries({
        SubjectUserSid: 'S-1-5-21-1-2-3-500',
        SubjectUserName: 'jo',
        SubjectDomainName: 'OFFSEC',
        SubjectLogonId: '0x364eb',
        ObjectName:
          '\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration',
        ObjectValueName: 'EnableAt',
        HandleId: '0x54',
        OperationType: '%%1905',
        ProcessId: '0xce4',
        ProcessName: 'C:\\Windows\\regedit.exe',
        OldValueType: '%%1876',
        OldValue: '0',
        NewValueType: '%%1876',
        NewValue: '1',
      }),
    );
    const expected = told((await scan(xml([event]))).results);
    expect(expected).toHaveLength(1);
    for (const text of [classicText(event), table([getWinEventRow(event)])]) {
      for (const verify of [false, true]) {
        expect(told((await scan(text, { verify })).results)).toEqual(expected);
      }
    }
  });

  it.each(Object.entries(WRITERS))(
    'as %s: what only joining its parts tells, with and without skipping',
    async (_, write) => {
      const parts = ['$c = [wmiclass]"Win32_Sched', 'uledJob"'].map((text, index) => ({
        ...scriptBlock,
        system: { ...scriptBlock.system, recordId: String(20 + index) },
        data: scriptBlock.data.map(([name, value]): DataItem => {
          if (name === 'ScriptBlockText') return [name, text];
          if (name === 'MessageNumber') return [name, String(index + 1)];
          return name === 'MessageTotal' ? [name, '2'] : [name, value];
        }),
      }));
      const expected = told((await scan(xml(parts), { extended: true })).results);
      expect(expected.map(({ mode }) => mode)).toEqual(['extended']);
      for (const verify of [false, true]) {
        const report = await scan(lines(parts.map(write)), { extended: true, verify });
        expect(told(report.results)).toEqual(expected);
      }
    },
  );

  it('and a read of EnableAt is none', async () => {
    const read = {
      ...elastic[0],
      event: { action: 'query', type: ['access'], category: ['registry'], id: '1' },
    };
    const { results } = await scan(lines([read]), { lenient: true, extended: true });
    expect(results).toEqual([]);
  });
});
