const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `69.6 kB`: decimal units, as disks are sold and browsers show them. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${UNITS[unit]}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** `120 records = 110 events + 4 bad + 6 seen already`: nothing that was in the file is unaccounted for. */
export function recordSum(counts: {
  readonly recordCount: number;
  readonly lossCount: number;
  readonly duplicateCount: number;
}): string {
  const { recordCount, lossCount, duplicateCount } = counts;
  const show = (count: number): string => count.toLocaleString('en');
  return `${plural(recordCount + lossCount, 'record')} = ${plural(recordCount - duplicateCount, 'event')} + ${show(lossCount)} bad + ${show(duplicateCount)} seen already`;
}
