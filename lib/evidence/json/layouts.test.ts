import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block } from '#lib/evidence/record.ts';
import { createTimeReader } from '#lib/evidence/text/times.ts';
import { KnownLayouts } from './layouts.ts';
import { JSON_LIMITS } from './limits.ts';
import { recordOf } from './shapes/index.ts';
import { read } from './testing/read-json.ts';
import { parseJson } from './values.ts';

const TIME = '2024-03-05T09:14:02.1254367Z';
const OTHER_TIME = '2024-03-05T09:15:00Z';
const TIMES = createTimeReader();

/** Objects as tools write them. */
const FORMS: Readonly<Record<string, object>> = {
  evtx_dump: {
    Event: {
      '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon', Guid: 'g' } },
        EventID: 13,
        Level: 4,
        Keywords: '0x8000000000000000',
        TimeCreated: { '#attributes': { SystemTime: TIME } },
        EventRecordID: 7,
        Correlation: null,
        Execution: { '#attributes': { ProcessID: 4, ThreadID: 32 } },
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Computer: 'h.example',
        Security: { '#attributes': { UserID: 'S-1-5-18' } },
      },
      EventData: { TargetObject: 'HKLM\\a', Details: 'b' },
    },
  },
  'evtx_dump, attributes beside': {
    Event: {
      System: {
        Provider_attributes: { Name: 'P' },
        EventID_attributes: { Qualifiers: 1 },
        EventID: 4,
        TimeCreated_attributes: { SystemTime: TIME },
        EventRecordID: 7,
        Channel: 'System',
        Computer: 'h',
      },
      EventData: null,
    },
  },
  nxlog: {
    EventTime: TIME,
    Hostname: 'h',
    Keywords: -9214364837600035000,
    EventType: 'AUDIT_SUCCESS',
    SeverityValue: 2,
    EventID: 4688,
    SourceName: 'Microsoft-Windows-Security-Auditing',
    ProviderGuid: '{g}',
    RecordNumber: 8,
    ProcessID: 4,
    ThreadID: 5,
    Channel: 'Security',
    Message: 'A new process\r\n\tEventID:\t9',
    Opcode: 'Info',
    EventReceivedTime: OTHER_TIME,
    SourceModuleName: 'in',
    NewProcessName: 'C:\\x.exe',
  },
  winlogbeat: {
    '@timestamp': TIME,
    host: { name: 'h' },
    log: { level: 'information' },
    message: 'm',
    winlog: {
      record_id: 7,
      provider_name: 'P',
      provider_guid: '{g}',
      computer_name: 'c',
      channel: 'Security',
      event_id: '4688',
      opcode: 'Info',
      process: { pid: 4, thread: { id: 5 } },
      event_data: { a: 'b' },
    },
    event: { code: '4688' },
    tags: ['a', 'b'],
  },
  'winlogbeat of Elasticsearch': {
    _index: 'i',
    _source: {
      '@timestamp': TIME,
      'winlog.channel': 'Security',
      winlog: { event_id: 1, computer_name: 'c' },
    },
  },
  velociraptor: {
    System: {
      Provider: { Name: 'P', Guid: 'g' },
      EventID: { Value: 7 },
      TimeCreated: { SystemTime: TIME },
      EventRecordID: 3,
      Channel: 'System',
      Computer: 'h',
    },
    EventData: { a: 'b' },
  },
  'velociraptor hunt': {
    EventTime: TIME,
    Computer: 'h',
    Channel: 'Security',
    EventID: 4688,
    EventRecordID: 3,
    EventData: { a: 1 },
  },
  'get-winevent': {
    Id: 7,
    Version: null,
    Level: 4,
    ProviderName: 'P',
    LogName: 'System',
    ProcessId: 4,
    RecordId: 9,
    MachineName: 'h',
    UserId: { BinaryLength: 12, Value: 'S-1-5-18' },
    TimeCreated: TIME,
    Message: 'm',
  },
  defender: {
    Timestamp: TIME,
    DeviceName: 'h',
    DeviceId: 'd',
    ActionType: 'FileCreated',
    FileName: 'x',
    InitiatingProcessAccountSid: 'S-1-5-18',
  },
  elastic: {
    '@timestamp': TIME,
    ecs: { version: '8' },
    event: { action: 'start', category: ['process'], type: ['start'], dataset: 'd' },
    host: { name: 'h' },
    user: { id: 'S-1-5-18' },
  },
  'a plain object': { timestamp: TIME, host: 'h', a: 'b' },
};

const linesOf = (object: object) => JSON.stringify(object);

describe('an object that is laid out as one before', () => {
  it.each(Object.entries(FORMS))('of %s is counted without being read', (_, object) => {
    const layouts = new KnownLayouts(TIMES);
    const first = Buffer.from(linesOf(object));
    expect(layouts.pass(first, 0)).toBe(-1);
    expect(layouts.learn(first, 0, first.length)).not.toBeNull();
    const text = linesOf(object)
      .replace(TIME, OTHER_TIME)
      .replace(/"(a|A)":"b"/, '"$1":"\\u0041\\\\{\\"é"');
    const second = Buffer.from(`${text},`);
    expect(layouts.pass(second, 0)).toBe(second.length - 1);
    const { system, timeTicks } = recordOf(parseJson(text), text, TIMES);
    const { channel, eventId, computer, providerName } = system;
    const counted = layouts.count(second, 0, second.length - 1);
    expect(counted).toEqual({ kind: { channel, eventId, computer, providerName }, timeTicks });
    expect(timeTicks).not.toBeNull();
  });

  it.each([
    ['another key', '{"a":1,"c":2}'],
    ['a key more', '{"a":1,"b":2,"c":3}'],
    ['an object in place of a value', '{"a":1,"b":{"c":2}}'],
    ['a list of objects', '{"a":1,"b":[{}]}'],
    ['a blank', '{"a":1, "b":2}'],
    ['a raw line break in a string', '{"a":1,"b":"\n"}'],
    ['a control character in a string', '{"a":1,"b":"\x1f1234567"}'],
    ['an escape that there is not', '{"a":1,"b":"\\x"}'],
    ['half an escape', '{"a":1,"b":"\\u00"}'],
    ['a number with a zero before it', '{"a":1,"b":01}'],
    ['a word that there is not', '{"a":1,"b":nul}'],
    ['its end missing', '{"a":1,"b":2'],
    ['its end in a string', '{"a":1,"b":"2}'],
  ])('is not known with %s', (_, text) => {
    const layouts = new KnownLayouts(TIMES);
    const known = Buffer.from('{"a":1,"b":2}');
    layouts.learn(known, 0, known.length);
    expect(layouts.pass(known, 0)).toBe(known.length);
    expect(layouts.pass(Buffer.from(text), 0)).toBe(-1);
  });

  it.each([
    ['an escape in a key', '{"\\u0061":1}'],
    ['the same key twice', '{"a":1,"a":2}'],
    ['two ways to one path', '{"a":{"b":1},"a.b":2}'],
    ['lists in lists', '{"a":[[1]]}'],
  ])('is never known with %s', (_, text) => {
    const layouts = new KnownLayouts(TIMES);
    const bytes = Buffer.from(text);
    expect(layouts.learn(bytes, 0, bytes.length)).toBeNull();
    expect(layouts.pass(bytes, 0)).toBe(-1);
  });
});

/** Values as they stand in JSON, also such as no writer would put there, and some that are no JSON. */
const RAW = fc.constantFrom(
  '"A"',
  '"B"',
  '""',
  '"é\\"\\\\"',
  '"\\",\\"Channel\\":\\"y"',
  '"\\u0041"',
  '"4104"',
  '" 4 "',
  '"RegistryValueSet"',
  '"AUDIT_FAILURE"',
  '4104',
  '-0',
  '1.0',
  '1e3',
  '12345678901234567890',
  'true',
  'null',
  '[]',
  '["A","B"]',
  '[1,{"b":1}]',
  '{}',
  '{"Channel":"Z","Name":"N","SystemTime":"2020-01-01T00:00:00Z"}',
  `"${OTHER_TIME}"`,
  '"2024-03-05 09:14:02"',
  '"2024-02-30T09:14:02Z"',
  '"2024-03-05T09:14:02+01:00"',
  '1709630042',
  'nope',
  '007',
  '"\t"',
  '"\\x"',
);

/** Lines of a form with some of their values changed. */
const LINES = fc.constantFrom(...Object.values(FORMS)).chain((object) => {
  const leaves = leavesOf(object);
  const change = fc.tuple(fc.nat({ max: leaves.length - 1 }), RAW);
  return fc.array(fc.array(change, { maxLength: 3 }), { minLength: 1, maxLength: 12 }).map((lines) =>
    lines.map((changes) => {
      const copy = structuredClone(object);
      for (const [which, raw] of changes) setLeaf(copy, leaves[which] ?? [], `<<${raw}>>`);
      return JSON.stringify(copy).replace(/"<<(.*?)>>"/g, (_, raw) => JSON.parse(`"${raw}"`));
    }),
  );
});

function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[...path]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function setLeaf(object: object, path: readonly string[], value: string): void {
  const parent = path.slice(0, -1).reduce((inner, key) => Reflect.get(inner, key), object);
  Reflect.set(parent, path.at(-1) ?? '', value);
}

/** What the blocks of a text count and tell, with all objects parsed and with none. */
async function bothWays(text: Buffer, readBytes: number) {
  const limits = { ...JSON_LIMITS, readBytes, blockBytes: 2000 };
  const parsed = await read(text, {}, limits);
  const skipped = await read(text, { needles: ['no such text'] }, limits);
  const said = (blocks: readonly Block[]) =>
    blocks.map((block) => ({
      offset: block.offset,
      recordCount: block.recordCount,
      problems: block.problems.toSorted((a, b) => a.place.offset - b.place.offset),
      rows: block
        .census()
        .map((row) => JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? `${value}` : value)))
        .sort(),
    }));
  return { parsed: said(parsed.blocks), skipped: said(skipped.blocks) };
}

describe('a text whose objects are left unparsed', () => {
  const separator = fc.constantFrom('\n', '\n', '\r\n', ',\n', '', ' ');
  const mixed = fc
    .tuple(fc.array(LINES, { minLength: 1, maxLength: 4 }), separator, fc.constantFrom('', '\ufeff', '['))
    .map(([groups, between, start]) => start + groups.flat().join(between) + between);

  it('has the same counts, blocks and problems as when all are parsed', async () => {
    await fc.assert(
      fc.asyncProperty(mixed, fc.constantFrom(100, 4096), async (text, readBytes) => {
        const { parsed, skipped } = await bothWays(Buffer.from(text), readBytes);
        expect(skipped).toEqual(parsed);
      }),
      { numRuns: 600 },
    );
  });

  it('has the same counts, blocks and problems in mutants, and in UTF-16', async () => {
    const byte = fc.oneof(fc.constantFrom(...Buffer.from('"{}[]:,\\u0-.eE\n\ttn')), fc.nat({ max: 255 }));
    const change = fc.record({ place: fc.nat(), byte, removed: fc.constantFrom(0, 1, 1, 40) });
    await fc.assert(
      fc.asyncProperty(
        mixed,
        fc.array(change, { maxLength: 4 }),
        fc.boolean(),
        async (text, changes, isWide) => {
          let mutant = Buffer.from(text, isWide ? 'utf16le' : 'utf8');
          for (const { place, byte: one, removed } of changes) {
            const at = place % mutant.length;
            mutant = Buffer.concat([
              mutant.subarray(0, at),
              Buffer.from([one]),
              mutant.subarray(at + removed),
            ]);
          }
          const { parsed, skipped } = await bothWays(mutant, 4096);
          expect(skipped).toEqual(parsed);
        },
      ),
      { numRuns: 600 },
    );
  });
});
