import { formatTicks } from '#lib/preferences/zone.ts';

/** `2026-03-05T09:14`, what an input of type datetime-local holds, of a moment in a zone. */
export function wallClockOf(iso: string, zone: string): string {
  const ticks = BigInt(Date.parse(iso)) * 10_000n;
  return formatTicks(ticks, zone, 0).replace(' ', 'T').slice(0, 16);
}

/** The moment at which clocks in the zone show this; of two (when they are set back) the first. Null for no time. */
export function isoOfWallClock(text: string, zone: string): string | null {
  const asUtc = Date.parse(`${text}Z`);
  if (!Number.isFinite(asUtc)) return null;
  // The offset is asked for twice, because it may be another at the moment that the first guess leads to.
  const offsetAt = (ms: number): number =>
    Date.parse(`${wallClockOf(new Date(ms).toISOString(), zone)}Z`) - ms;
  const floor = (ms: number): number => Math.floor(ms / 60_000) * 60_000;
  const guess = asUtc - offsetAt(floor(asUtc));
  return new Date(asUtc - offsetAt(floor(guess))).toISOString();
}
