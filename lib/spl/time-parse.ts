/** Reads times by the directives of strptime, as Splunk's search reference, "Date and time functions", lists them. */
import { COMPOUND, DAYS, MONTHS, toUtcTicks } from './time-format.ts';

const lower = (names: readonly string[]): readonly string[] => names.map((name) => name.toLowerCase());
const LONG_MONTHS = lower(MONTHS);
const LONG_DAYS = lower(DAYS);
const SHORT_MONTHS = LONG_MONTHS.map((name) => name.slice(0, 3));
const SHORT_DAYS = LONG_DAYS.map((name) => name.slice(0, 3));
const MAX_LENGTH = 1_000;

type Parts = {
  year: number;
  month: number;
  day: number;
  dayOfYear: number | null;
  hour: number;
  minute: number;
  second: number;
  /** Of the second, 100 ns. */
  ticks: bigint;
  isAfternoon: boolean | null;
  offsetMinutes: number | null;
  epochSeconds: bigint | null;
};

type Read = (parts: Parts, text: string, position: number) => number | null;

/** Up to so many digits, at least one. */
function digits(maxLength: number, take: (parts: Parts, value: number, text: string) => void): Read {
  return (parts, text, position) => {
    let start = position;
    while (text[start] === ' ') start++;
    let end = start;
    while (end < text.length && end - start < maxLength && /\d/.test(text[end] ?? '')) end++;
    if (end === start) return null;
    take(parts, Number(text.slice(start, end)), text.slice(start, end));
    return end;
  };
}

function words(
  long: readonly string[],
  short: readonly string[],
  take: (parts: Parts, index: number) => void,
): Read {
  return (parts, text, position) => {
    const rest = text.slice(position, position + 12).toLowerCase();
    for (const names of [long, short]) {
      const index = names.findIndex((name) => rest.startsWith(name));
      if (index < 0) continue;
      take(parts, index);
      return position + (names[index]?.length ?? 0);
    }
    return null;
  };
}

const fraction = digits(9, (parts, _, text) => {
  parts.ticks = BigInt(text.padEnd(7, '0').slice(0, 7));
});

const zone: Read = (parts, text, position) => {
  const [whole, sign, hours, minutes] =
    /^(?:Z|UTC|GMT|([+-])(\d{2}):?(\d{2}))/.exec(text.slice(position, position + 6)) ?? [];
  if (whole === undefined) return null;
  const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  parts.offsetMinutes = sign === '-' ? -size : size;
  return position + whole.length;
};

const DIRECTIVES: Readonly<Record<string, Read>> = {
  Y: digits(4, (parts, value) => {
    parts.year = value;
  }),
  y: digits(2, (parts, value) => {
    parts.year = value < 69 ? 2000 + value : 1900 + value;
  }),
  m: digits(2, (parts, value) => {
    parts.month = value;
  }),
  d: digits(2, (parts, value) => {
    parts.day = value;
  }),
  e: digits(2, (parts, value) => {
    parts.day = value;
  }),
  j: digits(3, (parts, value) => {
    parts.dayOfYear = value;
  }),
  H: digits(2, (parts, value) => {
    parts.hour = value;
  }),
  k: digits(2, (parts, value) => {
    parts.hour = value;
  }),
  I: digits(2, (parts, value) => {
    parts.hour = value;
  }),
  M: digits(2, (parts, value) => {
    parts.minute = value;
  }),
  S: digits(2, (parts, value) => {
    parts.second = value;
  }),
  s: digits(12, (parts, _, text) => {
    parts.epochSeconds = BigInt(text);
  }),
  N: fraction,
  Q: fraction,
  f: fraction,
  B: words(LONG_MONTHS, SHORT_MONTHS, (parts, index) => {
    parts.month = index + 1;
  }),
  b: words(LONG_MONTHS, SHORT_MONTHS, (parts, index) => {
    parts.month = index + 1;
  }),
  A: words(LONG_DAYS, SHORT_DAYS, () => {}),
  a: words(LONG_DAYS, SHORT_DAYS, () => {}),
  p: words([], ['am', 'pm'], (parts, index) => {
    parts.isAfternoon = index === 1;
  }),
  z: zone,
  Z: zone,
  ':z': zone,
};

/** Ticks of 100 ns since 1970 UTC; null when the text does not fit the format or names no time of the calendar. */
export function parseTime(text: string, format: string, timeZone: string): bigint | null {
  return readTime(text, format, timeZone)?.ticks ?? null;
}

/** As parseTime, with whether the text named no zone, so that the one given was taken. */
export function readTime(
  text: string,
  format: string,
  timeZone: string,
): { readonly ticks: bigint; readonly isLocal: boolean } | null {
  if (text.length > MAX_LENGTH || format.length > MAX_LENGTH) return null;
  const expanded = format.replace(/%(%|[FTDRxXc+])/g, (whole, letter: string) => COMPOUND[letter] ?? whole);
  const parts: Parts = {
    year: 1970,
    month: 1,
    day: 1,
    dayOfYear: null,
    hour: 0,
    minute: 0,
    second: 0,
    ticks: 0n,
    isAfternoon: null,
    offsetMinutes: null,
    epochSeconds: null,
  };
  let position = 0;
  for (const [token] of expanded.matchAll(/%(?::z|[1-9][NQ]|[\s\S])|\s+|[\s\S]/g)) {
    if (/^\s/.test(token)) {
      while (/\s/.test(text[position] ?? '')) position++;
    } else if (token.length > 1 && token !== '%%') {
      const name = token.slice(1);
      const read = DIRECTIVES[name.length === 2 && name !== ':z' ? name.slice(1) : name];
      const end = read?.(parts, text, position) ?? null;
      if (end === null) return null;
      position = end;
    } else if (text[position] === token[0]) position++;
    else return null;
  }
  const ticks = toTicks(parts, timeZone);
  if (ticks === null) return null;
  return { ticks, isLocal: parts.offsetMinutes === null && parts.epochSeconds === null };
}

function toTicks(parts: Parts, timeZone: string): bigint | null {
  if (parts.epochSeconds !== null) return parts.epochSeconds * 10_000_000n + parts.ticks;
  const { year, month, day, dayOfYear, minute, second, isAfternoon } = parts;
  const hour = isAfternoon === null ? parts.hour : (parts.hour % 12) + (isAfternoon ? 12 : 0);
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 60) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, dayOfYear === null ? month - 1 : 0, dayOfYear ?? day);
  if (dayOfYear === null && (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)) return null;
  date.setUTCHours(hour, minute, second);
  const local = BigInt(date.getTime()) * 10_000n + parts.ticks;
  if (parts.offsetMinutes !== null) return local - BigInt(parts.offsetMinutes) * 600_000_000n;
  return toUtcTicks(local, timeZone);
}
