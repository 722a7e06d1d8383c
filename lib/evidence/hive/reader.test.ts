import { describe, expect, it } from 'vitest';
import { readEvidence } from '#lib/evidence/read.ts';
import type { ByteSource, EvidenceRecord, Problem } from '#lib/evidence/record.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { formatIsoTime, parseIsoTime, ticksToFiletime } from '#lib/evidence/time.ts';
import { BASE_BLOCK_BYTES, checksumOf } from './base-block.ts';
import { readHive } from './reader.ts';
import { ENABLE_AT, type KeySpec, softwareHive, type ValueSpec, writeHive } from './testing/write-hive.ts';

const WRITTEN = '2024-03-05T09:14:02.1254367Z';
const CONFIGURATION = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration';
const filetime = (iso: string): bigint => ticksToFiletime(parseIsoTime(iso) ?? 0n) ?? 0n;
const lastWritten = filetime(WRITTEN);

async function read(
  hive: Buffer | ByteSource,
): Promise<{ records: readonly EvidenceRecord[]; problems: readonly Problem[]; bytes: number }> {
  const source = Buffer.isBuffer(hive) ? fromBuffer(hive) : hive;
  const records: EvidenceRecord[] = [];
  const problems: Problem[] = [];
  let bytes = 0;
  for await (const block of readHive(source)) {
    records.push(...block.records);
    problems.push(...block.problems);
    bytes += block.lengthBytes;
  }
  return { records, problems, bytes };
}
const fieldsOf = (record: EvidenceRecord | undefined) => Object.fromEntries(record?.data ?? []);
const messages = (problems: readonly Problem[]) => problems.map(({ message }) => message).join('\n');

describe('EnableAt in a hive', () => {
  const expected = {
    registry_path: `${CONFIGURATION}\\EnableAt`,
    registry_key_name: 'Configuration',
    registry_value_name: 'EnableAt',
    registry_value_type: 'REG_DWORD',
    registry_value_data: '0x00000001',
    action: 'modified',
  };

  it.each(['lf', 'lh', 'li', 'ri'] as const)('is found through lists of kind %s', async (list) => {
    const { records, problems } = await read(softwareHive({ lastWritten, list }));
    expect(records.map(fieldsOf)).toEqual([expected]);
    expect(problems).toEqual([]);
    expect(formatIsoTime(records[0]?.timeTicks ?? 0n)).toBe(WRITTEN);
    expect(records[0]?.system).toMatchObject({
      channel: 'Registry hive',
      systemTime: WRITTEN,
      computer: null,
    });
  });

  it.each([4096, 16_384, 65_536])('is found in bins of %i bytes', async (binBytes) => {
    const many: KeySpec[] = Array.from({ length: 700 }, (_, index) => ({ name: `Task ${index}` }));
    const hive = softwareHive({ lastWritten, binBytes, tasks: many });
    const { records, bytes } = await read(hive);
    expect(records.map(fieldsOf)).toEqual([expected]);
    expect(bytes).toBe(hive.length);
  });

  it('stands at the place that the record names', async () => {
    const hive = softwareHive({ lastWritten });
    const { records } = await read(hive);
    const offset = records[0]?.place.offset ?? 0;
    expect(hive.toString('latin1', offset + 4, offset + 6)).toBe('vk');
    expect(hive.toString('latin1', offset + 24, offset + 32)).toBe('EnableAt');
  });

  const value = (type: number, data: Buffer): ValueSpec => ({ name: 'enableat', type, data });
  const long = 'schedule '.repeat(5000);
  it.each([
    [
      'a number of eight bytes',
      value(11, Buffer.from([2, 0, 0, 0, 0, 0, 0, 0])),
      'REG_QWORD',
      '0x0000000000000002',
    ],
    ['a text', value(1, Buffer.from('1\0', 'utf16le')), 'REG_SZ', '1'],
    [
      'a text of segments',
      value(1, Buffer.from(`${long.slice(0, 30_000)}\0`, 'utf16le')),
      'REG_SZ',
      long.slice(0, 30_000),
    ],
    ['bytes', value(3, Buffer.from([0xde, 0xad])), 'REG_BINARY', 'dead'],
    ['no data', value(0, Buffer.alloc(0)), 'REG_NONE', ''],
    ['an unknown type', value(0x1234, Buffer.from([1])), '0x1234', '01'],
    ['a number of the wrong size', value(4, Buffer.from([1, 2])), 'REG_DWORD', '0102'],
  ] as const)('may be %s', async (_, enableAt, type, data) => {
    const { records, problems } = await read(softwareHive({ enableAt }));
    expect(fieldsOf(records[0])).toMatchObject({ registry_value_type: type, registry_value_data: data });
    expect(problems).toEqual([]);
  });

  it('of an old hive, which has no segments, may be long too', async () => {
    const enableAt = value(1, Buffer.from('x'.repeat(20_000), 'utf16le'));
    const { records } = await read(softwareHive({ enableAt, minorVersion: 3 }));
    expect(fieldsOf(records[0]).registry_value_data).toBe('x'.repeat(20_000));
  });

  it('is found in a hive that begins at the scheduler', async () => {
    const schedule: KeySpec = { name: 'Schedule', keys: [{ name: 'CONFIGURATION', values: [ENABLE_AT] }] };
    const { records } = await read(writeHive({ root: { name: 'x', keys: [schedule] } }));
    expect(fieldsOf(records[0]).registry_path).toBe(
      'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\CONFIGURATION\\EnableAt',
    );
  });

  it('that is absent is told, and so is a hive that could not hold it', async () => {
    const other = writeHive({ root: { name: 'ROOT', keys: [{ name: 'Software' }] } });
    for (const hive of [softwareHive({ enableAt: null }), other]) {
      const { records, problems } = await read(hive);
      expect(records).toEqual([]);
      expect(problems.map(({ isLoss, message }) => [isLoss, message])).toEqual([
        [false, expect.stringContaining('no settings of the task scheduler')],
      ]);
    }
  });

  it('is one of many values, of which a bounded number is read', async () => {
    const values = Array.from(
      { length: 400 },
      (_, index): ValueSpec => ({ ...ENABLE_AT, name: `V${index}` }),
    );
    const { records, problems } = await read(
      writeHive({
        root: { name: 'x', keys: [{ name: 'Schedule', keys: [{ name: 'Configuration', values }] }] },
      }),
    );
    expect(records).toHaveLength(200);
    expect(messages(problems)).toContain('more of these than any real one');
    expect(fieldsOf(records[199])).toMatchObject({ registry_value_name: 'V199' });
  });

  it('has no time when its key has none that can be', async () => {
    for (const time of [0n, 2n ** 64n - 1n]) {
      const { records } = await read(softwareHive({ lastWritten: time }));
      expect(records.map((record) => record.timeTicks)).toEqual([null]);
    }
  });
});

describe('tasks of the at interface in a hive', () => {
  it('are records with the time of their key', async () => {
    const tasks: KeySpec[] = [
      { name: 'At1', lastWritten, values: [{ name: 'Id', type: 1, data: Buffer.from('{1}\0', 'utf16le') }] },
      { name: 'Attic', lastWritten },
      { name: 'AT22', lastWritten },
    ];
    const { records } = await read(softwareHive({ enableAt: null, tasks, list: 'ri' }));
    expect(records.map((record) => [fieldsOf(record).TaskName, record.timeTicks])).toEqual([
      ['\\At1', parseIsoTime(WRITTEN)],
      ['\\AT22', parseIsoTime(WRITTEN)],
    ]);
  });
});

describe('a hive that is not whole', () => {
  it('and was not written to the end is read with a note', async () => {
    const { records, problems } = await read(softwareHive({ isDirty: true }));
    expect(records).toHaveLength(1);
    expect(messages(problems)).toContain('not written to the end');
    expect(problems.map(({ isLoss }) => isLoss)).toEqual([false]);
  });

  it('tells a checksum that does not fit', async () => {
    const hive = softwareHive();
    hive.writeUInt32LE((checksumOf(hive) ^ 1) >>> 0, 508);
    const { records, problems } = await read(hive);
    expect(records).toHaveLength(1);
    expect(messages(problems)).toContain('checksum');
  });

  it('tells that it is cut off and what is missing', async () => {
    const hive = softwareHive({ tasks: [{ name: 'At1' }] });
    const { problems } = await read(hive.subarray(0, BASE_BLOCK_BYTES + 200));
    expect(messages(problems)).toContain('cut off');
    expect(problems.some(({ isLoss }) => isLoss)).toBe(true);
    expect(messages((await read(hive.subarray(0, 100))).problems)).toContain('first block');
  });

  it('whose lists lead back to themselves is given up in bounded time', async () => {
    const root: KeySpec = {
      name: 'r',
      list: 'ri',
      keys: Array.from({ length: 6 }, (_, i) => ({ name: `k${i}` })),
    };
    const hive = writeHive({ root, binBytes: 2 ** 20 });
    // Every list of the list is the list itself.
    const at = hive.indexOf('ri', BASE_BLOCK_BYTES, 'latin1');
    for (let entry = at + 4; entry < at + 16; entry += 4)
      hive.writeUInt32LE(at - 4 - BASE_BLOCK_BYTES, entry);
    expect(messages((await read(hive)).problems)).toContain('damaged');
    // A list of 60,000 lists that are all the same list of 60,000 keys.
    const count = 60_000;
    const end = hive.length;
    const grown = Buffer.concat([hive, Buffer.alloc(2 ** 20)]);
    grown.writeInt32LE(-(count * 4 + 8), end);
    grown.write('ri', end + 4, 'latin1');
    grown.writeUInt16LE(count, end + 6);
    const inner = end + count * 4 + 8;
    grown.writeInt32LE(-(count * 4 + 8), inner);
    grown.write('li', inner + 4, 'latin1');
    grown.writeUInt16LE(count, inner + 6);
    const key = hive.indexOf('nk', BASE_BLOCK_BYTES, 'latin1') - 4 - BASE_BLOCK_BYTES;
    for (let index = 0; index < count; index++) {
      grown.writeUInt32LE(inner - BASE_BLOCK_BYTES, end + 8 + index * 4);
      grown.writeUInt32LE(key, inner + 8 + index * 4);
    }
    grown.writeUInt32LE(grown.length - BASE_BLOCK_BYTES, 40);
    const rootAt = BASE_BLOCK_BYTES + grown.readUInt32LE(36) + 4;
    grown.writeUInt32LE(end - BASE_BLOCK_BYTES, rootAt + 28);
    expect(messages((await read(grown)).problems)).toContain('never end');
  });

  it('of a gigabyte is read by its cells alone', async () => {
    const hive = softwareHive({ lastWritten });
    hive.writeUInt32LE(2 ** 30, 40);
    let readBytes = 0;
    const small = fromBuffer(hive);
    const { records } = await read({
      sizeBytes: 2 ** 30 + BASE_BLOCK_BYTES,
      async read(target, targetOffset, length, offset) {
        const count = await small.read(target, targetOffset, length, offset);
        readBytes += count;
        return count;
      },
    });
    expect(records).toHaveLength(1);
    expect(readBytes).toBeLessThan(200_000);
  });
});

it('a hive is told by its content, and its log files are refused', async () => {
  const hive = softwareHive();
  expect((await readEvidence(fromBuffer(hive), {})).form).toBe('hive');
  hive.writeUInt32LE(6, 28);
  await expect(readEvidence(fromBuffer(hive), {})).rejects.toThrow('log file of a registry hive');
});
