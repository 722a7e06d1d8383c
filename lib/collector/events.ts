import { INDEX_NAME } from './inputs.ts';
import { NotObjects, ObjectCutter } from './object-cutter.ts';
import { CollectorError, type ReplyCode } from './replies.ts';
import type { Origin } from './request.ts';

/** A longer event is refused: each is held in memory. */
const EVENT_MAX_BYTES = 8 * 1024 * 1024;

type JsonObject = { readonly [key: string]: unknown };

/**
 * The events of a body as lines of a segment: each object as it was sent, with what the request says for all of them put
 * before its first key where it does not say so itself. Throws CollectorError with the number of the event that is wrong.
 */
export async function* eventLines(
  chunks: AsyncIterable<Buffer>,
  origin: Origin,
  receivedAt: Date,
): AsyncGenerator<Buffer> {
  const cutter = new ObjectCutter();
  let number = 0;
  try {
    for await (const chunk of chunks) {
      for (const object of cutter.push(chunk)) {
        if (object.length > EVENT_MAX_BYTES) throw new CollectorError(27);
        yield lineOf(object, number, origin, receivedAt);
        number += 1;
      }
      if (cutter.heldBytes > EVENT_MAX_BYTES) throw new CollectorError(27);
    }
  } catch (error) {
    if (error instanceof NotObjects) throw new CollectorError(6, number);
    // A body that breaks off in an event does so in this one.
    if (error instanceof CollectorError && error.code === 6)
      throw new CollectorError(6, error.eventNumber ?? number);
    throw error;
  }
  if (cutter.heldBytes > 0) throw new CollectorError(6, number);
}

function lineOf(object: Buffer, number: number, origin: Origin, receivedAt: Date): Buffer {
  const value = parse(object);
  const problem = value === null ? 6 : problemOf(value);
  if (value === null || problem !== null) throw new CollectorError(problem ?? 6, number);
  const defaults: [string, unknown][] = [
    ['host', origin.host],
    ['source', origin.source],
    ['sourcetype', origin.sourcetype],
    ['index', origin.index],
    // Not `time`: the event may tell its own.
    ...(isAbsent(value.time) ? [['received', receivedAt.getTime() / 1_000] as [string, unknown]] : []),
  ];
  const added = defaults.filter(([name, given]) => given !== null && !Object.hasOwn(value, name));
  const prefix = added.map(([name, given]) => `${JSON.stringify(name)}:${JSON.stringify(given)},`).join('');
  return Buffer.concat([Buffer.from(`{${prefix}`), object.subarray(1), Buffer.from('\n')]);
}

function parse(object: Buffer): JsonObject | null {
  try {
    return JSON.parse(object.toString('utf8'));
  } catch {
    return null;
  }
}

/** Why an event is refused, or null. */
function problemOf({ event, time, host, source, sourcetype, index, fields }: JsonObject): ReplyCode | null {
  if (isAbsent(event)) return 12;
  if (typeof event === 'string' && event.trim() === '') return 13;
  if (!isAbsent(time) && !isTime(time)) return 6;
  if ([host, source, sourcetype, index].some((value) => !isAbsent(value) && typeof value !== 'string'))
    return 6;
  if (typeof index === 'string' && !INDEX_NAME.test(index)) return 7;
  return isAbsent(fields) || isFlat(fields) ? null : 15;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** Seconds since 1970, with a fraction; some senders write them as text. */
function isTime(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\d{1,20}(?:\.\d{0,20})?$/.test(value));
}

function isFlat(fields: unknown): boolean {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return false;
  const isScalar = (value: unknown) => typeof value !== 'object' || value === null;
  return Object.values(fields).every((value) =>
    Array.isArray(value) ? value.every(isScalar) : isScalar(value),
  );
}
