/** Times of events are 100 ns ticks since 1970 UTC; these are spans in ticks. */
export const SECOND_TICKS = 10_000_000n;
export const HOUR_TICKS = 3_600n * SECOND_TICKS;
export const DAY_TICKS = 24n * HOUR_TICKS;

/** Whole hours since 1970 UTC; -1 without a time. */
export function hourOf(timeTicks: bigint | null): number {
  return timeTicks === null ? -1 : Number(timeTicks / HOUR_TICKS);
}
