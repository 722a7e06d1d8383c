import type { Block, CensusRow, Problem } from '#lib/evidence/record.ts';
import { takeCensus } from './census.ts';
import { Chunk } from './chunk.ts';
import { EvtxRecord, type EvtxSystemValues, readRecord } from './event-record.ts';
import { type ChunkHeader, type EvtxHeader, readChunkHeader } from './header.ts';
import type { Instance } from './instance.ts';
import { checkContent } from './limits.ts';
import type { NeedleTest } from './needles.ts';
import { surveyChunk } from './survey.ts';
import { BinXmlError, TooLargeError } from './tokens.ts';
import { type RecordChain, walkRecords } from './walk.ts';

/** Where a chunk stands. */
export type ChunkPlace = { readonly index: number; readonly offset: number };

/** Reads a chunk, whole or cut off by the end of the file; `bytes` begins with a chunk's magic and has its header. */
export function readChunkBlock(
  bytes: Buffer,
  place: ChunkPlace,
  file: EvtxHeader,
  mayMatch: NeedleTest | null,
): Block {
  return skipChunkBlock(bytes, place, file, mayMatch) ?? parseChunkBlock(bytes, place, file);
}

/** The block of a chunk that holds no literal; null when it has to be parsed. */
export function skipChunkBlock(
  bytes: Buffer,
  place: ChunkPlace,
  file: EvtxHeader,
  mayMatch: NeedleTest | null,
): Block | null {
  const chunk = new Chunk(bytes, place.offset);
  if (mayMatch === null || mayMatch(chunk)) return null;
  const { chain, problems } = walkChunk(bytes, place, file);
  const survey = surveyChunk(chunk, chain);
  if (survey === null) return null;
  if (survey.census) return skippedBlock(chunk, place, chain, problems, () => survey.census ?? []);
  const kept = keptChunk(bytes, place);
  return skippedBlock(kept, place, chain, problems, lazyCensus(kept, chain));
}

function parseChunkBlock(bytes: Buffer, place: ChunkPlace, file: EvtxHeader): Block {
  const { chain, problems } = walkChunk(bytes, place, file);
  return parseBlock(keptChunk(bytes, place), place, chain, problems);
}

function walkChunk(bytes: Buffer, place: ChunkPlace, file: EvtxHeader) {
  const header = readChunkHeader(bytes);
  const mayBeUnclosed = file.isDirty || !header.isDataIntact;
  const chain = walkRecords(bytes, place.offset, header, mayBeUnclosed);
  const problems = [...checksumNotes(header, file, place.offset, bytes.length), ...chain.problems];
  return { chain, problems };
}

/** What is read later must not need the buffer, which the file's next chunks are read into. */
function keptChunk(bytes: Buffer, place: ChunkPlace): Chunk {
  return new Chunk(Buffer.from(bytes), place.offset);
}

function checksumNotes(header: ChunkHeader, file: EvtxHeader, offset: number, length: number): Problem[] {
  const notes: Problem[] = [];
  const note = (code: 'chunk-header' | 'chunk-checksum', message: string) => {
    notes.push({ place: { offset }, skippedBytes: 0, code, message, isLoss: false });
  };
  if (header.freeSpaceOffset === null)
    note('chunk-header', 'The chunk header says an impossible end of data.');
  if (!file.hasChecksums) return notes;
  if (!header.isHeaderIntact) note('chunk-checksum', 'The checksum of the chunk header is wrong.');
  const isComplete = header.freeSpaceOffset !== null && header.freeSpaceOffset <= length;
  if (isComplete && !header.isDataIntact) note('chunk-checksum', 'The checksum of the records is wrong.');
  return notes;
}

function parseBlock(chunk: Chunk, place: ChunkPlace, chain: RecordChain, problems: Problem[]): Block {
  const records: EvtxRecord[] = [];
  const systems: EvtxSystemValues[] = [];
  for (let index = 0; index < chain.starts.length; index++) {
    const start = chain.starts[index] ?? 0;
    const end = chain.ends[index] ?? 0;
    const offset = chunk.fileOffset + start;
    const report = (message: string) => {
      problems.push({
        place: { offset },
        skippedBytes: end - start,
        code: 'record-content',
        message,
        isLoss: true,
      });
    };
    const record = tryReadRecord(chunk, start, end);
    if (record instanceof BinXmlError) {
      report(`The record cannot be read: ${record.message}.`);
      continue;
    }
    const refusal = findRefusal(record.instance);
    if (refusal instanceof TooLargeError) {
      report(`The record cannot be read: ${refusal.message}.`);
      continue;
    }
    if (refusal) report(`The data of the event cannot be read, only its System values: ${refusal.message}.`);
    systems.push(record.system);
    records.push(new EvtxRecord(record.instance, record.system, offset, !refusal));
  }
  problems.sort((a, b) => a.place.offset - b.place.offset);
  return {
    ...place,
    lengthBytes: chunk.length,
    records,
    recordCount: records.length,
    isParsed: true,
    problems,
    census: () => takeCensus(systems),
  };
}

function skippedBlock(
  chunk: Chunk,
  place: ChunkPlace,
  chain: RecordChain,
  problems: readonly Problem[],
  census: Block['census'],
): Block {
  const recordCount = chain.starts.length;
  return { ...place, lengthBytes: chunk.length, records: [], recordCount, isParsed: false, problems, census };
}

/** Of records that are not as Windows writes them: each is read when the census is asked for. */
function lazyCensus(chunk: Chunk, chain: RecordChain): Block['census'] {
  let rows: readonly CensusRow[] | null = null;
  return () => {
    rows ??= takeCensus(
      chain.starts.flatMap((start, index) => {
        const record = tryReadRecord(chunk, start, chain.ends[index] ?? 0);
        return record instanceof BinXmlError ? [] : record.system;
      }),
    );
    return rows;
  };
}

function tryReadRecord(
  chunk: Chunk,
  start: number,
  end: number,
): ReturnType<typeof readRecord> | BinXmlError {
  try {
    return readRecord(chunk, start, end);
  } catch (error) {
    return asDamage(error);
  }
}

/** What keeps the content of the record from being unfolded, null when nothing does. */
function findRefusal(instance: Instance): BinXmlError | null {
  try {
    checkContent(instance);
    return null;
  } catch (error) {
    return asDamage(error);
  }
}

/** Damaged bytes show as these errors; any other is a mistake of the reader. */
function asDamage(error: unknown): BinXmlError {
  if (error instanceof BinXmlError) return error;
  if (error instanceof RangeError) return new BinXmlError('an offset points outside the chunk');
  throw error;
}
