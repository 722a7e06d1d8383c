/** Buckets of times and numbers, as bin, tstats and stats take them: a value becomes the start of its bucket. */
import type { BucketSize, Span } from './ast.ts';
import { quoteForMessage } from './nearest.ts';
import { failAt } from './syntax.ts';
import { localTicks, toUtcTicks } from './time-format.ts';
import { type Scalar, secondsToTicks, ticksToSeconds, toNumber } from './value.ts';

const TICKS_PER_MS = 10_000n;
const UNIT_MS = { ms: 1n, s: 1_000n, m: 60_000n, h: 3_600_000n, d: 86_400_000n, w: 604_800_000n } as const;

/** Spellings of the units, Splunk's search reference, "bin", "Span options". */
const UNITS: Readonly<Record<string, NonNullable<BucketSize['unit']>>> = Object.fromEntries(
  (
    [
      ['ms', 'ms'],
      ['s', 's sec secs second seconds'],
      ['m', 'm min mins minute minutes'],
      ['h', 'h hr hrs hour hours'],
      ['d', 'd day days'],
      ['w', 'w week weeks'],
      ['mon', 'mon month months'],
    ] as const
  ).flatMap(([unit, words]) => words.split(' ').map((word) => [word, unit] as const)),
);

/** Reads `5m`, `1d` or a plain number. */
export function parseBucketSize(option: Span & { readonly value: string }): BucketSize {
  const [, digits = '', word = ''] = /^(\d{1,9})([A-Za-z]*)$/.exec(option.value) ?? [];
  const unit = word === '' ? null : UNITS[word.toLowerCase()];
  const count = Number(digits);
  if (digits === '' || unit === undefined || count === 0) {
    return failAt(
      option,
      `${quoteForMessage(option.value)} is no span: write a number and s, m, h, d, w or mon, for example 5m.`,
    );
  }
  return { count, unit };
}

const floorTo = (ticks: bigint, size: bigint): bigint => {
  const rest = ticks % size;
  return ticks - (rest < 0n ? rest + size : rest);
};

/** Start of the bucket that a time is in, in local time: days begin at midnight of the zone. */
export function bucketOfTime(ticks: bigint, size: BucketSize, timeZone: string): bigint {
  const unit = size.unit ?? 's';
  const local = localTicks(ticks, timeZone);
  if (unit !== 'mon') {
    const width = BigInt(size.count) * UNIT_MS[unit] * TICKS_PER_MS;
    return toUtcTicks(floorTo(local, width), timeZone);
  }
  const date = new Date(Number(floorTo(local, TICKS_PER_MS) / TICKS_PER_MS));
  const months = Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / size.count) * size.count;
  const start = new Date(0);
  start.setUTCFullYear(Math.floor(months / 12), months % 12, 1);
  return toUtcTicks(BigInt(start.getTime()) * TICKS_PER_MS, timeZone);
}

/** The bucket of a value of `_time`: seconds; other than a time stays as it is. */
export function bucketOfSeconds(value: Scalar, size: BucketSize, timeZone: string): Scalar {
  const ticks = secondsToTicks(value);
  return ticks === null ? value : ticksToSeconds(bucketOfTime(ticks, size, timeZone));
}

/** `10-20` for 13 and a width of 10; other than a number stays as it is. */
export function bucketOfNumber(value: Scalar, { count }: BucketSize): Scalar {
  const number = toNumber(value);
  if (number === null) return value;
  const start = Math.floor(number / count) * count;
  return `${start}-${start + count}`;
}
