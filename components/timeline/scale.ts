import { formatTicks } from '#lib/preferences/zone.ts';

/** Charts count in milliseconds, events in 100 ns ticks: this is the only place that goes from one to the other. */
export function ticksToMs(ticks: string): number {
  return Number(BigInt(ticks) / 10_000n) + Number(BigInt(ticks) % 10_000n) / 10_000;
}

export function msToTicks(ms: number): string {
  return (BigInt(Math.floor(ms)) * 10_000n).toString();
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  1, 5, 10, 50, 100, 500,
  SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND,
  MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE,
  HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
  DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, 3_650 * DAY,
]; // biome-ignore format: a table

/** Round times for an axis, at most `count` of them, with the step between them in milliseconds. */
export function axisTicks(fromMs: number, toMs: number, count: number): { ticks: number[]; stepMs: number } {
  const range = Math.max(1, toMs - fromMs);
  const stepMs = STEPS.find((step) => range / step <= count) ?? range;
  const ticks: number[] = [];
  for (
    let tick = Math.ceil(fromMs / stepMs) * stepMs;
    tick <= toMs && ticks.length < count + 1;
    tick += stepMs
  ) {
    ticks.push(tick);
  }
  return { ticks, stepMs };
}

/** An axis label: as much of the time as tells the ticks apart, in the user's zone. */
export function axisLabel(ms: number, stepMs: number, zone: string): string {
  const time = formatTicks(msToTicks(ms), zone, stepMs < SECOND ? 3 : 0);
  if (stepMs >= DAY) return time.slice(0, 10);
  return stepMs >= MINUTE ? time.slice(5, 16) : time.slice(11);
}
