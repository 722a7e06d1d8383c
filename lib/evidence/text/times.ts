import { parseAnyTime } from '#lib/evidence/json/time.ts';
import { formatIsoTime, parseIsoTime } from '#lib/evidence/time.ts';

const TICKS_PER_MILLISECOND = 10_000n;
const MILLISECONDS_PER_MINUTE = 60_000;
/** Zones change their offset at whole quarters of an hour, so that one lookup serves all times in it. */
const QUARTER_MS = 15 * MILLISECONDS_PER_MINUTE;
const DAY_MS = 24 * 60 * MILLISECONDS_PER_MINUTE;
const KNOWN_MAX = 5_000;

export type ReadTime = {
  /** 100 ns ticks since 1970 UTC. */
  readonly ticks: bigint;
  /** Whether the text named no zone, so that the reader's was taken. */
  readonly isLocal: boolean;
};

/** Reads times as logs and exporters write them; those without a zone are of the zone given. */
export type TimeReader = {
  /** What the times without a zone are read as, for people. */
  readonly zoneName: string;
  /** Null when the text is no time that we know. */
  parse(text: string): ReadTime | null;
};

/**
 * @param timeZone IANA name; UTC when absent
 * Throws RangeError when there is no such zone.
 */
export function createTimeReader(timeZone = 'UTC'): TimeReader {
  const offsetOf = createOffsets(timeZone);
  return {
    zoneName: timeZone,
    parse(text) {
      const trimmed = text.trim();
      if (trimmed.length > 60) return null;
      const local = trimmed.endsWith('Z') ? null : parseLocal(trimmed);
      if (local === null) {
        const ticks = parseAnyTime(trimmed);
        return ticks === null ? null : { ticks, isLocal: false };
      }
      const offsetMs = offsetOf(Number(local / TICKS_PER_MILLISECOND));
      return { ticks: local - BigInt(offsetMs) * TICKS_PER_MILLISECOND, isLocal: true };
    },
  };
}

/** What a record says of its time. */
export type TimeValues = {
  readonly systemTime: string | null;
  readonly timeTicks: bigint | null;
  /** As EvidenceRecord.localTime. */
  readonly localTime: string | null;
};

/** System values and time of a record whose time is such a text; an unreadable one stays as it was given. */
export function timeValues(text: string | null, times: Pick<TimeReader, 'parse'>): TimeValues {
  const time = text === null ? null : times.parse(text);
  if (time === null) return { systemTime: text, timeTicks: null, localTime: null };
  return {
    systemTime: formatIsoTime(time.ticks),
    timeTicks: time.ticks,
    localTime: time.isLocal ? text : null,
  };
}

const ISO_WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?$/;
/** Numbers with slashes, dots or dashes between them, in the order of some culture of Windows. */
const NUMERIC =
  /^(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4}),? (\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?([AaPp])\.?[Mm]\.?)?$/;
/** `Mar 5, 2024 9:14:02.125 AM`, as web consoles export it; Kibana writes `@` before the time. */
const NAMED =
  /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4})(?: @)? (\d{1,2}):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ([AaPp])[Mm])?$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Ticks of a time without a zone as if it were UTC; null when the text is none. */
function parseLocal(text: string): bigint | null {
  if (ISO_WITHOUT_ZONE.test(text)) return parseIsoTime(text);
  const numeric = NUMERIC.exec(text);
  if (numeric) {
    const [, first = '', mark = '', second = '', third = '', hour = '', minute, rest, fraction, half] =
      numeric;
    const date = dateOf(first, mark, second, third, half !== undefined);
    return date && isoTicks(date, hourOf(hour, half), `${minute}:${rest}`, fraction);
  }
  const named = NAMED.exec(text);
  if (!named) return null;
  const [, month = '', day = '', year = '', hour = '', minute, rest, fraction, half] = named;
  const number = MONTHS.indexOf(month) + 1;
  return isoTicks([year, String(number), day], hourOf(hour, half), `${minute}:${rest}`, fraction);
}

/**
 * Year, month and day. The year may come first. Else with AM or PM the month does, as in the United States, without them
 * the day, unless a number says that it cannot be so.
 */
function dateOf(
  first: string,
  mark: string,
  second: string,
  third: string,
  hasHalf: boolean,
): readonly [year: string, month: string, day: string] | null {
  if (first.length === 4) return third.length <= 2 ? [first, second, third] : null;
  if (third.length !== 4 || first.length > 2) return null;
  const isMonthFirst = mark === '/' && hasHalf ? Number(first) <= 12 : Number(second) > 12;
  return isMonthFirst ? [third, first, second] : [third, second, first];
}

/** The hour of the day; 99, which no day has, when it cannot be. */
function hourOf(text: string, half: string | undefined): number {
  const hour = Number(text);
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return 99;
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}

function isoTicks(
  [year, month, day]: readonly [string, string, string],
  hour: number,
  rest: string,
  fraction: string | undefined,
): bigint | null {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const seconds = fraction === undefined ? rest : `${rest}.${fraction}`;
  return parseIsoTime(`${date}T${String(hour).padStart(2, '0')}:${seconds}Z`);
}

/**
 * Milliseconds that a local time (as if it were UTC) is ahead of UTC. Of a time that happened twice, as when summer time
 * ends, the first is meant; one that was left out is read with the offset before.
 */
function createOffsets(timeZone: string): (localMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (timeZone === 'UTC') return () => 0;
  const known = new Map<number, number>();
  const offsetAt = (ms: number): number => wallClock(format, ms) - Math.floor(ms / 1000) * 1000;
  return (localMs) => {
    const quarter = Math.floor(localMs / QUARTER_MS) * QUARTER_MS;
    const found = known.get(quarter);
    if (found !== undefined) return found;
    const before = offsetAt(quarter - DAY_MS);
    const after = offsetAt(quarter + DAY_MS);
    const isBefore = before === after || offsetAt(quarter - before) === before;
    const isAfter = offsetAt(quarter - after) === after;
    const offset = isBefore || !isAfter ? before : after;
    if (known.size < KNOWN_MAX) known.set(quarter, offset);
    return offset;
  };
}

/** What clocks of the zone show, as milliseconds since 1970 as if it were UTC. */
function wallClock(format: Intl.DateTimeFormat, ms: number): number {
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const date = new Date(0);
  const year = parts.get('era') === 'BC' ? 1 - part('year') : part('year');
  date.setUTCFullYear(year, part('month') - 1, part('day'));
  date.setUTCHours(part('hour'), part('minute'), part('second'));
  return date.getTime();
}
