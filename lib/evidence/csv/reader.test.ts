import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceRecord, ReadOptions } from '#lib/evidence/record.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { TEXT_LIMITS } from '#lib/evidence/text/limits.ts';
import { censusOf, encoded, gather, type Reading, whole } from '#lib/evidence/text/testing/read-blocks.ts';
import { table } from '#lib/evidence/text/testing/write-text.ts';
import { parseRow } from './cells.ts';
import { COLUMNS_MAX } from './header.ts';
import { readCsv } from './reader.ts';
import { RowScanner } from './scanner.ts';

const read = (text: string | Buffer, options: ReadOptions = {}, limits = TEXT_LIMITS): Promise<Reading> =>
  gather(readCsv(fromBuffer(typeof text === 'string' ? Buffer.from(text) : text), options, limits));
const SMALL = { readBytes: 256, blockBytes: 512, recordMaxBytes: 2048 };

const dataOf = (record: EvidenceRecord | undefined, name: string) =>
  record?.data.find(([own]) => own === name)?.[1];
const column = ({ records }: Reading, name: string) => records.map((record) => dataOf(record, name));
const told = ({ problems }: Reading) =>
  problems.map(({ code, place, isLoss }) => ({ code, ...place, isLoss }));

describe('a row', () => {
  it('of any table has its columns as fields, its time and host by the usual names, its text as _raw', async () => {
    const { records } = await read('time,host,b,c\n2024-03-05T09:14:02Z,ws-1,"x, ""y""\nz",\n');
    expect(records).toMatchObject([
      {
        form: 'json',
        place: { offset: 14, line: 2 },
        timeTicks: 17_096_300_420_000_000n,
        system: { computer: 'ws-1', systemTime: '2024-03-05T09:14:02.0000000Z' },
      },
    ]);
    expect(records[0]?.data).toEqual([
      ['_raw', '2024-03-05T09:14:02Z,ws-1,"x, ""y""\nz",'],
      ['time', '2024-03-05T09:14:02Z'],
      ['host', 'ws-1'],
      ['b', 'x, "y"\nz'],
    ]);
  });

  it('of Splunk without _raw keeps the fields that Splunk computed', async () => {
    const text = table([
      { _time: '2024-03-05T09:14:02.125+0100', host: 'h', dest: 'ws-1', registry_value_name: 'EnableAt' },
    ]);
    const [record] = (await read(text)).records;
    expect(record?.system.systemTime).toBe('2024-03-05T08:14:02.1250000Z');
    expect(dataOf(record, 'registry_value_name')).toBe('EnableAt');
  });

  it('keeps names that objects have of their own', async () => {
    const { records } = await read('__proto__,constructor,toString\na,b,c\n');
    expect(records[0]?.data.slice(1)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['toString', 'c'],
    ]);
  });

  it('has the zone given when its time has none; that is told once', async () => {
    const text = table(Array.from({ length: 30 }, () => ({ time: '2024-03-05 09:14:02', b: 1, c: 'x' })));
    const { records, problems } = await read(text, { timeZone: 'Asia/Tokyo', needles: ['x'] }, SMALL);
    expect(records[29]?.system.systemTime).toBe('2024-03-05T00:14:02.0000000Z');
    expect(problems).toMatchObject([
      { code: 'time-zone', message: 'Times without a zone were read as Asia/Tokyo.' },
    ]);
  });

  it.each([
    ['semicolons', 'a;b;c\n1;"2;3";4\n'],
    ['tabs', 'a\tb\tc\r\n1\t2;3\t4'],
    ['bars', 'a|b|c\n1|2;3|4\n'],
    ['a separator for Excel', 'sep=,\r\na,b,c\r\n1,2;3,4\r\n'],
    ['quotes that were not doubled', 'a,b,c\n1""1,2;3,4\n'],
    ['empty lines', '\n\na,b,c\n\n1,2;3,4\r\n\r\n\n'],
    ['a type line before each of two tables', '#TYPE x\na,b,c\n#TYPE x\na,b,c\n1,2;3,4\n'],
  ])('is read with %s', async (_, text) => {
    for (const form of ['8', 'le', 'be'] as const) {
      const reading = await read(encoded(`\ufeff${text}`, form));
      expect(reading.problems).toEqual([]);
      expect(column(reading, 'b')).toEqual(['2;3']);
      expect(column(reading, 'c')).toEqual(['4']);
    }
  });

  it('is split where its cells end, whatever they hold', () => {
    const text = fc.string({
      unit: fc.constantFrom('"', '""', ',', '\n', '\r', '\r\n', 'a', ' ', 'ü'),
      maxLength: 30,
    });
    fc.assert(
      fc.property(text, fc.nat(40), (content, cut) => {
        const units = Buffer.from(content.replaceAll('ü', 'u'));
        const scanner = new RowScanner(',');
        scanner.begin();
        scanner.feed(units.subarray(0, cut));
        if (!scanner.isClosed) scanner.feed(units.subarray(cut));
        const { isOpen } = parseRow(content.slice(0, scanner.length), ',', 100);
        if (scanner.isClosed) expect(isOpen).toBe(false);
        if (scanner.isOpen) expect(isOpen).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is read as it was written', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('"', ',', '\n', '\r\n', 'a', ';', '€', '#TYPE '),
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 }), async (cells) => {
        const rows = cells.map(([b, c]) => ({ a: 'x', b, c }));
        const { records, problems } = await read(table(rows), {}, SMALL);
        expect(problems).toEqual([]);
        expect(records.map((record) => record.data.slice(1))).toEqual(
          rows.map((row) => Object.entries(row).filter(([, value]) => value !== '')),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('damage', () => {
  const header = 'a,b,c\n';

  it.each([
    ['too few cells', '1,2\n'],
    ['too many cells', '1,2,3,4\n'],
    ['a lost opening quote', '1,2",3,"\n'],
    ['a lost closing quote', '1,"2,3\n'],
    ['a lost closing quote, before others', '1,"2,3\n"4","5"\n'],
  ])('of %s is told with its place, and the other rows are read', async (_, broken) => {
    for (const form of ['8', 'be'] as const) {
      const before = `${header}ü,y,z\n\n`;
      const reading = await read(encoded(`\ufeff${before}${broken}4,5,6\n7,8,9\n`, form));
      expect(column(reading, 'a').at(0)).toBe('ü');
      expect(column(reading, 'a').at(-1)).toBe('7');
      const bytes = encoded(`\ufeff${before}`, form).length;
      expect(told(reading)[0]).toEqual({ code: 'csv-syntax', offset: bytes, line: 4, isLoss: true });
    }
  });

  it('of bytes that are no UTF-8: they are Latin-1', async () => {
    const reading = await read(Buffer.from(`${header}1,\x80\xfc,3\n`, 'latin1'));
    expect(column(reading, 'b')).toEqual(['€ü']);
    expect(told(reading)).toEqual([{ code: 'encoding', offset: 6, line: 2, isLoss: false }]);
  });

  it('of a quote without its end costs its line alone, however long the rest is', async () => {
    for (const count of [10, 500]) {
      const rows = Array.from({ length: count }, (_, index) => `${index},x,y\n`).join('');
      const reading = await read(`${header}1,"2,3\n${rows}`, {}, SMALL);
      expect(column(reading, 'a')).toEqual(Array.from({ length: count }, (_, index) => String(index)));
      expect(told(reading)).toEqual([{ code: 'csv-syntax', offset: 6, line: 2, isLoss: true }]);
    }
  });

  it('of quotes without their ends in every line takes time that grows with the text alone', async () => {
    const { blocks, records, problems } = await read(`${header}${'1,"2,3\n'.repeat(400_000)}`);
    expect(records).toEqual([]);
    expect(problems.length).toBeLessThan(blocks.length * 1100);
  });

  it('of a line beyond the limit costs that line alone', async () => {
    for (const long of ['y'.repeat(10_000), `1,"${'y'.repeat(10_000)}`, `1,2,"${'""'.repeat(5000)}"`]) {
      const reading = await read(`${header}1,2,3\n${long}\n4,5,6\n`, {}, SMALL);
      expect(column(reading, 'a')).toEqual(['1', '4']);
      expect(reading.problems).toMatchObject([
        { code: 'record-too-long', skippedBytes: long.length + 1, place: { offset: 12, line: 3 } },
      ]);
    }
  });

  it('of a gigabyte in one line holds none of it', async () => {
    const beginning = Buffer.from(`${header}1,2,3\n4,"`);
    const source = {
      sizeBytes: 2 ** 30,
      read: async (target: Uint8Array, at: number, length: number, offset: number) => {
        const count = Math.min(length, 2 ** 30 - offset);
        target.fill(0x79, at, at + count);
        if (offset < beginning.length) target.set(beginning.subarray(offset, offset + count), at);
        return count;
      },
    };
    const { records, problems, blocks } = await gather(
      readCsv(source, {}, { ...TEXT_LIMITS, readBytes: 4 * 1024 * 1024 }),
    );
    expect(records).toHaveLength(1);
    expect(problems).toMatchObject([{ code: 'record-too-long' }]);
    expect(blocks).toHaveLength(2);
  });

  it('of a million columns reads the first ones, and tells', async () => {
    const names = Array.from({ length: 1_000_000 }, (_, index) => `c${index}`);
    const reading = await read(`${names.join(',')}\n${names.map(() => 'x').join(',')}\n1,2,3\n`);
    expect(reading.records).toHaveLength(1);
    expect(reading.records[0]?.data).toHaveLength(COLUMNS_MAX + 1);
    expect(reading.problems).toMatchObject([
      {
        isLoss: false,
        message: 'The table has 1,000,000 columns; those after the first 4,096 were left out.',
      },
      { isLoss: true, message: expect.stringContaining('has 3 cells in a table of 1,000,000 columns') },
    ]);
    const tooMany = await read(`${'c,'.repeat(5000)}c\n1,2,3\n`, {}, SMALL);
    expect(tooMany.records).toEqual([]);
    expect(tooMany.problems.map(({ code }) => code)).toEqual(['record-too-long', 'csv-syntax']);
  });
});

describe('blocks', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '\n',
      ',',
      '"',
      '""',
      '",',
      '"\n',
      '\r\n',
      '1,2,3\n',
      '1,"2\n2",3\n',
      header(),
      'x'.repeat(200),
      '\ufeff',
    ),
  );
  function header(): string {
    return 'a,b,c\n';
  }
  const limits = fc.record({
    readBytes: fc.integer({ min: 2, max: 900 }).map((count) => count & ~1),
    blockBytes: fc.integer({ min: 1, max: 100 }).map((count) => count * 2),
    recordMaxBytes: fc.constantFrom(100, 1 << 20),
  });

  it('hold the same records wherever reads end, cover all bytes, and can be begun at', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 25 }),
        limits,
        fc.constantFrom('8' as const, 'le' as const, 'be' as const),
        async (parts, small, form) => {
          const bytes = encoded(`${form === '8' ? '' : '\ufeff'}${header()}${parts.join('')}`, form);
          const reading = await read(bytes, {}, small);
          const isWhole = small.recordMaxBytes > 1000;
          if (isWhole) {
            const otherwise = await read(bytes, {}, { ...small, readBytes: 4096 });
            expect(whole(reading.records)).toEqual(whole(otherwise.records));
            expect(reading.problems).toEqual(otherwise.problems);
          }
          let next = 0;
          for (const block of reading.blocks) {
            expect(block.offset).toBe(next);
            next += block.lengthBytes;
          }
          expect(next).toBe(bytes.length);
          for (const { index, offset } of reading.blocks) {
            const rest = await read(bytes, { startOffset: offset, startIndex: index }, small);
            const expected = reading.blocks.slice(index);
            if (isWhole)
              expect(whole(rest.records)).toEqual(whole(expected.flatMap((block) => block.records)));
            expect(rest.blocks.reduce((sum, block) => sum + block.lengthBytes, offset)).toBe(bytes.length);
            const [first] = rest.blocks;
            if (isWhole)
              expect([first?.lengthBytes, first?.problems]).toEqual([
                expected[0]?.lengthBytes,
                expected[0]?.problems,
              ]);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('never fail, whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), limits, async (bytes, small) => {
        const { blocks } = await read(Buffer.from(bytes), {}, small);
        expect(blocks.reduce((sum, block) => sum + block.lengthBytes, 0)).toBe(bytes.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('needles', () => {
  it('leave out only rows without any of them, which count as when read', async () => {
    const cell = fc.constantFrom(
      'WIN32_ScheduledJob',
      'x',
      'HKLM\\CurrentVersion\\Schedule',
      '<Event><System><Channel>c</Channel></System><EventData><Data Name="a">win32&#95;scheduledjob</Data></EventData></Event>',
      '<Event><System/><EventData><Data Name="a">a&amp;b &lt;c</Data></EventData></Event>',
      '{"Command":"\\u0077in32_scheduledjob"}',
      'win32_sched\nuledjob',
    );
    const needles = ['win32_scheduledjob', '\\currentversion\\schedule', 'a&b <c'];
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 10 }), async (cells) => {
        const text = table(cells.map((_raw) => ({ _raw, host: 'h', Channel: 'c' })));
        const small = { ...TEXT_LIMITS, blockBytes: 300 };
        const all = await read(text, {}, small);
        const some = await read(text, { needles }, small);
        const isWanted = ({ data }: EvidenceRecord) =>
          data.some(([, value]) => needles.some((needle) => value.toLowerCase().includes(needle)));
        expect(whole(some.records.filter(isWanted))).toEqual(whole(all.records.filter(isWanted)));
        expect(some.blocks.map((block) => [block.recordCount, censusOf(block)])).toEqual(
          all.blocks.map((block) => [block.recordCount, censusOf(block)]),
        );
      }),
      { numRuns: 80 },
    );
    expect((await read(table([{ a: 1, b: 2, c: 'other' }]), { needles })).blocks[0]).toMatchObject({
      isParsed: false,
      recordCount: 1,
    });
  });
});
