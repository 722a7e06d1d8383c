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

/**
 * `120 records = 110 events + 4 bad + 6 seen already`, with alerts where there are some: nothing that was in the file is
 * unaccounted for.
 */
export function recordSum(counts: {
  readonly recordCount: number;
  readonly lossCount: number;
  readonly duplicateCount: number;
  readonly alerts: { readonly total: number; readonly repeatCount: number } | null;
}): string {
  const { recordCount, lossCount, duplicateCount, alerts } = counts;
  const alertTotal = alerts?.total ?? 0;
  const repeats = duplicateCount + (alerts?.repeatCount ?? 0);
  const records = recordCount + alertTotal + (alerts?.repeatCount ?? 0) + lossCount;
  const show = (count: number): string => count.toLocaleString('en');
  const said = alertTotal === 0 ? '' : `${plural(alertTotal, 'alert')} + `;
  return `${plural(records, 'record')} = ${plural(recordCount - duplicateCount, 'event')} + ${said}${show(lossCount)} bad + ${show(repeats)} seen already`;
}
