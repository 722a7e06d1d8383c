import { formatIsoTime, parseIsoTime } from '#lib/evidence/time.ts';

const TICKS_PER_MILLISECOND = 10_000n;
const TICK_DIGITS = 7;
/** Seconds of the year 5138: what is larger counts in a smaller unit. */
const SECONDS_DIGITS_MAX = 11;
const MILLISECONDS_DIGITS_MAX = 14;
const MICROSECONDS_DIGITS_MAX = 17;

/**
 * Ticks of a time as exporters write it: ISO 8601, with a blank or `UTC` in it too; seconds since 1970 with a fraction;
 * whole milliseconds, microseconds or nanoseconds since 1970; `/Date(milliseconds)/`. Null when it is none of these.
 */
export function parseAnyTime(text: string): bigint | null {
  const trimmed = text.trim();
  return (
    parseIsoTime(trimmed.replace(/ (?:UTC|GMT|Z)$/, 'Z')) ?? parseEpoch(trimmed) ?? parseDotNetDate(trimmed)
  );
}

/** A time as EVTX gives it, ISO 8601 in UTC with 7 digits, where it can be read; else as it was given. */
export function isoOrGiven(text: string | null): string | null {
  const ticks = text === null ? null : parseAnyTime(text);
  return ticks === null ? text : formatIsoTime(ticks);
}

function parseEpoch(text: string): bigint | null {
  const match = /^(-?)(\d{1,20})(?:\.(\d{1,30}))?$/.exec(text);
  if (!match) return parseExponent(text);
  const [, sign = '', whole = '', fraction = ''] = match;
  const ticks = wholeTicks(whole, fraction);
  if (ticks === null) return null;
  return sign === '-' ? -ticks : ticks;
}

function wholeTicks(whole: string, fraction: string): bigint | null {
  const count = BigInt(whole);
  if (whole.length <= SECONDS_DIGITS_MAX) {
    return (
      count * 10n ** BigInt(TICK_DIGITS) + BigInt(fraction.slice(0, TICK_DIGITS).padEnd(TICK_DIGITS, '0'))
    );
  }
  if (whole.length <= MILLISECONDS_DIGITS_MAX) {
    return count * TICKS_PER_MILLISECOND + BigInt(fraction.slice(0, 4).padEnd(4, '0'));
  }
  if (whole.length <= MICROSECONDS_DIGITS_MAX) return count * 10n;
  return whole.length <= MICROSECONDS_DIGITS_MAX + 3 ? count / 100n : null;
}

/** Seconds as some writers of floating point numbers give them: `1.55276937541e9`. */
function parseExponent(text: string): bigint | null {
  if (!/^\d{1,20}(?:\.\d{1,20})?[eE]\+?\d{1,2}$/.test(text)) return null;
  const seconds = Number(text);
  return seconds < 1e11 ? BigInt(Math.round(seconds * 1e6)) * 10n : null;
}

/** `/Date(1552769375412)/`, as Windows PowerShell's ConvertTo-Json writes. */
function parseDotNetDate(text: string): bigint | null {
  const match = /^\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\/$/.exec(text);
  return match ? BigInt(match[1] ?? '0') * TICKS_PER_MILLISECOND : null;
}
