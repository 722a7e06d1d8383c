/** Relative times, `-1d@d`, `+2h`, `@w1`, as Splunk's search manual, "Specify time modifiers in your search", describes. */
import { bucketOfTime } from './bucket.ts';
import { localTicks, toUtcTicks } from './time-format.ts';

const TICKS_PER_MS = 10_000n;
const DAY_TICKS = 864_000_000_000n;
const UNIT_TICKS: Readonly<Record<string, bigint>> = {
  s: 10_000_000n,
  m: 600_000_000n,
  h: 36_000_000_000n,
};
const CALENDAR: Readonly<Record<string, { readonly days?: number; readonly months?: number }>> = {
  d: { days: 1 },
  w: { days: 7 },
  mon: { months: 1 },
  q: { months: 3 },
  y: { months: 12 },
};

const SPELLINGS = new Map(
  (
    [
      ['s', 's sec secs second seconds'],
      ['m', 'm min minute minutes'],
      ['h', 'h hr hrs hour hours'],
      ['d', 'd day days'],
      ['w', 'w week weeks'],
      ['mon', 'mon month months'],
      ['q', 'q qtr qtrs quarter quarters'],
      ['y', 'y yr yrs year years'],
    ] as const
  ).flatMap(([unit, words]) => words.split(' ').map((word) => [word, unit] as const)),
);

const localDate = (local: bigint): Date => new Date(Number(local / TICKS_PER_MS));

/** Calendar steps keep the clock's time; a day that a month does not have becomes its last. */
function addMonths(local: bigint, months: number): bigint {
  const date = localDate(local);
  const day = date.getUTCDate();
  const timeOfDay = local - BigInt(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)) * TICKS_PER_MS;
  const target = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(day, lastDay));
  return BigInt(target.getTime()) * TICKS_PER_MS + timeOfDay;
}

function add(ticks: bigint, count: number, unit: string, timeZone: string): bigint {
  const size = UNIT_TICKS[unit];
  if (size !== undefined) return ticks + BigInt(count) * size;
  const { days = 0, months = 0 } = CALENDAR[unit] ?? {};
  const local = localTicks(ticks, timeZone);
  return toUtcTicks(
    months !== 0 ? addMonths(local, count * months) : local + BigInt(count * days) * DAY_TICKS,
    timeZone,
  );
}

function snap(ticks: bigint, unit: string, timeZone: string): bigint {
  if (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' || unit === 'mon') {
    return bucketOfTime(ticks, { count: 1, unit }, timeZone);
  }
  if (unit === 'q') return bucketOfTime(ticks, { count: 3, unit: 'mon' }, timeZone);
  if (unit === 'y') return bucketOfTime(ticks, { count: 12, unit: 'mon' }, timeZone);
  // Weeks begin on Sunday, @w1 on Monday.
  const weekday = unit === 'w' ? 0 : Number(unit.slice(1)) % 7;
  const midnight = localTicks(bucketOfTime(ticks, { count: 1, unit: 'd' }, timeZone), timeZone);
  const back = (localDate(midnight).getUTCDay() - weekday + 7) % 7;
  return toUtcTicks(midnight - BigInt(back) * DAY_TICKS, timeZone);
}

/** Null for what is no modifier. */
export function addRelativeTime(ticks: bigint, modifier: string, timeZone: string): bigint | null {
  const text = modifier.trim().toLowerCase();
  if (text === 'now') return ticks;
  if (text.length === 0 || text.length > 100 || !/^(?:[-+]\d{0,6}[a-z]+|@[a-z]+\d?)+$/.test(text))
    return null;
  let result = ticks;
  for (const [, sign, digits = '', word = '', at = ''] of text.matchAll(
    /([-+])(\d{0,6})([a-z]+)|@([a-z]+\d?)/g,
  )) {
    if (sign === undefined) {
      const unit = /^w[0-7]$/.test(at) ? at : SPELLINGS.get(at);
      if (unit === undefined) return null;
      result = snap(result, unit, timeZone);
      continue;
    }
    const unit = SPELLINGS.get(word);
    if (unit === undefined) return null;
    const count = digits === '' ? 1 : Number(digits);
    result = add(result, sign === '-' ? -count : count, unit, timeZone);
  }
  return result;
}
