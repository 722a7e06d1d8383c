export const INT64_MIN = -(2n ** 63n);
export const INT64_MAX = 2n ** 63n - 1n;

/** A time as PostgreSQL's bigint, which ends in the year 31197; a later one, of damaged evidence, counts as none. */
export function storable(ticks: bigint | null): bigint | null {
  return ticks === null || ticks > INT64_MAX || ticks < INT64_MIN ? null : ticks;
}

/** @param ids by name, of all hosts of a batch */
export function idOf(ids: ReadonlyMap<string, string>, name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new Error('a host of the batch was not written');
  return id;
}
