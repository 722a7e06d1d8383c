import { parseAnyTime } from '#lib/evidence/json/time.ts';
import type { ReadTime, TimeReader } from '#lib/evidence/text/times.ts';
import { filetimeToTicks } from '#lib/evidence/time.ts';
import { readTime } from '#lib/spl/time-parse.ts';
import type { ColumnMapping } from './mapping.ts';

type TimeFormat = NonNullable<ColumnMapping['time']>['format'];
type ParseTime = (text: string) => ReadTime | null;

/** Decimal digits of a tick (100 ns) that one unit has; nanoseconds have two less than none. */
const UNIT_DIGITS: Readonly<Record<string, number>> = {
  'epoch-s': 7,
  'epoch-ms': 4,
  'epoch-us': 1,
  'epoch-ns': -2,
};
/** No calendar goes further: 8.64e15 ms from 1970 (ECMAScript, "Time Values and Time Range"). */
const TICKS_MAX = 86_400_000_000_000_000_000n;
/** Formats with directives that are tried when none of the usual ones fits. */
const CUSTOM = [
  '%d/%b/%Y:%H:%M:%S %z',
  '%a %b %d %H:%M:%S %Y',
  '%a, %d %b %Y %H:%M:%S %z',
  '%d %b %Y %H:%M:%S',
  '%d-%b-%Y %H:%M:%S',
  '%b %d %Y %H:%M:%S',
  '%Y%m%d%H%M%S',
  '%Y%m%dT%H%M%S',
  '%m/%d/%Y %H:%M',
  '%d.%m.%Y %H:%M',
  '%Y-%m-%d %H:%M',
] as const;
/** Times of logs lie between these years; it tells the unit of a number. */
const YEARS = { from: Date.UTC(1995, 0, 1), to: Date.UTC(2100, 0, 1) };

/** Reads the times of a column. Throws RangeError when there is no such zone. */
export function mappedTime(format: TimeFormat, times: TimeReader): ParseTime {
  if (format === 'iso') return (text) => times.parse(text);
  if (format === 'filetime') return (text) => zoned(fromFiletime(text.trim()));
  const digits = UNIT_DIGITS[format];
  if (digits !== undefined) return (text) => zoned(fromEpoch(text.trim(), digits));
  return (text) => {
    const time = readTime(text.trim(), format, times.zoneName);
    return time && bounded(time.ticks) === null ? null : time;
  };
}

/** The format that all texts are times of; null when there is none. */
export function detectTimeFormat(texts: readonly string[], times: TimeReader): TimeFormat | null {
  const filled = texts.filter((text) => text.trim() !== '');
  if (filled.length === 0) return null;
  const fits = (format: TimeFormat): boolean => {
    const parse = mappedTime(format, times);
    return filled.every((text) => isLikely(parse(text)?.ticks ?? null));
  };
  const isNumber = filled.every((text) => /^\s*-?[\d.]+\s*$/.test(text));
  if (isNumber) {
    const numbers = ['epoch-s', 'epoch-ms', 'epoch-us', 'filetime', 'epoch-ns', '%Y%m%d%H%M%S'] as const;
    return numbers.find(fits) ?? null;
  }
  if (filled.every((text) => parseAnyTime(text) !== null || times.parse(text) !== null) && fits('iso'))
    return 'iso';
  return CUSTOM.find((format) => filled.every((text) => isWhole(text, format)) && fits(format)) ?? null;
}

/** Nothing stands after the time: a format may end before its text does. */
function isWhole(text: string, format: string): boolean {
  return readTime(`${text.trim()}\0`, `${format}\0`, 'UTC') !== null;
}

function isLikely(ticks: bigint | null): boolean {
  if (ticks === null) return false;
  const ms = Number(ticks / 10_000n);
  return ms >= YEARS.from && ms < YEARS.to;
}

function zoned(ticks: bigint | null): ReadTime | null {
  return ticks === null ? null : { ticks, isLocal: false };
}

function bounded(ticks: bigint): bigint | null {
  return ticks > TICKS_MAX || ticks < -TICKS_MAX ? null : ticks;
}

/** A FILETIME, decimal or hexadecimal ([MS-DTYP] 2.3.3). */
function fromFiletime(text: string): bigint | null {
  return /^(?:\d{1,20}|0x[\da-f]{1,16})$/i.test(text) ? bounded(filetimeToTicks(BigInt(text))) : null;
}

function fromEpoch(text: string, digits: number): bigint | null {
  const match = /^(-?)(\d{1,20})(?:[.,](\d{1,30}))?$/.exec(text);
  if (!match) return null;
  const [, sign, whole = '', fraction = ''] = match;
  const ticks =
    digits < 0
      ? BigInt(whole) / 10n ** BigInt(-digits)
      : BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  return bounded(sign === '-' ? -ticks : ticks);
}
