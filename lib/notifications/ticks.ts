/** Milliseconds since 1970 UTC of a time in ticks of 100 ns; null of null. */
export function ticksToMs(ticks: string | null): number | null {
  return ticks === null ? null : Number(BigInt(ticks) / 10_000n);
}
