import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { read } from '#lib/evidence/json/testing/read-json.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { table } from '#lib/evidence/text/testing/write-text.ts';
import { createTimeReader } from '#lib/evidence/text/times.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import { MAPPED_FIELDS, TIME_FORMATS } from './fields.ts';
import { type ColumnMapping, columnMapping, mappingFile } from './mapping.ts';
import { type Column, isTelling, proposeMapping } from './propose.ts';
import { headerKeyOf, surveyColumns } from './survey.ts';
import { detectTimeFormat, mappedTime } from './time.ts';

const utc = createTimeReader();
const survey = (text: string) => surveyColumns(fromBuffer(Buffer.from(text)));

describe('times of a column', () => {
  it.each([
    ['2024-03-05T09:14:02.1254367Z', 'iso', '2024-03-05T09:14:02.1254367Z', false],
    ['2024-03-05T09:14:02.1254367+05:30', 'iso', '2024-03-05T03:44:02.1254367Z', false],
    ['3/5/2024 9:14:02 AM', 'iso', '2024-03-05T09:14:02.0000000Z', true],
    ['1709630042', 'epoch-s', '2024-03-05T09:14:02.0000000Z', false],
    ['1709630042.1254367', 'epoch-s', '2024-03-05T09:14:02.1254367Z', false],
    ['1709630042125', 'epoch-ms', '2024-03-05T09:14:02.1250000Z', false],
    ['1709630042125436', 'epoch-us', '2024-03-05T09:14:02.1254360Z', false],
    ['1709630042125436789', 'epoch-ns', '2024-03-05T09:14:02.1254367Z', false],
    ['133541036421254367', 'filetime', '2024-03-05T09:14:02.1254367Z', false],
    ['05/Mar/2024:09:14:02 +0100', '%d/%b/%Y:%H:%M:%S %z', '2024-03-05T08:14:02.0000000Z', false],
    ['5 Mar 2024 09:14:02', '%d %b %Y %H:%M:%S', '2024-03-05T09:14:02.0000000Z', true],
    ['20240305091402', '%Y%m%d%H%M%S', '2024-03-05T09:14:02.0000000Z', true],
  ])('%s is known as %s and read to 100 ns', (text, format, time, isLocal) => {
    expect(detectTimeFormat([text, text], utc)).toBe(format);
    const parsed = mappedTime(format, utc)(text);
    expect([parsed && formatIsoTime(parsed.ticks), parsed?.isLocal]).toEqual([time, isLocal]);
  });

  it.each([
    '',
    'x',
    '12',
    '0',
    '2024',
    '10.0.0.1',
    '4104',
    '2024-03-05 09:14:02 and more',
    'a'.repeat(2_000),
  ])('%s is no time', (text) => {
    expect(detectTimeFormat([text], utc)).toBeNull();
  });

  it('never fail, whatever stands there and however it is read', () => {
    const number = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String);
    const formats = fc.constantFrom(...TIME_FORMATS, '%Y-%m-%d', '%s', '%d.%m.%Y %H:%M:%S.%f %z', '%Q%Q%j');
    fc.assert(
      fc.property(fc.oneof(number, fc.string(), fc.string({ unit: 'binary' })), formats, (text, format) => {
        const time = mappedTime(format, createTimeReader('Europe/Berlin'))(text);
        if (time) formatIsoTime(time.ticks);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a proposal', () => {
  const columns = (cells: Readonly<Record<string, string>>): readonly Column[] =>
    Object.entries(cells).map(([name, text]) => ({ name, samples: text === '' ? [] : [text] }));
  const KEY = 'HKLM\\SOFTWARE\\Microsoft';

  it.each<[string, Record<string, string>, Partial<ColumnMapping>]>([
    [
      'by the names that Elastic has',
      { '@timestamp': '2024-03-05T09:14:02Z', 'host.name': 'h', 'event.code': '4104', message: 'text' },
      {
        time: { column: '@timestamp', format: 'iso', zone: null },
        fields: { host: 'host.name', eventId: 'event.code', message: 'message' },
      },
    ],
    [
      'by the names that Defender has',
      {
        Timestamp: '2024-03-05T09:14:02Z',
        DeviceName: 'h',
        AccountName: 'jo',
        RegistryKey: KEY,
        RegistryValueName: 'EnableAt',
        RegistryValueData: '1',
      },
      {
        fields: {
          host: 'DeviceName',
          user: 'AccountName',
          registryPath: 'RegistryKey',
          registryValueName: 'RegistryValueName',
          registryValueData: 'RegistryValueData',
        },
      },
    ],
    [
      'of EvtxECmd',
      {
        TimeCreated: '2024-03-05 09:14:02',
        EventId: '4104',
        Computer: 'h',
        Channel: 'c',
        Payload: '{"a":1}',
        UserName: 'u',
      },
      {
        fields: {
          host: 'Computer',
          eventId: 'EventId',
          channel: 'Channel',
          user: 'UserName',
          scriptText: 'Payload',
        },
      },
    ],
    [
      'by what a column holds, whatever its name is',
      { moment: '2024-03-05T09:14:02Z', whatever: KEY, id: 'abc' },
      {
        time: { column: 'moment', format: 'iso', zone: null },
        fields: { registryPath: 'whatever' },
      },
    ],
  ])('%s', (_, cells, expected) => {
    const proposal = proposeMapping(columns(cells));
    expect(proposal).toMatchObject(expected);
    expect(columnMapping.parse(proposal)).toEqual(proposal);
    expect(isTelling(proposal)).toBe(true);
  });

  it('takes no column twice, and tells nothing of a table about other things', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom('time', 'id', 'user', 'message', 'data', 'type', 'path', 'host', 'x')),
        fc.constantFrom('1', 'x', KEY, '2024-03-05T09:14:02Z', '<Event>', '{"a":1}'),
        (names, text) => {
          const { time, raw, fields } = proposeMapping(names.map((name) => ({ name, samples: [text] })));
          const used = [time?.column, raw, ...Object.values(fields)].filter((name) => name);
          expect(new Set(used).size).toBe(used.length);
        },
      ),
    );
    expect(isTelling(proposeMapping(columns({ name: 'a', version: '1.2', size: '3' })))).toBe(false);
  });
});

describe('a survey', () => {
  it('gives columns with samples, those that are empty too, and one key for any order', async () => {
    const found = await survey('a,b,c\n1,,x\n1,,y\n');
    expect(found?.columns).toEqual([
      { name: 'a', samples: ['1'] },
      { name: 'b', samples: [] },
      { name: 'c', samples: ['x', 'y'] },
    ]);
    expect((await survey('c,a,b\nx,1,2\n'))?.headerKey).toBe(found?.headerKey);
    expect((await survey('{"c":1,"a":2,"b":3}\n'))?.headerKey).toBe(headerKeyOf(['a', 'b', 'c']));
    expect((await survey('{"c":{"d":1},"a":[{"e":1}]}\n'))?.columns.map(({ name }) => name)).toEqual([
      'c.d',
      'a.e',
    ]);
  });

  it('is none of what a known form claims, also in part, nor of other evidence', async () => {
    const known = { Id: 1, LogName: 'Security', ProviderName: 'p', TimeCreated: '2024-03-05T09:14:02Z' };
    expect(await survey(table([known]))).toBeNull();
    expect(await survey(`{"a":1}\n${JSON.stringify(known)}\n`)).toBeNull();
    expect(await survey('<Events></Events>')).toBeNull();
  });
});

describe('mapped objects', () => {
  const name = fc.constantFrom('a', 'b', 'c.d', '__proto__', 'constructor', 'ScriptBlockText', '');
  const cell: fc.Arbitrary<unknown> = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('<Event><System/></Event>', '<Event', '{"Event":{}}', '{', 'HKLM\\x', '1', null),
    fc.double(),
    fc.array(fc.string(), { maxLength: 2 }),
  );
  const columnName = name.filter((one) => one !== '');
  const mapping: fc.Arbitrary<ColumnMapping> = fc.record({
    time: fc.option(
      fc.record({
        column: columnName,
        format: fc.constantFrom(...TIME_FORMATS, '%H:%M'),
        zone: fc.constant(null),
      }),
    ),
    raw: fc.option(columnName),
    fields: fc.dictionary(fc.constantFrom(...MAPPED_FIELDS), columnName) as fc.Arbitrary<
      ColumnMapping['fields']
    >,
  });

  it('are one record each, whatever they hold and however they are mapped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(name, cell), { maxLength: 5 }),
        mapping,
        async (values, chosen) => {
          const text = values.map((value) => JSON.stringify(value)).join('\n');
          const all = await read(text, { mapping: chosen });
          expect(all.records.length).toBe(values.length);
          for (const { data, system } of all.records) expect([data.length, system.eventId]).toBeDefined();
          const some = await read(text, { mapping: chosen, needles: ['hklm\\x'] });
          expect(some.blocks.map((block) => block.recordCount)).toEqual(
            all.blocks.map((block) => block.recordCount),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('a mapping file is taken only as it is exported', () => {
  const mapping = { time: { column: 'a', format: 'iso', zone: null }, raw: null, fields: { host: 'b' } };
  expect(mappingFile.parse({ columns: ['a', 'b'], mapping })).toEqual({ columns: ['a', 'b'], mapping });
  for (const wrong of [
    { ...mapping, fields: { hots: 'b' } },
    { ...mapping, time: { ...mapping.time, format: 'when' } },
    { ...mapping, time: { ...mapping.time, zone: 'Mars/Olympus' } },
    { ...mapping, raw: '' },
  ]) {
    expect(mappingFile.safeParse({ columns: ['a', 'b'], mapping: wrong }).success).toBe(false);
  }
});
