import { describe, expect, it } from 'vitest';
import type { Block } from '#lib/evidence/record.ts';
import { encoded } from '#lib/evidence/text/testing/read-blocks.ts';
import { checkReading, type ReaderCase, readOriginal } from './check-reading.ts';
import { type Mutant, mutate } from './mutate.ts';
import { Random } from './random.ts';
import { READER_CASES } from './reader-cases.ts';

const json = READER_CASES.json;
const BYTES = encoded('{"a":"1"}\n{"a":"2"}\n{"a":"3"}\n', '8');
const WHOLE: Mutant = { bytes: BYTES, pieces: [{ bytes: BYTES, at: 0 }] };

/** The JSON reader with a fault. */
function faulty(change: (block: Block) => Partial<Block>): ReaderCase {
  return {
    ...json,
    async *read(source, options, sizes) {
      for await (const block of json.read(source, options, sizes)) {
        yield { ...block, census: () => block.census(), ...change(block) };
      }
    },
  };
}

const problem = (offset: number, message = 'A problem.') =>
  ({ place: { offset }, skippedBytes: 0, code: 'json-syntax', message, isLoss: false }) as const;

describe('what is checked of a reader', () => {
  const check = async (reader: ReaderCase) => checkReading(reader, WHOLE, await readOriginal(json, BYTES));

  it('holds of a sound one', async () => {
    await check(json);
  });

  it.each<[string, (block: Block) => Partial<Block>, string]>([
    ['loses a record', ({ records }) => ({ records: records.slice(1) }), 'the records it counts'],
    [
      'loses a record and does not count it',
      ({ records, census }) => ({
        records: records.slice(1),
        recordCount: records.length - 1,
        census: () => census().map((row) => ({ ...row, count: row.count - 1 })),
      }),
      'is lost',
    ],
    ['counts what is not there', () => ({ census: () => [] }), 'census'],
    [
      'leaves out the end of the file',
      ({ lengthBytes }) => ({ lengthBytes: lengthBytes - 1 }),
      'end of the file',
    ],
    ['sees a problem after the end', () => ({ problems: [problem(1_000)] }), 'outside the file'],
    ['shows what stands in the evidence', () => ({ problems: [problem(0, 'a\u001b[31m')] }), 'shows text'],
    ['tells problems without end', () => ({ problems: Array(2_000).fill(problem(0)) }), 'without end'],
  ])('does not hold of one that %s', async (_, change, message) => {
    await expect(check(faulty(change))).rejects.toThrow(message);
  });

  it('does not hold of one that reads in circles, throws, or depends on how much it is given', async () => {
    const circles: ReaderCase = {
      ...json,
      async *read(source, options, sizes) {
        for (let round = 0; round < 1e9; round++) await source.read(new Uint8Array(8), 0, 8, 0);
        yield* json.read(source, options, sizes);
      },
    };
    await expect(check(circles)).rejects.toThrow('without end');
    const throwing = faulty(() => {
      throw new RangeError('a hole');
    });
    await expect(check(throwing)).rejects.toThrow('a hole');
    const greedy: ReaderCase = {
      ...json,
      async *read(source, options, sizes) {
        const head = new Uint8Array(4);
        const isShort = (await source.read(head, 0, 4, 0)) < 4;
        for await (const block of json.read(source, options, sizes)) {
          yield { ...block, problems: isShort ? [problem(0)] : [], census: () => block.census() };
        }
      },
    };
    await expect(check(greedy)).rejects.toThrow('in short reads');
  });
});

it('a mutant is what its pieces say, and the same for the same seed', () => {
  const original = Buffer.from(Array.from({ length: 300 }, (_, at) => at & 0xff));
  for (let seed = 0; seed < 500; seed++) {
    const { bytes, pieces } = mutate(original, [Buffer.from('foreign bytes')], new Random(seed));
    expect(Buffer.concat(pieces.map((piece) => piece.bytes))).toEqual(bytes);
    for (const { at, bytes: own } of pieces) {
      if (at !== null) expect(own).toEqual(original.subarray(at, at + own.length));
    }
    expect(mutate(original, [Buffer.from('foreign bytes')], new Random(seed)).bytes).toEqual(bytes);
  }
});
