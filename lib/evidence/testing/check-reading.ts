import assert from 'node:assert/strict';
import type { Block, ByteSource, EvidenceRecord, Problem, ReadOptions } from '#lib/evidence/record.ts';
import { censusOf } from '#lib/evidence/text/testing/read-blocks.ts';
import type { Mutant } from './mutate.ts';

/**
 * What must hold of a reader, whatever the bytes are. Every assertion throws with a sentence; nothing here knows a form,
 * but for what `ReaderCase` says of it.
 */

export type Read = (source: ByteSource, options: ReadOptions, sizes: Sizes) => AsyncIterable<Block>;

/** How much is read at once, and in a block; readers whose form has blocks of its own have no use for it. */
export type Sizes = { readonly readBytes: number; readonly blockBytes: number };

export type ReaderCase = {
  readonly read: Read;
  /** Where the first block begins at the latest: the readers of logs leave out the header of the file. */
  readonly firstBlockOffset: number;
  /**
   * The stretch of the original that must be untouched for the record at `start` to be read as before; null when nothing is
   * promised of it. Where the form can be picked up again, it reaches from the record before to the one after.
   */
  readonly neededFor: (record: Extent, original: Buffer) => Extent | null;
  /** Whether a stretch can be read at its new place in the mutant. */
  readonly isReadableAt: (place: Moved, mutant: Mutant, original: Buffer) => boolean;
};

/** Where a stretch stood in the original, and stands in the mutant. */
export type Moved = { readonly from: number; readonly to: number };

export type Extent = { readonly start: number; readonly end: number };

type Reading = {
  readonly blocks: readonly Block[];
  readonly records: readonly EvidenceRecord[];
  readonly problems: readonly Problem[];
};

/** A reader that goes round in circles asks for the same bytes again and again. */
const READS_OF_EACH_BYTE = 40;
const SLACK_BYTES = 16 * 1024 * 1024;
/** Small input must not become large output. */
const OUTPUT_MAX = 64 * 1024 * 1024;
const PROBLEMS_OF_A_BLOCK_MAX = 1_100;
/** A pipe or a network file gives less than it was asked for. */
const SHORT_READ_BYTES = 1_009;
const USUAL: Sizes = { readBytes: 1024 * 1024, blockBytes: 1024 * 1024 };
const SMALL: Sizes = { readBytes: 4_096, blockBytes: 2_048 };
const SMALLEST_READS: Sizes = { ...SMALL, readBytes: 62 };
/** A needle that is nowhere, and one that is in many records. */
const NEEDLES = [['no such text'], ['schedule']] as const;

/** Reads a mutant in every way and checks all that must hold. Throws AssertionError, or what the reader throws. */
export async function checkReading(reader: ReaderCase, mutant: Mutant, original: Original): Promise<void> {
  const { bytes } = mutant;
  const whole = await gather(reader.read(countingSource(bytes), {}, USUAL), bytes);
  checkBlocks(whole, bytes.length, reader.firstBlockOffset);
  checkSurvivors(reader, whole, mutant, original);
  const small = await gather(reader.read(countingSource(bytes), {}, SMALL), bytes);
  checkBlocks(small, bytes.length, reader.firstBlockOffset);
  assert.deepEqual(small.records.map(placed), whole.records.map(placed), 'other records in smaller blocks');
  const slow = await gather(reader.read(countingSource(bytes, SHORT_READ_BYTES), {}, SMALLEST_READS), bytes);
  checkSame('in short reads', small, slow);
  await checkResuming(reader, small, bytes);
  for (const needles of NEEDLES) await checkSkipping(reader, small, bytes, needles);
}

export type Original = { readonly bytes: Buffer; readonly parts: readonly Part[] };
/** A record of the original: where it stands, and what it says. */
type Part = Extent & { readonly text: string };

/** Reads an undamaged file, to know what must be left of it. */
export async function readOriginal(reader: ReaderCase, bytes: Buffer): Promise<Original> {
  const { records } = await gather(reader.read(countingSource(bytes), {}, USUAL), bytes);
  const parts = records.map((record, index) => ({
    start: record.place.offset,
    end: records[index + 1]?.place.offset ?? bytes.length,
    text: textOf(record),
  }));
  return { bytes, parts };
}

async function gather(blocks: AsyncIterable<Block>, bytes: Buffer): Promise<Reading> {
  const read: Block[] = [];
  for await (const block of blocks) {
    read.push(block);
    assert(read.length <= bytes.length + 2, 'it gives more blocks than the file has bytes');
  }
  return {
    blocks: read,
    records: read.flatMap((block) => block.records),
    problems: read.flatMap((block) => block.problems),
  };
}

/** @param most how many bytes it gives at once */
function countingSource(bytes: Buffer, most = Number.POSITIVE_INFINITY): ByteSource {
  let total = 0;
  return {
    sizeBytes: bytes.length,
    read(target, targetOffset, length, offset) {
      const part = bytes.subarray(
        offset,
        offset + Math.min(length, offset === 0 ? most / SHORT_READ_BYTES : most),
      );
      target.set(part, targetOffset);
      total += part.length;
      assert(total <= bytes.length * READS_OF_EACH_BYTE + SLACK_BYTES, 'it reads the file without end');
      return Promise.resolve(part.length);
    },
  };
}

function checkBlocks({ blocks, records, problems }: Reading, size: number, firstOffset: number): void {
  let end = blocks[0]?.offset ?? 0;
  assert(end <= firstOffset, `the first block begins at ${end}`);
  let textLength = 0;
  for (const [index, block] of blocks.entries()) {
    assert.equal(block.index, index + (blocks[0]?.index ?? 0), 'blocks are not counted one by one');
    assert.equal(block.offset, end, `block ${index} does not begin where the one before ends`);
    end += block.lengthBytes;
    assert.equal(
      block.recordCount,
      block.records.length,
      `block ${index} does not have the records it counts`,
    );
    assert.equal(countOf(block), block.recordCount, `the census of block ${index} counts other records`);
    assert(block.problems.length <= PROBLEMS_OF_A_BLOCK_MAX, `block ${index} has problems without end`);
    for (const record of block.records) {
      assert(isInside(record.place.offset, block.offset, end), 'a record is not in its block');
      assert((record.place.line ?? 1) >= 1, 'a line is not counted from 1');
      textLength += textOf(record).length;
    }
  }
  if (blocks.length > 0) assert.equal(end, size, 'the blocks do not reach to the end of the file');
  for (const { place, skippedBytes, message } of problems) {
    assert(place.offset >= 0 && place.offset <= size, `a problem is at ${place.offset}, outside the file`);
    assert(skippedBytes >= 0 && place.offset + skippedBytes <= size, 'a problem skips more than there is');
    assert.match(message, /^[\x20-\x7e\u2026]+$/, 'a problem shows text of the evidence');
  }
  assert(records.length <= size, 'there are more records than bytes');
  assert(textLength <= OUTPUT_MAX, `${size} bytes have become ${textLength}`);
}

const isInside = (offset: number, start: number, end: number): boolean => offset >= start && offset < end;

function checkSurvivors(reader: ReaderCase, { records }: Reading, mutant: Mutant, original: Original): void {
  const found = new Set(records.map(textOf));
  for (const part of original.parts) {
    const needed = reader.neededFor(part, original.bytes);
    if (needed && isIntact(reader, needed, mutant, original.bytes)) {
      assert(found.has(part.text), `the undamaged record at ${part.start} of the original is lost`);
    }
  }
}

function isIntact(
  { isReadableAt }: ReaderCase,
  { start, end }: Extent,
  mutant: Mutant,
  original: Buffer,
): boolean {
  let offset = 0;
  for (const { at, bytes: own } of mutant.pieces) {
    const isHere = at !== null && at <= start && at + own.length >= end;
    const to = offset + start - (at ?? 0);
    // What stood at an end of the file has nothing there that would keep it apart from others.
    const isApart =
      (start > 0 || to === 0) && (end < original.length || to + end - start === mutant.bytes.length);
    if (isHere && isApart && isReadableAt({ from: start, to }, mutant, original)) return true;
    offset += own.length;
  }
  return false;
}

function checkSame(how: string, expected: Reading, found: Reading): void {
  assert.deepEqual(found.records.map(placed), expected.records.map(placed), `other records ${how}`);
  assert.deepEqual(found.problems, expected.problems, `other problems ${how}`);
}

/** Another worker begins at a block that it did not read the beginning of. */
async function checkResuming({ read }: ReaderCase, whole: Reading, bytes: Buffer): Promise<void> {
  const middle = whole.blocks[whole.blocks.length >> 1];
  if (!middle || middle.index === 0) return;
  const options = { startOffset: middle.offset, startIndex: middle.index };
  const rest = await gather(read(countingSource(bytes), options, SMALL), bytes);
  const blocks = whole.blocks.slice(whole.blocks.indexOf(middle));
  checkSame(`from block ${middle.index} on`, { ...whole, ...joined(blocks) }, rest);
}

function joined(blocks: readonly Block[]): Pick<Reading, 'records' | 'problems'> {
  return {
    records: blocks.flatMap((block) => block.records),
    problems: blocks.flatMap((block) => block.problems),
  };
}

/** Leaving out what cannot match changes neither counts nor what does match. */
async function checkSkipping(
  { read }: ReaderCase,
  whole: Reading,
  bytes: Buffer,
  needles: readonly string[],
): Promise<void> {
  const some = await gather(read(countingSource(bytes), { needles }, SMALL), bytes);
  assert.equal(some.blocks.length, whole.blocks.length, 'other blocks when blocks are left out');
  for (const [index, block] of whole.blocks.entries()) {
    const skipped = some.blocks[index];
    assert(skipped && skipped.offset === block.offset, `block ${index} is another when blocks are left out`);
    // What is wrong inside a record shows only when it is parsed.
    const isSound = block.problems.every(({ isLoss }) => !isLoss);
    const isCounted = isSound
      ? skipped.recordCount === block.recordCount
      : skipped.recordCount >= block.recordCount;
    assert(
      isCounted,
      `block ${index} counts ${skipped.recordCount}, not ${block.recordCount}, when left out`,
    );
    if (isSound)
      assert.deepEqual(censusOf(skipped), censusOf(block), `another census of block ${index} when left out`);
    else assert(countOf(skipped) >= countOf(block), `the census of block ${index} counts less when left out`);
  }
  const hits = ({ records }: Reading) =>
    records
      .filter(({ data }) =>
        data.some(([, value]) => needles.some((needle) => value.toLowerCase().includes(needle))),
      )
      .map(placed);
  assert.deepEqual(hits(some), hits(whole), `records with ${needles.join(' or ')} are left out`);
}

const countOf = (block: Block): number => block.census().reduce((sum, { count }) => sum + count, 0);

function placed(record: EvidenceRecord): object {
  return { text: textOf(record), ...record.place };
}

/** All that a record says, without where it stands. */
function textOf({ form, timeTicks, system, data, userDataXml }: EvidenceRecord): string {
  return JSON.stringify([form, String(timeTicks), system, data, userDataXml]);
}
