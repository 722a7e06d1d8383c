import type { Problem, ProblemCode } from '#lib/evidence/record.ts';
import { CHUNK_BYTES, CHUNK_HEADER_BYTES, type ChunkHeader } from './header.ts';
import { RECORD_HEADER_BYTES, RECORD_TRAILER_BYTES } from './layout.ts';

const RECORD_MAGIC = 0x00002a2a;
const RECORD_MAGIC_BYTES = Buffer.from('**\0\0', 'latin1');
const MIN_RECORD_BYTES = RECORD_HEADER_BYTES + RECORD_TRAILER_BYTES;
const NOT_FOUND = -1;
const NO_RECORD = 'No record stands where one should; reading went on at the next whole one, if any.';

const WRONG_SIZE = 'The size of this record does not fit what follows it.';
const NO_SIZE =
  'The size of this record is wrong, and nothing tells where it ends; records after it may be lost.';

/** The records of a chunk by where they start and end, in order. */
export type RecordChain = {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly problems: readonly Problem[];
};

/**
 * Walks the records of a chunk from header to header and believes no size that the bytes around it contradict. After a
 * break it goes on at the next record that is whole. Records that follow the claimed end of data count while the chain
 * goes on without a gap: a log that was copied while in use has them, and what a chunk held in an earlier life has not.
 */
export function walkRecords(
  bytes: Buffer,
  fileOffset: number,
  header: ChunkHeader,
  mayBeUnclosed: boolean,
): RecordChain {
  const starts: number[] = [];
  const ends: number[] = [];
  const problems: Problem[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const limit = Math.min(header.freeSpaceOffset ?? bytes.length, bytes.length);
  let at = CHUNK_HEADER_BYTES;
  /** Where the last record stands, or 0. */
  let last = 0;

  const report = (
    code: ProblemCode,
    offset: number,
    skippedBytes: number,
    message: string,
    isLoss: boolean,
  ) => {
    problems.push({ place: { offset: fileOffset + offset }, skippedBytes, code, message, isLoss });
  };

  while (at < limit) {
    if (isWhole(view, at) || isFollowed(view, at, limit)) {
      const end = at + view.getUint32(at + 4, true);
      starts.push(at);
      ends.push(end);
      last = at;
      at = end;
      continue;
    }
    const isHeader = at + MIN_RECORD_BYTES <= limit && view.getUint32(at, true) === RECORD_MAGIC;
    const found = findNext(bytes, view, at + 4, limit, isHeader ? recordId(view, at) + 1n : null);
    const next = found === NOT_FOUND ? limit : found;
    const isCutOff = bytes.length < CHUNK_BYTES && found === NOT_FOUND;
    if (isHeader && at + MIN_RECORD_BYTES <= next) {
      // A record whose size cannot be right: it ends at the latest where the next begins.
      const claimed = view.getUint32(at + 4, true);
      const end = claimed >= MIN_RECORD_BYTES ? Math.min(at + claimed, next) : next;
      starts.push(at);
      ends.push(end);
      last = at;
      if (!isCutOff) {
        // The last one of the chunk may hide others that nothing leads to, unless the copy of its size tells its end.
        const isEndKnown = found !== NOT_FOUND || end < next || sizeCopy(view, end) === end - at;
        report('record-header', at, 0, isEndKnown ? WRONG_SIZE : NO_SIZE, !isEndKnown);
        if (end < next) report('record-chain', end, next - end, NO_RECORD, true);
      }
    } else if (!isCutOff) {
      report('record-chain', at, next - at, NO_RECORD, true);
    }
    at = next;
  }

  if (bytes.length < CHUNK_BYTES) {
    const isLoss = header.freeSpaceOffset === null || header.freeSpaceOffset > bytes.length;
    const message = isLoss
      ? 'The file ends within this chunk; the rest of its records is missing.'
      : 'The file ends within this chunk, after its last record.';
    report('chunk-truncated', bytes.length, 0, message, isLoss);
  }
  if (mayBeUnclosed) {
    while (isWhole(view, at) && (last === 0 || recordId(view, at) === recordId(view, last) + 1n)) {
      const end = at + view.getUint32(at + 4, true);
      starts.push(at);
      ends.push(end);
      last = at;
      at = end;
    }
  }
  return { starts, ends, problems };
}

function recordId(view: DataView, at: number): bigint {
  return view.getBigUint64(at + 8, true);
}

/** A record header, a possible size, and the copy of the size at the end. */
function isWhole(view: DataView, at: number): boolean {
  const size = recordSize(view, at);
  return size > 0 && sizeCopy(view, at + size) === size;
}

/** The size that stands at the end of a record. */
function sizeCopy(view: DataView, end: number): number {
  return view.getUint32(end - RECORD_TRAILER_BYTES, true);
}

/** A record header and a possible size that leads to the next record, or to where the data ends. */
function isFollowed(view: DataView, at: number, limit: number): boolean {
  const size = recordSize(view, at);
  const next = at + size;
  return (
    size > 0 &&
    (next === limit || (next + 4 <= view.byteLength && view.getUint32(next, true) === RECORD_MAGIC))
  );
}

/** The size that a record's header claims, 0 when there is no header or the size is impossible. */
function recordSize(view: DataView, at: number): number {
  if (at + MIN_RECORD_BYTES > view.byteLength || view.getUint32(at, true) !== RECORD_MAGIC) return 0;
  const size = view.getUint32(at + 4, true);
  return size >= MIN_RECORD_BYTES && at + size <= view.byteLength ? size : 0;
}

/** The next record that is whole, or that has the number which is next although its size is wrong, too. */
function findNext(bytes: Buffer, view: DataView, from: number, limit: number, nextId: bigint | null): number {
  for (let at = bytes.indexOf(RECORD_MAGIC_BYTES, from); at >= 0 && at < limit; ) {
    const isNext = nextId !== null && at + MIN_RECORD_BYTES <= limit && recordId(view, at) === nextId;
    if (isNext || isWhole(view, at)) return at;
    at = bytes.indexOf(RECORD_MAGIC_BYTES, at + 1);
  }
  return NOT_FOUND;
}
