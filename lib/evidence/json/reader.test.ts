import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { DEPTH_MAX, JSON_LIMITS } from './limits.ts';
import { type Reading, read, utf16 } from './testing/read-json.ts';

const SMALL = { readBytes: 100, blockBytes: 200, recordMaxBytes: 2000 };
const values = ({ records }: Reading) =>
  records.map((record) => record.data.find(([name]) => name === 'a')?.[1]);
const line = (value: string): string => JSON.stringify({ a: value });
const whole = (records: readonly EvidenceRecord[]) =>
  records.map(({ form, place, system, data, timeTicks }) => ({ form, place, system, data, timeTicks }));

describe('the layouts that tools write', () => {
  const objects = [
    { a: '1', b: { c: ['{', '}"'] } },
    { a: '2', é: [] },
  ];
  const [one = '', two = ''] = objects.map((object) => JSON.stringify(object));
  const [prettyOne = '', prettyTwo = ''] = objects.map((object) => JSON.stringify(object, null, 2));
  it.each([
    ['one object a line', `${one}\n${two}\n`],
    ['lines of Windows', `${one}\r\n${two}\r\n`],
    ['without line breaks', one + two],
    ['a list', JSON.stringify(objects)],
    ['a pretty list', JSON.stringify(objects, null, 4)],
    ['a list whose lines begin with the comma', `[${one}\n,${two}\n]`],
    ['pretty objects one after the other', `${prettyOne}\n${prettyTwo}\n`],
    ['the banners of evtx_dump', `Record 1\n${prettyOne}\nRecord 2\n${prettyTwo}\n`],
    ['a byte order mark', `\ufeff${one}\n${two}`],
    ['files put together, with zeros after them', `${one}\n\ufeff${two}\n\0\0\0`],
    ['no indentation at all', `${one}\n{\n"a":\n[\n"2"\n]\n,"x":[\n{\n"y":1\n}\n]\n}`],
  ])('reads %s, in UTF-8 and UTF-16 of both orders', async (_, text) => {
    for (const bytes of [Buffer.from(text), utf16(text, false), utf16(text, true)]) {
      const reading = await read(bytes);
      expect(values(reading)).toEqual(['1', '2']);
      expect(reading.problems).toEqual([]);
    }
  });

  it('tells the place of each object by its brace', async () => {
    const text = `[\n  ${line('é')},\n  ${line('2')}\n]`;
    const { records } = await read(text);
    expect(records.map(({ place }) => place)).toEqual([
      { offset: 4, line: 2 },
      { offset: Buffer.from(text).lastIndexOf('{'), line: 3 },
    ]);
  });

  it('keeps escaped characters, also those that are no text, and the last of equal keys', async () => {
    const { records } = await read('{"a":"x","a":"\\u0000\\ud800\\\\\\"\\n\\u0057"}');
    expect(records[0]?.data).toContainEqual(['a', '\0\ud800\\"\nW']);
  });
});

describe('damage', () => {
  const cutLine = '{"a":"x","b":{"c":"cut he';
  it.each([
    ['a line that is cut in a string', `${line('1')}\n${cutLine}\n${line('2')}\n`, true],
    ['a line that is cut behind a comma', `${line('1')}\n{"a":"x",\n${line('2')}\n`, true],
    ['a line that is cut in an array', `${line('1')}\n{"b":[1,\n${line('2')}\n`, true],
    ['a line that is cut behind a value', `${line('1')}\n{"b":{"c":1\n${line('2')}\n`, true],
    ['a line with a wrong bracket', `${line('1')}\n{"b":[}\n${line('2')}\n`, true],
    ['a line that is no JSON in its braces', `${line('1')}\n{"b":nope}\n${line('2')}\n`, true],
    ['a line of text', `${line('1')}\nnope\n${line('2')}\n`, true],
    ['a line of text with braces', `${line('1')}\nset {x} here\n${line('2')}\n`, [true, true]],
    ['a lost beginning', `ope"}\n${line('1')}\n${line('2')}\n`, true],
    ['a cut end', `${line('1')}\n${line('2')}\n${cutLine}`, true],
    [
      'a cut object in a pretty list',
      `[\n  {\n    "a": "1"\n  },\n  {\n    "b": {\n      "c\n  {\n    "a": "2"\n  }\n]`,
      true,
    ],
  ])('of %s is told, and the other objects are read', async (_, text, isLoss) => {
    for (const bytes of [Buffer.from(text), utf16(text, false)]) {
      const reading = await read(bytes);
      expect(values(reading)).toEqual(['1', '2']);
      expect(reading.problems.map((problem) => problem.isLoss)).toEqual([isLoss].flat());
    }
  });

  it('is told with byte offset and line', async () => {
    const before = `${line('ü')}\n\n`;
    const { problems } = await read(`${before}{"a":\n${line('2')}`);
    expect(problems.map(({ place }) => place)).toEqual([{ offset: Buffer.byteLength(before), line: 3 }]);
  });

  it('of bytes that are no UTF-8 is told, and the object is read', async () => {
    const reading = await read(Buffer.from('{"a":"\xff"}', 'latin1'));
    expect(values(reading)).toEqual(['\ufffd']);
    expect(reading.problems).toMatchObject([{ code: 'encoding', isLoss: false }]);
  });

  it('of an object beyond the limit is skipped whole, with its size', async () => {
    for (const long of [
      line('y'.repeat(5000)),
      `{"a":[${'{"b":1},'.repeat(700)}0]}`,
      line('\\'.repeat(4000)),
    ]) {
      for (const separator of ['\n', ',']) {
        const reading = await read([line('1'), long, line('2')].join(separator), {}, SMALL);
        expect(values(reading)).toEqual(['1', '2']);
        expect(reading.problems).toMatchObject([
          { code: 'record-too-long', skippedBytes: long.length, isLoss: true },
        ]);
      }
    }
  });

  it('of a line of 64 MB and more costs that line alone', async () => {
    const long = line('y'.repeat(JSON_LIMITS.recordMaxBytes));
    const reading = await read(`${line('1')}\n${long}\n${line('2')}\n`);
    expect(values(reading).map((value) => value?.length)).toEqual([1, 1]);
    expect(reading.problems).toMatchObject([{ code: 'record-too-long', skippedBytes: long.length }]);
    const fitting = await read(line('y'.repeat(JSON_LIMITS.recordMaxBytes - 100)));
    expect(values(fitting).map((value) => value?.length)).toEqual([JSON_LIMITS.recordMaxBytes - 100]);
  });

  it('of deep nesting costs that object alone, however deep', async () => {
    const nested = (depth: number): string => `${'{"b":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect((await read(nested(DEPTH_MAX))).problems).toEqual([]);
    for (const depth of [DEPTH_MAX + 1, 100_000]) {
      for (const separator of ['\n', ',']) {
        const reading = await read([line('1'), nested(depth), line('2')].join(separator));
        expect(values(reading)).toEqual(['1', '2']);
        expect(reading.problems).toMatchObject([{ code: 'json-syntax', isLoss: true }]);
      }
    }
    // Never closed: a million openings, on lines and on one.
    for (const opening of ['{"b":[\n', '{"b":[', '[{"b":']) {
      const reading = await read(opening.repeat(1_000_000));
      expect(reading.records).toEqual([]);
    }
  });

  it('never makes more than a bounded number of problems of a block', async () => {
    const { problems } = await read('{"a"}\n'.repeat(20_000));
    expect(problems.length).toBeLessThan(1100);
    expect(problems.every((problem) => problem.isLoss)).toBe(true);
  });

  it('of any cut leaves every whole object before it, and of any change every line that it does not touch', async () => {
    const count = 12;
    const lines = Array.from({ length: count }, (_, index) => `${line(`é "${index}" {[\\`)}\n`);
    const expected = lines.map((text) => (JSON.parse(text) as { a: string }).a);
    const text = Buffer.from(lines.join(''));
    const ends = lines.map((_, index) => Buffer.byteLength(lines.slice(0, index + 1).join('')));
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), fc.boolean(), async (cut, isWide) => {
        const source = isWide ? utf16(text.toString(), false) : text;
        const units = isWide ? lines.map((_, index) => lines.slice(0, index + 1).join('').length * 2) : ends;
        const found = values(await read(source.subarray(0, cut)));
        const complete = expected.filter((_, index) => (units[index] ?? 0) <= cut);
        expect(found.slice(0, complete.length)).toEqual(complete);
      }),
      { numRuns: 200 },
    );
    const replacement = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', '\n', ':').map((part) => Buffer.from(part)),
    );
    await fc.assert(
      // The first two bytes tell the encoding: changed, they may make another text of it all.
      fc.asyncProperty(
        fc.integer({ min: 2, max: text.length }),
        fc.nat(60),
        replacement,
        async (from, length, bytes) => {
          const to = Math.min(from + length, text.length);
          const found = new Set(
            values(await read(Buffer.concat([text.subarray(0, from), bytes, text.subarray(to)]))),
          );
          for (let index = 0; index < count; index++) {
            const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
            const isTouched = (ends[index] ?? 0) >= from && start <= to;
            // The line after the change, too, may be taken for a part of what was changed.
            const isNext = start <= (ends.find((end) => end >= to) ?? text.length);
            if (!isTouched && !(start >= from && isNext)) expect(found).toContain(expected[index]);
          }
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe('blocks', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }).map(line),
    fc.json({ maxDepth: 3 }),
    fc.constantFrom(
      '\n',
      ',',
      '[',
      ']',
      'junk',
      '{"a":',
      '{"a":"',
      '"}',
      '}',
      '\n  {',
      '\ufeff',
      'Record 1\n',
      '\\',
    ),
  );
  const limits = fc.record({
    readBytes: fc.integer({ min: 2, max: 900 }).map((count) => count & ~1),
    blockBytes: fc.integer({ min: 1, max: 600 }).map((count) => count * 2),
    recordMaxBytes: fc.constant(1 << 20),
  });

  it('hold the same records wherever reads end, cover all bytes, and can be begun at', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 1, maxLength: 8 }),
        limits,
        fc.constantFrom('8', 'le', 'be'),
        async (parts, small, form) => {
          const text = `${line('0')}\n${parts.join('')}`;
          const bytes = form === '8' ? Buffer.from(text) : utf16(text, form === 'be');
          const reading = await read(bytes, {}, small);
          const otherwise = await read(bytes, {}, { ...small, readBytes: 4096 });
          expect(whole(reading.records)).toEqual(whole(otherwise.records));
          expect(reading.problems).toEqual(otherwise.problems);
          let next = 0;
          for (const block of reading.blocks) {
            expect(block.offset).toBe(next);
            next += block.lengthBytes;
          }
          expect(next).toBe(bytes.length);
          for (const { index, offset } of reading.blocks) {
            const rest = await read(bytes, { startOffset: offset, startIndex: index }, small);
            const expected = reading.blocks.slice(index);
            const summary = (blocks: Reading['blocks']) =>
              blocks.map((block) => [block.index, block.offset, block.lengthBytes, block.problems]);
            expect(summary(rest.blocks)).toEqual(summary(expected));
            expect(whole(rest.records)).toEqual(whole(expected.flatMap((block) => block.records)));
          }
        },
      ),
      {
        numRuns: 300,
        // An object that is broken right before the end of what is read at once.
        examples: [
          [
            ['\n  {', '{"a":""}', '\n', '{"a":""}'],
            { readBytes: 8, blockBytes: 14, recordMaxBytes: 1 << 20 },
            'be',
          ],
        ],
      },
    );
  });

  it('never fail, whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), limits, async (bytes, small) => {
        const { blocks } = await read(Buffer.from(bytes), {}, { ...small, recordMaxBytes: 50 });
        expect(blocks.reduce((sum, block) => sum + block.lengthBytes, 0)).toBe(bytes.length);
      }),
      { numRuns: 300 },
    );
  });

  it('can be left', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(read(line('1'), { signal: stop.signal })).rejects.toThrow('enough');
  });
});

describe('needles', () => {
  const needle = 'win32_scheduledjob';
  const path = '\\currentversion\\schedule/configuration x';
  const written = fc.constantFrom(
    '"WIN32_ScheduledJob"',
    '"win32_\\u0073cheduledjob"',
    '"x\\u0057in32_scheduledjob"',
    '"HKLM\\\\CurrentVersion\\\\Schedule\\/Configuration x"',
    '"HKLM\\u005cCurrentVersion\\\\Schedule/Configuration x"',
    '"<Event><a>win32_&#115;cheduledjob</a></Event>"',
    '"win32_<!-- -->scheduledjob"',
    '"win32_sched"',
    '"currentversion configuration x"',
    '"\\u000a\\u001b"',
    '"other ü"',
    '{"deep":["win32_scheduledjob"]}',
  );
  const limit = { ...JSON_LIMITS, blockBytes: 150 };

  it('leave out only objects without any of them, which count as when read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(written, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        fc.constantFrom('\n', '', ','),
        async (parts, isWide, separator) => {
          const text = parts
            .map((value, index) => `{"Channel":"c${index % 2}","a":${value}}`)
            .join(separator);
          const bytes = isWide ? utf16(text, false) : Buffer.from(text);
          const all = await read(bytes, {}, limit);
          const some = await read(bytes, { needles: [needle, path] }, limit);
          const isWanted = (record: EvidenceRecord) =>
            record.data.some(([, value]) => {
              const plain = value
                .replace(/&#115;/, 's')
                .replace('<!-- -->', '')
                .toLowerCase();
              return plain.includes(needle) || plain.includes(path);
            });
          const hits = ({ records }: Reading) => whole(records.filter(isWanted));
          expect(hits(some)).toEqual(hits(all));
          expect(some.blocks.map((block) => [block.recordCount, sorted(block.census())])).toEqual(
            all.blocks.map((block) => [block.recordCount, sorted(block.census())]),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('spare the parsing of an object without them, and of no other', async () => {
    const [block] = (await read(`${line('other \u0001')}\n${line(needle)}`, { needles: [needle] })).blocks;
    expect(block).toMatchObject({ isParsed: false, recordCount: 2 });
    expect(block?.records).toHaveLength(1);
    expect((await read(line('other'), { needles: [] })).blocks[0]?.isParsed).toBe(true);
    expect((await read(line('other'), { needles: ['"'] })).blocks[0]?.isParsed).toBe(true);
  });

  const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row, bigints)).sort();
  const bigints = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
});
