import { type Extent, emptyBlock } from '#lib/evidence/blocks.ts';
import type { Block, ByteSource, Problem, ReadOptions } from '#lib/evidence/record.ts';
import { type ChunkPlace, readChunkBlock, skipChunkBlock } from './block.ts';
import {
  CHUNK_BYTES,
  CHUNK_HEADER_BYTES,
  type EvtxHeader,
  FILE_HEADER_BYTES,
  isChunk,
  readEvtxHeader,
} from './header.ts';
import { createNeedleTest, type NeedleTest } from './needles.ts';

export { isEvtx, readEvtxHeader } from './header.ts';

/** Chunks read at once: 1 MiB keeps a disk busy and is little to hold. */
const BATCH_CHUNKS = 16;
/** The header counts chunks with 16 bits. */
const MAX_COUNTED_CHUNKS = 0xffff;
const EMPTY_CHUNK = Buffer.alloc(CHUNK_BYTES);

/**
 * Reads a Windows event log file ([MS-EVEN6], libyal's EVTX documentation), one block a chunk of 64 KiB. Every chunk up
 * to the end of the file is looked at, whatever the header counts, and no length, offset or checksum is trusted: damage
 * becomes a problem with its byte offset and reading goes on. Memory does not grow with the file.
 *
 * Throws what the source throws, and the signal's reason when aborted.
 */
export async function* readEvtx(source: ByteSource, options: ReadOptions = {}): AsyncGenerator<Block> {
  const header = await readHeader(source);
  const mayMatch = createNeedleTest(options.needles);
  const startOffset = options.startOffset ?? 0;
  const offset = Math.max(startOffset, header.firstChunkOffset);
  const index = options.startIndex ?? Math.floor((offset - header.firstChunkOffset) / CHUNK_BYTES);
  const place = { index, offset };
  const extent = { ...place, end: source.sizeBytes };
  const read = (bytes: Buffer, at: ChunkPlace) => readBlock(bytes, at, header, mayMatch);
  yield* wholeFile(
    source,
    header,
    place,
    startOffset === 0,
    readChunks(source, extent, read, options.signal),
  );
}

export async function readHeader(source: ByteSource): Promise<EvtxHeader> {
  return readEvtxHeader(await readFully(source, 0, Buffer.alloc(FILE_HEADER_BYTES)));
}

/** Of the chunks that begin in an extent, what `read` makes of each; fewer when the source got shorter. */
export async function* readChunks<Read>(
  source: ByteSource,
  { index: firstIndex, offset: firstOffset, end }: Extent,
  read: (bytes: Buffer, place: ChunkPlace) => Read,
  signal?: AbortSignal,
): AsyncGenerator<Read> {
  let offset = firstOffset;
  let index = firstIndex;
  // Two buffers in turn: blocks that were yielded need neither. New ones for each read cost a tenth of the time.
  let buffers = [newBuffer(end - offset), newBuffer(end - offset)] as const;
  let next = readAhead(source, offset, end, buffers[0]);
  while (offset < end) {
    signal?.throwIfAborted();
    const batch = await next;
    if (batch.length === 0) break;
    buffers = [buffers[1], buffers[0]];
    next = readAhead(source, offset + batch.length, end, buffers[0]);
    for (let at = 0; at < batch.length; at += CHUNK_BYTES) {
      signal?.throwIfAborted();
      const bytes = batch.subarray(at, at + CHUNK_BYTES);
      yield read(bytes, { index, offset });
      offset += bytes.length;
      index++;
    }
  }
}

/** The blocks of a file from a place on, with what its header and its end say. */
export async function* wholeFile(
  source: ByteSource,
  header: EvtxHeader,
  { index: firstIndex, offset: firstOffset }: ChunkPlace,
  isFromStart: boolean,
  blocks: AsyncIterable<Block>,
): AsyncGenerator<Block> {
  let offset = firstOffset;
  let index = firstIndex;
  // The header belongs to whoever reads the first block.
  let pending: readonly Problem[] = isFromStart ? header.problems : [];
  let hasYielded = false;
  for await (const block of blocks) {
    const isLast = offset + block.lengthBytes >= source.sizeBytes;
    const after = isLast ? missingChunks(header, source.sizeBytes) : [];
    yield withProblems(block, pending, after);
    hasYielded = true;
    pending = [];
    offset += block.lengthBytes;
    index = block.index + 1;
  }
  if (offset < source.sizeBytes) {
    const problem = truncated(
      offset,
      'The evidence ended before its size: it got shorter while it was read.',
    );
    yield emptyBlock({ index, offset, end: source.sizeBytes }, [...pending, problem]);
  } else if (!hasYielded && isFromStart) {
    const problems = [...pending, ...missingChunks(header, source.sizeBytes)];
    if (problems.length > 0) yield emptyBlock({ index, offset: 0, end: source.sizeBytes }, problems);
  }
}

/** Reads 64 KiB, or what there is of them. */
export function readBlock(
  bytes: Buffer,
  place: ChunkPlace,
  header: EvtxHeader,
  mayMatch: NeedleTest | null,
): Block {
  return isReadableChunk(bytes)
    ? readChunkBlock(bytes, place, header, mayMatch)
    : unreadableBlock(bytes, place, header);
}

/** As readBlock; null when the records have to be read. */
export function skipBlock(
  bytes: Buffer,
  place: ChunkPlace,
  header: EvtxHeader,
  mayMatch: NeedleTest | null,
): Block | null {
  return isReadableChunk(bytes)
    ? skipChunkBlock(bytes, place, header, mayMatch)
    : unreadableBlock(bytes, place, header);
}

function isReadableChunk(bytes: Buffer): boolean {
  return isChunk(bytes, 0) && bytes.length >= CHUNK_HEADER_BYTES;
}

function unreadableBlock(bytes: Buffer, place: ChunkPlace, header: EvtxHeader): Block {
  const problem = describeUnreadable(bytes, place, header);
  return emptyBlock({ ...place, end: place.offset + bytes.length }, problem ? [problem] : []);
}

/** What is wrong with 64 KiB that are no chunk, null when they are space that the log has not used yet. */
function describeUnreadable(bytes: Buffer, place: ChunkPlace, header: EvtxHeader): Problem | null {
  const isZero = bytes.equals(EMPTY_CHUNK.subarray(0, bytes.length));
  if (isZero && place.index >= (header.chunkCount ?? 0)) return null;
  const isCut = bytes.length < CHUNK_HEADER_BYTES;
  let message = 'These 64 KiB do not begin as a chunk does; they were passed over.';
  if (isZero) message = 'The header counts a chunk here, but there are only zeros.';
  if (isCut) message = 'The file ends within the header of a chunk.';
  return {
    place: { offset: place.offset },
    skippedBytes: bytes.length,
    code: isCut ? 'truncated' : 'chunk-header',
    message,
    isLoss: true,
  };
}

/** A file that is shorter than its header says was cut off; of a dirty one the header is no witness. */
function missingChunks(header: EvtxHeader, sizeBytes: number): Problem[] {
  const claimed = header.chunkCount ?? 0;
  const present = Math.ceil(Math.max(0, sizeBytes - FILE_HEADER_BYTES) / CHUNK_BYTES);
  if (claimed <= present || present > MAX_COUNTED_CHUNKS) return [];
  const missing = claimed - present;
  const message = `The file ends too early: ${missing} of the ${claimed} chunks that its header counts ${missing === 1 ? 'is' : 'are'} missing.`;
  return [truncated(sizeBytes, message)];
}

function truncated(offset: number, message: string): Problem {
  return { place: { offset }, skippedBytes: 0, code: 'truncated', message, isLoss: true };
}

function withProblems(block: Block, before: readonly Problem[], after: readonly Problem[]): Block {
  if (before.length === 0 && after.length === 0) return block;
  return {
    index: block.index,
    offset: block.offset,
    lengthBytes: block.lengthBytes,
    records: block.records,
    recordCount: block.recordCount,
    isParsed: block.isParsed,
    problems: [...before, ...block.problems, ...after],
    census: () => block.census(),
  };
}

function newBuffer(sizeBytes: number): Buffer {
  return Buffer.allocUnsafeSlow(Math.max(0, Math.min(CHUNK_BYTES * BATCH_CHUNKS, sizeBytes)));
}

function readAhead(source: ByteSource, offset: number, end: number, buffer: Buffer): Promise<Buffer> {
  const batch = readFully(source, offset, buffer.subarray(0, Math.max(0, end - offset)));
  // It may fail while nobody waits for it yet (or any more); whoever awaits it still sees the error.
  batch.catch(() => {});
  return batch;
}

/** The bytes at `offset`, fewer than the buffer holds only at the end of the source. */
async function readFully(source: ByteSource, offset: number, buffer: Buffer): Promise<Buffer> {
  const wanted = Math.max(0, Math.min(buffer.length, source.sizeBytes - offset));
  let filled = 0;
  while (filled < wanted) {
    const count = await source.read(buffer, filled, wanted - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
