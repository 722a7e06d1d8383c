import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkBuilder, evtxFile, sealChunk, type TestValue } from './testing/chunk-builder.ts';
import { hasSharedData, readBlocks, sharedData } from './testing/read-all.ts';
import { valueType } from './tokens.ts';

const FILES = [
  'derived/sysmon-enableat.evtx',
  'evtx/omer/sysmon.evtx',
  'evtx/sbousseaden/temp_scheduled_task_4698_4699.evtx',
  'evtx/omer/MSExchange_Management_wec.evtx',
];

/** The census of the only chunk, left unparsed (when it can be) and parsed; null when the parser refused a record for its size. */
async function bothWays(chunk: Buffer) {
  const file = evtxFile([chunk]);
  const [skipped] = await readBlocks(file, { needles: ['no such text'] });
  const [parsed] = await readBlocks(file);
  if (!skipped || !parsed) return null;
  // A skipped record is not unfolded, so that one too large still counts.
  if (parsed.problems.some(({ message }) => /unfolds|refers to itself/.test(message))) return null;
  return { isSkipped: !skipped.isParsed, skipped: skipped.census(), parsed: parsed.census() };
}

const uint16 = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8]);
const filetime = (ticks: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(ticks);
  return bytes;
};
const text = (value: string): Buffer => Buffer.from(value, 'utf16le');

describe('the census of a chunk that is left unparsed', () => {
  /** Two definitions whose System values come from the records. */
  function chunkOf(
    records: readonly {
      readonly definition: number;
      readonly id: number;
      readonly time: bigint;
      readonly channel: string;
    }[],
  ): Buffer {
    const chunk = new ChunkBuilder();
    const known: (number | undefined)[] = [];
    for (const { definition, id, time, channel } of records) {
      const channelValue: TestValue =
        channel === '' ? [valueType.null, Buffer.alloc(0)] : [valueType.string, text(channel)];
      const values: readonly TestValue[] = [
        [valueType.uint16, uint16(id)],
        [valueType.filetime, filetime(time)],
        channelValue,
      ];
      chunk.record(() =>
        chunk.fragment(() => {
          const offset = known[definition];
          if (offset !== undefined) {
            chunk.instanceOf(offset, values);
            return;
          }
          known[definition] = chunk.instance(() => {
            chunk.element('Event', () =>
              chunk.system({
                eventId: () => chunk.substitution(0),
                time: () => chunk.substitution(1, true),
                channel: () => chunk.substitution(2, true),
              }),
            );
          }, values);
        }),
      );
    }
    return chunk.finish();
  }

  it('is that of its parsed records, whatever kinds and times they have', async () => {
    const record = fc.record({
      definition: fc.integer({ min: 0, max: 1 }),
      id: fc.constantFrom(1, 2, 0xffff),
      time: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
      channel: fc.constantFrom('A', 'B', 'Security', 'Securitz', ''),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 30 }), async (records) => {
        const both = await bothWays(chunkOf(records));
        expect(both?.isSkipped).toBe(true);
        expect(both?.skipped).toEqual(both?.parsed);
      }),
      { numRuns: 200 },
    );
  });

  it.skipIf(!hasSharedData)(
    'is that of its parsed records in mutants of real chunks',
    async () => {
      const chunks = FILES.map((file) =>
        readFileSync(new URL(encodeURI(file), sharedData)).subarray(4096, 4096 + 65_536),
      );
      const change = fc.tuple(
        // Most definitions stand near the start.
        fc.oneof(fc.integer({ min: 512, max: 4096 }), fc.integer({ min: 512, max: 65_535 })),
        fc.oneof(fc.integer({ min: 0, max: 0x21 }), fc.integer({ min: 0, max: 255 })),
      );
      let skippedTotal = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...chunks),
          fc.array(change, { maxLength: 3 }),
          async (chunk, changes) => {
            const mutant = Buffer.from(chunk);
            for (const [offset, byte] of changes) mutant[offset] = byte;
            const both = await bothWays(sealChunk(mutant));
            if (both === null) return;
            skippedTotal += +both.isSkipped;
            expect(both.skipped).toEqual(both.parsed);
          },
        ),
        { numRuns: 300 },
      );
      expect(skippedTotal).toBeGreaterThan(100);
    },
    30_000,
  );
});
