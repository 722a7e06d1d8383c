/**
 * Time of evidence: one integer of 100 ns ticks since 1970-01-01T00:00:00Z. Never a Date or a double, so that the
 * seventh digit of a Windows time survives.
 */

const TICKS_PER_MILLISECOND = 10_000n;
const TICKS_PER_MINUTE = 600_000_000n;
/** 1601-01-01 to 1970-01-01, in ticks: FILETIME counts from 1601 ([MS-DTYP] 2.3.3). */
const FILETIME_EPOCH_TICKS = 116_444_736_000_000_000n;

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Windows renders 7 digits, the event log service 9 (the last two are 0). */
const MAX_FRACTION_DIGITS = 9;
const TICK_DIGITS = 7;

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/**
 * Ticks of an ISO 8601 date and time such as `2024-03-05T09:14:02.1254367Z`, or null when the text is no such time.
 * The fraction has 0 to 9 digits; digits after the seventh are cut off. `+09:00` and `+0900` are understood. A blank
 * may stand for `T`, and a time without an offset is UTC: some exporters write SystemTime so, and SystemTime is UTC.
 */
export function parseIsoTime(text: string): bigint | null {
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  const separator = text[10];
  const isShaped =
    text[4] === '-' &&
    text[7] === '-' &&
    (separator === 'T' || separator === 't' || separator === ' ') &&
    text[13] === ':' &&
    text[16] === ':';
  if (!isShaped || year < 0 || day < 1 || hour < 0 || minute < 0 || second < 0) return null;
  if (day > daysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return null;

  const fraction = fractionTicks(text, 19);
  if (fraction === null) return null;
  const offsetMinutes = parseOffset(text, fraction.end);
  if (offsetMinutes === null) return null;

  const date = new Date(0);
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  const milliseconds = date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
  return (
    BigInt(milliseconds) * TICKS_PER_MILLISECOND +
    BigInt(fraction.ticks) -
    BigInt(offsetMinutes) * TICKS_PER_MINUTE
  );
}

/**
 * The time as ISO 8601 in UTC with 7 digits and Z. Years outside 0 to 9999 have a sign and six digits, as in
 * ECMAScript. Throws RangeError further than 8.64e15 ms from 1970, which no 64-bit FILETIME is.
 */
export function formatIsoTime(ticks: bigint): string {
  const remainder = ((ticks % TICKS_PER_MILLISECOND) + TICKS_PER_MILLISECOND) % TICKS_PER_MILLISECOND;
  const milliseconds = Number((ticks - remainder) / TICKS_PER_MILLISECOND);
  const iso = new Date(milliseconds).toISOString();
  return `${iso.slice(0, -1)}${remainder.toString().padStart(4, '0')}Z`;
}

/** Ticks of a Windows FILETIME (100 ns since 1601 UTC, unsigned 64 bits). */
export function filetimeToTicks(filetime: bigint): bigint {
  return filetime - FILETIME_EPOCH_TICKS;
}

/** The FILETIME of a time, or null when it lies before 1601 or does not fit into unsigned 64 bits. */
export function ticksToFiletime(ticks: bigint): bigint | null {
  const filetime = ticks + FILETIME_EPOCH_TICKS;
  return filetime < 0n || filetime > 0xffff_ffff_ffff_ffffn ? null : filetime;
}

export function earlier(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

export function later(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

/** The number of exactly `count` decimal digits at `from`, or -1. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const code = text.charCodeAt(at);
    if (!(code >= DIGIT_0 && code <= DIGIT_9)) return -1;
    value = value * 10 + code - DIGIT_0;
  }
  return value;
}

function daysInMonth(year: number, month: number): number {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeapYear ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
}

/** The fraction of a second at `from` (its dot included) in ticks, and where it ends; null when it is malformed. */
function fractionTicks(text: string, from: number): { ticks: number; end: number } | null {
  if (text[from] !== '.') return { ticks: 0, end: from };
  let ticks = 0;
  let end = from + 1;
  for (; digits(text, end, 1) >= 0; end++) {
    if (end - from <= TICK_DIGITS) ticks = ticks * 10 + digits(text, end, 1);
  }
  const count = end - from - 1;
  if (count < 1 || count > MAX_FRACTION_DIGITS) return null;
  return { ticks: ticks * 10 ** Math.max(0, TICK_DIGITS - count), end };
}

/** Minutes east of UTC of what stands at `from` up to the end, or null when that is no offset. */
function parseOffset(text: string, from: number): number | null {
  const rest = text.slice(from, from + 7);
  if (rest === '' || rest === 'Z' || rest === 'z') return 0;
  const sign = rest[0] === '+' ? 1 : rest[0] === '-' ? -1 : 0;
  const minutesAt = rest[3] === ':' ? 4 : 3;
  const hours = digits(rest, 1, 2);
  const minutes = digits(rest, minutesAt, 2);
  const isOffset =
    sign !== 0 && rest.length === minutesAt + 2 && hours >= 0 && hours <= 23 && minutes >= 0 && minutes <= 59;
  return isOffset ? sign * (hours * 60 + minutes) : null;
}
