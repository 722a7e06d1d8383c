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

/** Offsets in a chunk of a record's times and numbers, and the log (channel of a computer) that it is numbered in. */
type RecordPlaces = {
  readonly times: readonly number[];
  readonly numbers: readonly number[];
  readonly log: string;
};

type Template = { readonly bytes: Buffer; readonly records: readonly RecordPlaces[] };

/**
 * One large event log, piece by piece, from the real chunks of the files, repeated until it has the size: each time with
 * new times and record numbers, each log numbered without gaps, so that no two events are the same and they lie over a long
 * time, as in logs that were written for months.
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
  const numbers = new Numbers();
  for (let index = 0; index < chunkCount; index += 1) {
    const template = templates[index % templates.length];
    if (!template) continue;
    yield stamp(template, startTicks + stepTicks * BigInt(index), stepTicks, numbers);
  }
}

/** Record numbers of logs, each from the first on. */
class Numbers {
  readonly #next = new Map<string, bigint>();
  readonly #first: bigint;

  constructor(first = 1n) {
    this.#first = first;
  }

  take(log: string): bigint {
    const number = this.#next.get(log) ?? this.#first;
    this.#next.set(log, number + 1n);
    return number;
  }
}

/** Only chunks whose every time and number can be written anew and is then read so. */
async function templatesOf(chunks: readonly Buffer[]): Promise<Template[]> {
  const templates: Template[] = [];
  for (const bytes of chunks) {
    const records = await recordsOf(bytes);
    const template = { bytes, records: records.map((record) => placesOf(bytes, record)) };
    const firstTicks = 16_000_000_000_000_000n;
    const firstNumber = 1n << 40n;
    const again = await recordsOf(
      stamp(template, firstTicks, BigInt(records.length), new Numbers(firstNumber)),
    );
    const expected = new Numbers(firstNumber);
    const isNew = again.every(
      (record, index) =>
        record.timeTicks === firstTicks + BigInt(index) &&
        record.system.recordId === String(expected.take(logOf(record))),
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

function logOf({ system }: EvidenceRecord): string {
  return `${system.computer}\n${system.channel}`;
}

/** Where the values of the record's header stand in it and again in its content. */
function placesOf(chunk: Buffer, record: EvidenceRecord): RecordPlaces {
  const { place, timeTicks, system } = record;
  const start = place.offset - HEADER_BYTES;
  const bytes = chunk.subarray(start, start + chunk.readUInt32LE(start + 4));
  const number = BigInt(system.recordId ?? 0);
  const found = (value: bigint): number[] => findAll(bytes, value).map((offset) => start + offset);
  return {
    times: found((timeTicks ?? 0n) + FILETIME_EPOCH_TICKS),
    numbers: found(number),
    log: logOf(record),
  };
}

function findAll(bytes: Buffer, value: bigint): number[] {
  const wanted = Buffer.alloc(8);
  wanted.writeBigUInt64LE(value);
  const offsets: number[] = [];
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 8)) offsets.push(at);
  return offsets;
}

/** A copy of the chunk with the times and numbers, and checksums that fit them. */
function stamp({ bytes, records }: Template, startTicks: bigint, stepTicks: bigint, next: Numbers): Buffer {
  const chunk = Buffer.from(bytes);
  const count = BigInt(records.length);
  for (const [index, { times, numbers, log }] of records.entries()) {
    const time = startTicks + (stepTicks * BigInt(index)) / count + FILETIME_EPOCH_TICKS;
    for (const at of times) chunk.writeBigUInt64LE(time, at);
    const number = next.take(log);
    for (const at of numbers) chunk.writeBigUInt64LE(number, at);
  }
  chunk.writeUInt32LE(crc32(chunk.subarray(CHUNK_HEADER_BYTES, chunk.readUInt32LE(48))), 52);
  const head = crc32(chunk.subarray(0, 120));
  chunk.writeUInt32LE(crc32(chunk.subarray(128, CHUNK_HEADER_BYTES), head), 124);
  return chunk;
}
