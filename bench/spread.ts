import { crc32 } from 'node:zlib';
import { readEvidence } from '#lib/evidence/read.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { CHUNK_BYTES, fileHeader, HEADER_BYTES, realChunks } from './evidence.ts';

const CHUNK_HEADER_BYTES = 512;
/** From 1601, where FILETIME begins, to 1970, in 100 ns. */
const FILETIME_EPOCH_TICKS = 116_444_736_000_000_000n;

/** Times of the records of a chunk lie evenly in its step, from `startTicks` (100 ns since 1970 UTC) on. */
export type Spread = { readonly startTicks: bigint; readonly stepTicks: bigint };

/** 48 s a chunk: 9 days a gigabyte, which is a busy log. */
export const SPREAD: Spread = { startTicks: 17_000_000_000_000_000n, stepTicks: 480_000_000n };

/** Offsets in a chunk of each record's times and numbers, in the order of the records. */
type Template = {
  readonly bytes: Buffer;
  readonly records: readonly { readonly times: readonly number[]; readonly numbers: readonly number[] }[];
};

/**
 * One large event log, piece by piece, from the real chunks of the files, repeated until it has the size: each time with
 * new times and record numbers, so that no two events are the same and they lie over a long time, as in a log that was
 * written for months.
 */
export async function* spreadEvtx(
  files: readonly string[],
  sizeBytes: number,
  { startTicks, stepTicks }: Spread,
): AsyncGenerator<Buffer> {
  const templates = await templatesOf(await realChunks(files));
  if (templates.length === 0) throw new Error('no EVTX chunks to make a benchmark file of');
  const chunkCount = Math.max(1, Math.round(sizeBytes / CHUNK_BYTES));
  yield fileHeader(chunkCount);
  let nextNumber = 1n;
  for (let index = 0; index < chunkCount; index += 1) {
    const template = templates[index % templates.length];
    if (!template) continue;
    yield stamp(template, startTicks + stepTicks * BigInt(index), stepTicks, nextNumber);
    nextNumber += BigInt(template.records.length);
  }
}

/** Only chunks whose every time and number can be written anew and is then read so. */
async function templatesOf(chunks: readonly Buffer[]): Promise<Template[]> {
  const templates: Template[] = [];
  for (const bytes of chunks) {
    const records = await recordsOf(bytes);
    const template = { bytes, records: records.map((record) => placesOf(bytes, record)) };
    const firstTicks = 16_000_000_000_000_000n;
    const again = await recordsOf(stamp(template, firstTicks, BigInt(records.length), 1n << 40n));
    const isNew = again.every(
      (record, index) =>
        record.timeTicks === firstTicks + BigInt(index) &&
        record.system.recordId === String((1n << 40n) + BigInt(index)),
    );
    if (isNew && again.length === records.length) templates.push(template);
  }
  return templates;
}

async function recordsOf(chunk: Buffer): Promise<readonly EvidenceRecord[]> {
  const { blocks } = await readEvidence(fromBuffer(Buffer.concat([fileHeader(1), chunk])), {});
  for await (const { records } of blocks) return records;
  return [];
}

/** Where the values of the record's header stand in it and again in its content. */
function placesOf(chunk: Buffer, { place, timeTicks, system }: EvidenceRecord): Template['records'][number] {
  const start = place.offset - HEADER_BYTES;
  const record = chunk.subarray(start, start + chunk.readUInt32LE(start + 4));
  const number = BigInt(system.recordId ?? 0);
  const found = (value: bigint): number[] => findAll(record, value).map((offset) => start + offset);
  return { times: found((timeTicks ?? 0n) + FILETIME_EPOCH_TICKS), numbers: found(number) };
}

function findAll(bytes: Buffer, value: bigint): number[] {
  const wanted = Buffer.alloc(8);
  wanted.writeBigUInt64LE(value);
  const offsets: number[] = [];
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 8)) offsets.push(at);
  return offsets;
}

/** A copy of the chunk with the times and numbers, and checksums that fit them. */
function stamp(
  { bytes, records }: Template,
  startTicks: bigint,
  stepTicks: bigint,
  firstNumber: bigint,
): Buffer {
  const chunk = Buffer.from(bytes);
  const count = BigInt(records.length);
  for (const [index, { times, numbers }] of records.entries()) {
    const time = startTicks + (stepTicks * BigInt(index)) / count + FILETIME_EPOCH_TICKS;
    for (const at of times) chunk.writeBigUInt64LE(time, at);
    for (const at of numbers) chunk.writeBigUInt64LE(firstNumber + BigInt(index), at);
  }
  chunk.writeUInt32LE(crc32(chunk.subarray(CHUNK_HEADER_BYTES, chunk.readUInt32LE(48))), 52);
  const head = crc32(chunk.subarray(0, 120));
  chunk.writeUInt32LE(crc32(chunk.subarray(128, CHUNK_HEADER_BYTES), head), 124);
  return chunk;
}
