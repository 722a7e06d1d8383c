/** Times as text, by the directives of strftime, with 100 ns digits and in a time zone. Cuts off, never rounds. */

const TICKS_PER_MS = 10_000n;
const TICKS_PER_MINUTE = 600_000_000n;
const MAX_MS = 8_640_000_000_000_000n;
const MAX_TEXT_LENGTH = 10_000;
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
].concat(['October', 'November', 'December']);
export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Throws RangeError for a zone that does not exist. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    timeZoneName: 'short',
  });
  formatters.set(timeZone, formatter);
  return formatter;
}

type Zone = { readonly offsetMinutes: number; readonly name: string };

function zoneAt(secondMs: number, timeZone: string): Zone {
  if (timeZone === 'UTC') return { offsetMinutes: 0, name: 'UTC' };
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(secondMs)
      .map((part) => [part.type, part.value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name) ?? 0);
  const local = new Date(0);
  local.setUTCFullYear(
    parts.get('era') === 'BC' ? 1 - part('year') : part('year'),
    part('month') - 1,
    part('day'),
  );
  local.setUTCHours(part('hour'), part('minute'), part('second'));
  return {
    offsetMinutes: Math.round((local.getTime() - secondMs) / 60_000),
    name: parts.get('timeZoneName') ?? timeZone,
  };
}

/** Whether Intl knows the zone. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatterOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** The ticks that a clock in the zone shows, as if they were UTC. */
export function localTicks(ticks: bigint, timeZone: string): bigint {
  if (timeZone === 'UTC') return ticks;
  return ticks + BigInt(zoneAt(toMs(ticks), timeZone).offsetMinutes) * TICKS_PER_MINUTE;
}

/** The reverse of localTicks; of a time that the clock shows twice or never, one near it. */
export function toUtcTicks(local: bigint, timeZone: string): bigint {
  if (timeZone === 'UTC') return local;
  const guess = local - BigInt(zoneAt(toMs(local), timeZone).offsetMinutes) * TICKS_PER_MINUTE;
  return local - BigInt(zoneAt(toMs(guess), timeZone).offsetMinutes) * TICKS_PER_MINUTE;
}

const toMs = (ticks: bigint): number => {
  const ms = ticks / TICKS_PER_MS;
  return Number(ms > MAX_MS ? MAX_MS : ms < -MAX_MS ? -MAX_MS : ms);
};

type Moment = { readonly local: Date; readonly nanos: string; readonly seconds: bigint; readonly zone: Zone };

const pad = (value: number, length = 2, fill = '0'): string => String(value).padStart(length, fill);

function formatOffset(minutes: number, separator: string): string {
  const magnitude = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(magnitude / 60))}${separator}${pad(magnitude % 60)}`;
}

/** One entry a directive. */
const DIRECTIVES: Readonly<Record<string, (moment: Moment) => string>> = {
  Y: ({ local }) => pad(local.getUTCFullYear(), 4),
  y: ({ local }) => pad(((local.getUTCFullYear() % 100) + 100) % 100),
  m: ({ local }) => pad(local.getUTCMonth() + 1),
  d: ({ local }) => pad(local.getUTCDate()),
  e: ({ local }) => pad(local.getUTCDate(), 2, ' '),
  j: ({ local }) => {
    const start = new Date(local);
    start.setUTCMonth(0, 1);
    return pad(Math.round((local.getTime() - start.getTime()) / 86_400_000) + 1, 3);
  },
  H: ({ local }) => pad(local.getUTCHours()),
  k: ({ local }) => pad(local.getUTCHours(), 2, ' '),
  I: ({ local }) => pad(local.getUTCHours() % 12 || 12),
  p: ({ local }) => (local.getUTCHours() < 12 ? 'AM' : 'PM'),
  M: ({ local }) => pad(local.getUTCMinutes()),
  S: ({ local }) => pad(local.getUTCSeconds()),
  B: ({ local }) => MONTHS[local.getUTCMonth()] ?? '',
  b: ({ local }) => (MONTHS[local.getUTCMonth()] ?? '').slice(0, 3),
  h: ({ local }) => (MONTHS[local.getUTCMonth()] ?? '').slice(0, 3),
  A: ({ local }) => DAYS[local.getUTCDay()] ?? '',
  a: ({ local }) => (DAYS[local.getUTCDay()] ?? '').slice(0, 3),
  w: ({ local }) => String(local.getUTCDay()),
  s: ({ seconds }) => String(seconds),
  z: ({ zone }) => formatOffset(zone.offsetMinutes, ''),
  Z: ({ zone }) => zone.name,
  N: ({ nanos }) => nanos,
  f: ({ nanos }) => nanos.slice(0, 6),
  Q: ({ nanos }) => nanos.slice(0, 3),
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
};

/** Directives that stand for several. */
export const COMPOUND: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  D: '%m/%d/%y',
  R: '%H:%M',
  x: '%m/%d/%Y',
  X: '%H:%M:%S',
  c: '%a %b %e %H:%M:%S %Y',
  '+': '%a %b %e %H:%M:%S %Z %Y',
};

/**
 * Formats ticks of 100 ns since 1970 UTC. `%3N`, `%6Q` and the like take that many digits of the second; a directive
 * that does not exist stays as written. Null for times that no calendar reaches.
 */
export function formatTime(ticks: bigint, format: string, timeZone: string): string | null {
  const ticksPerSecond = 1000n * TICKS_PER_MS;
  const fraction = ((ticks % ticksPerSecond) + ticksPerSecond) % ticksPerSecond;
  const seconds = (ticks - fraction) / ticksPerSecond;
  const secondMs = seconds * 1000n;
  // A day of room on both sides for the zone.
  if (secondMs > MAX_MS - 86_400_000n || secondMs < -MAX_MS + 86_400_000n) return null;
  const zone = zoneAt(Number(secondMs), timeZone);
  const moment: Moment = {
    local: new Date(Number(secondMs) + zone.offsetMinutes * 60_000),
    nanos: fraction.toString().padStart(7, '0').padEnd(9, '0'),
    seconds,
    zone,
  };
  const expanded = format
    .slice(0, MAX_TEXT_LENGTH)
    .replace(/%(%|[FTDRxXc+])/g, (whole, letter: string) => COMPOUND[letter] ?? whole);
  return expanded.replace(/%(:z|[1-9][NQ]|[\s\S])/g, (whole, directive: string) => {
    if (directive === ':z') return formatOffset(zone.offsetMinutes, ':');
    if (directive.length === 2) return moment.nanos.slice(0, Number(directive[0]));
    return DIRECTIVES[directive]?.(moment) ?? whole;
  });
}
