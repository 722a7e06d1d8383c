import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkBuilder, evtxFile, sealChunk, type TestValue } from './testing/chunk-builder.ts';
import { hasSharedData, plainRecord, readBlocks, sharedData } from './testing/read-all.ts';
import { ARRAY_FLAG, valueType } from './tokens.ts';

/** Record header, fragment header, header of the template instance. */
const DEFINITION_IN_RECORD = 24 + 4 + 10;

const string = (text: string): TestValue => [valueType.string, Buffer.from(text, 'utf16le')];

/** A chunk of events whose data is their number. */
function numberedChunk(count: number): ChunkBuilder {
  const chunk = new ChunkBuilder();
  for (let number = 0; number < count; number++)
    chunk.event(() => chunk.eventData(() => chunk.text(`${number}`)));
  return chunk;
}

async function read(bytes: Buffer, flags = 0) {
  const [block] = await readBlocks(evtxFile([bytes], flags));
  if (!block) throw new Error('no block');
  return { block, texts: block.records.flatMap((record) => record.data.map(([, text]) => text)) };
}

describe('a damaged chunk', () => {
  it('with wrong checksums is read, and says so', async () => {
    const bytes = numberedChunk(3).finish();
    bytes.writeUInt32LE(1, 52);
    const { block, texts } = await read(bytes);
    expect(texts).toEqual(['0', '1', '2']);
    expect(block.problems.map(({ code, isLoss }) => [code, isLoss])).toEqual([
      ['chunk-checksum', false],
      ['chunk-checksum', false],
    ]);
  });

  it('with an impossible end of data is read to the last record', async () => {
    const chunk = numberedChunk(3);
    const bytes = chunk.finish();
    bytes.writeUInt32LE(0xffff_ffff, 48);
    expect((await read(bytes)).texts).toEqual(['0', '1', '2']);
  });

  it.each([
    ['too small', 10],
    ['zero', 0],
    ['past the chunk', 0xffff_ff00],
    ['past the next records', 1200],
  ])('with a record size that is %s loses no record', async (_name, size) => {
    const chunk = numberedChunk(4);
    const bytes = chunk.finish();
    const [, second = 0] = chunk.records;
    bytes.writeUInt32LE(size, second + 4);
    const { block, texts } = await read(bytes);
    expect(texts).toEqual(['0', '1', '2', '3']);
    expect(block.problems).toContainEqual(
      expect.objectContaining({ code: 'record-header', place: { offset: 4096 + second }, isLoss: false }),
    );
  });

  it('with a destroyed record goes on at the next and reports what was skipped', async () => {
    const chunk = numberedChunk(4);
    const bytes = chunk.finish();
    const [, second = 0, third = 0] = chunk.records;
    bytes.fill(0, second, third);
    const { block, texts } = await read(bytes);
    expect(texts).toEqual(['0', '2', '3']);
    expect(block.problems).toContainEqual(
      expect.objectContaining({
        code: 'record-chain',
        place: { offset: 4096 + second },
        skippedBytes: third - second,
        isLoss: true,
      }),
    );
  });

  it('with damaged event data keeps the System values of the record', async () => {
    const chunk = new ChunkBuilder();
    const broken: TestValue = [
      valueType.binXml,
      Uint8Array.of(0x0f, 1, 1, 0, 0x0c, 1, 0, 0, 0, 0, 0xff, 0xff, 0, 0),
    ];
    chunk.event(() => chunk.substitution(0), [broken]);
    const { block } = await read(chunk.finish());
    expect(block.records[0]?.system.eventId).toBe(7);
    expect(block.records[0]?.data).toEqual([]);
    expect(block.problems).toMatchObject([{ code: 'record-content', isLoss: true }]);
  });

  it('with a damaged definition loses the records that use it, and no other', async () => {
    const chunk = numberedChunk(3);
    const bytes = chunk.finish();
    const [, second = 0] = chunk.records;
    // The first token after the header of the definition and that of its fragment.
    bytes[second + DEFINITION_IN_RECORD + 24 + 4] = 0x7e;
    const { block, texts } = await read(bytes);
    expect(texts).toEqual(['0', '2']);
    expect(block.problems).toContainEqual(
      expect.objectContaining({ code: 'record-content', place: { offset: 4096 + second }, isLoss: true }),
    );
  });

  it('that the end of the file cuts off is read as far as it goes', async () => {
    const chunk = numberedChunk(4);
    const file = evtxFile([chunk.finish()]);
    const [, , third = 0] = chunk.records;
    const cut = async (length: number) => {
      const [block] = await readBlocks(file.subarray(0, 4096 + length));
      return block;
    };
    const inRecord = await cut(third + 40);
    expect(inRecord?.records.flatMap((record) => record.data)).toEqual([
      ['', '0'],
      ['', '1'],
    ]);
    expect(inRecord?.problems).toContainEqual(
      expect.objectContaining({
        code: 'chunk-truncated',
        place: { offset: 4096 + third + 40 },
        isLoss: true,
      }),
    );
    const afterAll = await cut(chunk.position);
    expect(afterAll?.recordCount).toBe(4);
    expect(afterAll?.problems).toMatchObject([{ code: 'chunk-truncated', isLoss: false }]);
  });
});

describe('records after the claimed end of data', () => {
  const unclosed = () => {
    const chunk = numberedChunk(4);
    return { bytes: chunk.finish(chunk.records[2]), records: chunk.records };
  };

  it('count in a file that was not closed', async () => {
    expect((await read(unclosed().bytes, 1)).texts).toEqual(['0', '1', '2', '3']);
  });

  it('do not count in a chunk that is complete: they are what it held before', async () => {
    expect((await read(unclosed().bytes)).texts).toEqual(['0', '1']);
  });

  it('do not count when their numbers do not go on', async () => {
    const { bytes, records } = unclosed();
    const [, , third = 0] = records;
    bytes.writeBigUInt64LE(77n, third + 8);
    expect((await read(bytes, 1)).texts).toEqual(['0', '1']);
  });
});

describe('a hostile chunk cannot unfold to much', () => {
  it('by using one value again and again', async () => {
    const chunk = new ChunkBuilder();
    const repeat = () => {
      for (let use = 0; use < 2000; use++) chunk.substitution(0);
    };
    chunk.event(() => chunk.eventData(repeat), [string('x'.repeat(10_000))]);
    chunk.event(() => chunk.eventData(() => chunk.text('next')));
    const { block, texts } = await read(chunk.finish());
    expect(texts).toEqual(['next']);
    expect(block.problems).toMatchObject([{ code: 'record-content', isLoss: true }]);
  });

  it('by templates that use each other tenfold', async () => {
    const chunk = new ChunkBuilder();
    const definition = { offset: 0 };
    chunk.record(() => {
      definition.offset = chunk.instance(() =>
        chunk.element('E', () => {
          for (let index = 0; index < 10; index++) chunk.substitution(0);
        }),
      );
    });
    let value = string('boom');
    for (let level = 0; level < 20; level++) value = chunk.instanceValue(definition.offset, [value]);
    chunk.event(() => chunk.substitution(0), [value]);
    const { block } = await read(chunk.finish());
    expect(block.problems.filter((problem) => problem.message.includes('too'))).toHaveLength(1);
  });

  it('by a template that contains itself', async () => {
    const chunk = new ChunkBuilder();
    chunk.event(() => {
      const definition = chunk.records[0] ?? 0;
      chunk.element('EventData', () => chunk.instanceOf(definition + DEFINITION_IN_RECORD, []));
    });
    const { block } = await read(chunk.finish());
    expect(block.problems).toMatchObject([{ code: 'record-content', isLoss: true }]);
  });

  it('by a long array in an element with a long name', async () => {
    const chunk = new ChunkBuilder();
    chunk.event(() => {
      chunk.element('UserData', () => chunk.element('n'.repeat(1000), () => chunk.substitution(0)));
    }, [[valueType.uint8 | ARRAY_FLAG, new Uint8Array(50_000)]]);
    const { block } = await read(chunk.finish());
    expect(block.problems).toMatchObject([{ code: 'record-content', isLoss: true }]);
  });

  it('by elements nested without end', async () => {
    const chunk = new ChunkBuilder();
    const nest = (depth: number): void => {
      if (depth > 0) chunk.element('e', () => nest(depth - 1));
    };
    chunk.event(() => nest(500));
    const { block } = await read(chunk.finish());
    expect(block.records).toEqual([]);
    expect(block.problems).toMatchObject([{ code: 'record-content', isLoss: true }]);
  });
});

const SMALL_FILES = [
  'derived/sysmon-enableat.evtx',
  'evtx/sbousseaden/temp_scheduled_task_4698_4699.evtx',
  'evtx/evtx-to-mitre/ID2003-4950-Firewall disabled.evtx',
  'evtx/omer/MSExchange_Management_wec.evtx',
];

/** Damages a chunk in one of the ways that disks, copies and attackers do. */
const damage = fc.oneof(
  fc.record({
    kind: fc.constant('flip' as const),
    places: fc.array(fc.tuple(fc.nat(65_535), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    }),
  }),
  // Most of a small chunk is unused space, so flips are aimed at its records too.
  fc.record({
    kind: fc.constant('flip' as const),
    places: fc.array(fc.tuple(fc.integer({ min: 512, max: 4000 }), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    }),
  }),
  fc.record({ kind: fc.constant('zero' as const), start: fc.nat(8000), length: fc.nat(3000) }),
  fc.record({ kind: fc.constant('cut' as const), length: fc.nat(65_535) }),
);

function applyDamage(chunk: Buffer, change: typeof damage extends fc.Arbitrary<infer T> ? T : never): Buffer {
  const bytes = Buffer.from(chunk);
  if (change.kind === 'cut') return bytes.subarray(0, change.length);
  if (change.kind === 'zero') return bytes.fill(0, change.start, change.start + change.length);
  for (const [offset, mask] of change.places) bytes[offset] = (bytes[offset] ?? 0) ^ mask;
  return bytes;
}

describe.skipIf(!hasSharedData)('mutants of real logs', () => {
  const chunks = hasSharedData
    ? SMALL_FILES.map((file) =>
        readFileSync(new URL(encodeURI(file), sharedData)).subarray(4096, 4096 + 65_536),
      )
    : [];
  const asRead = (records: readonly Parameters<typeof plainRecord>[0][], base: number) =>
    records.map((record) => ({ ...(plainRecord(record) as object), offset: record.place.offset - base }));

  it('are read without an error, within bounds, and undamaged chunks give the same records', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 2, maxLength: 3 }),
        damage,
        fc.boolean(),
        async (order, change, isSealed) => {
          const good = order.slice(0, -1).map((index) => chunks[index] ?? Buffer.alloc(0));
          const victim = applyDamage(chunks[order.at(-1) ?? 0] ?? Buffer.alloc(0), change);
          // Whoever damages a log on purpose writes the checksums that fit.
          if (isSealed && victim.length === 65_536 && victim.readUInt32LE(48) <= 65_536) sealChunk(victim);
          const file = evtxFile([...good, victim], 1);
          const blocks = await readBlocks(file);
          for (const [index, chunk] of good.entries()) {
            const [alone] = await readBlocks(evtxFile([chunk], 1));
            expect(asRead(blocks[index]?.records ?? [], index * 65_536)).toEqual(
              asRead(alone?.records ?? [], 0),
            );
          }
          const damaged = blocks.slice(good.length).flatMap((block) => block.records);
          expect(JSON.stringify(damaged.map(plainRecord)).length).toBeLessThan(64 << 20);
          for (const block of await readBlocks(file, { needles: ['no such text'] })) block.census();
        },
      ),
      { numRuns: 200, seed: 20_240_305 },
    );
  });
});
