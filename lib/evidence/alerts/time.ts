import { createTimeReader, type ReadTime, type TimeReader } from '#lib/evidence/text/times.ts';

const TICKS_PER_MILLISECOND = 10_000n;
const TICKS_PER_MINUTE = 600_000_000n;
const UTC = createTimeReader();
/** `Fri, 22 Feb 2022 22:00:00 -0600` (Hayabusa's --RFC-2822). */
const RFC_2822 = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/;
const WITH_OFFSET = /^(.{10,40}?) ?([+-])(\d\d):?(\d\d)$/;

/**
 * The time of an alert in any of the formats that Hayabusa and Chainsaw offer: ISO 8601 and RFC 3339 (also with a blank
 * before the offset, Hayabusa's own), RFC 2822, and the order of the United States or Europe with an offset.
 */
export function alertTime(text: string | null, times: TimeReader): ReadTime | null {
  if (text === null || text.length > 60) return null;
  const trimmed = text.trim();
  if (RFC_2822.test(trimmed)) {
    const ms = Date.parse(trimmed);
    return Number.isNaN(ms) ? null : { ticks: BigInt(ms) * TICKS_PER_MILLISECOND, isLocal: false };
  }
  const [, wallClock, sign, hours, minutes] = WITH_OFFSET.exec(trimmed) ?? [];
  const isDate = /^\d{4}-\d\d-\d\d$/.test(trimmed);
  if (wallClock === undefined || isDate) return times.parse(trimmed.replace(/ Z$/, 'Z'));
  // The month stands first where the clock has two halves.
  const ordered = /[AP]M$/.test(wallClock) ? wallClock.replaceAll('-', '/') : wallClock;
  const local = UTC.parse(ordered.replace('T', ' '));
  if (local === null) return null;
  const offset = BigInt(Number(hours) * 60 + Number(minutes)) * TICKS_PER_MINUTE;
  return { ticks: sign === '-' ? local.ticks + offset : local.ticks - offset, isLocal: false };
}
