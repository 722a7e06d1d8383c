import { formatIsoTime } from '#lib/evidence/time.ts';

/** How times are shown: in the zone that the user picked, to the last digit that the source has. Pure. */

export const DEFAULT_ZONE = 'UTC';

const TICKS_PER_MS = 10_000n;
const TICKS_PER_SECOND = 10_000_000n;

export type Precision = 0 | 3 | 7;

/** An IANA zone that this machine knows; UTC for anything else. */
export function knownZone(zone: string | undefined): string {
  if (!zone) return DEFAULT_ZONE;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    return DEFAULT_ZONE;
  }
}

/** `2024-03-05 09:14:02.1254367`, of ticks of 100 ns since 1970 UTC. Digits below the precision are cut, not rounded. */
export function formatTicks(ticks: bigint | string, zone: string, precision: Precision): string {
  const value = BigInt(ticks);
  const fraction = ((value % TICKS_PER_SECOND) + TICKS_PER_SECOND) % TICKS_PER_SECOND;
  const seconds = formatterOf(zone)
    .format(Number((value - fraction) / TICKS_PER_MS))
    .replace(/^\d{1,3}(?=-)/, (year) => year.padStart(4, '0'));
  if (precision === 0) return seconds;
  return `${seconds}.${fraction.toString().padStart(7, '0').slice(0, precision)}`;
}

/** `2024-03-05T09:14:02.1254367Z` */
export function isoTicks(ticks: bigint | string): string {
  return formatIsoTime(BigInt(ticks));
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Swedish writes dates as ISO 8601 does. */
function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

/** `5 min`, `1.25 s`, `0.0001 ms`, `2 d 3 h`: a span between two times, cut and not rounded; only equal times have 0 s. */
export function formatSpan(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  if (size > 0n && size < TICKS_PER_SECOND / 100n) return `${Number(size) / Number(TICKS_PER_MS)} ms`;
  if (size < TICKS_PER_SECOND * 60n) return `${Number((size * 100n) / TICKS_PER_SECOND) / 100} s`;
  const units: readonly (readonly [string, bigint])[] = [
    ['d', 86_400n],
    ['h', 3_600n],
    ['min', 60n],
    ['s', 1n],
  ];
  let rest = size / TICKS_PER_SECOND;
  const parts: string[] = [];
  for (const [name, seconds] of units) {
    if (rest >= seconds && parts.length < 2) parts.push(`${rest / seconds} ${name}`);
    else if (parts.length > 0) break;
    rest %= seconds;
  }
  return parts.join(' ');
}

/** `2 min ago`, of how far back a time is. */
export function formatAgo(ticks: bigint, nowMs: number): string {
  const span = BigInt(Math.round(nowMs)) * TICKS_PER_MS - ticks;
  return span >= 0n ? `${formatSpan(span)} ago` : `in ${formatSpan(span)}`;
}
