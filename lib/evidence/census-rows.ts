import type { CensusRow } from './record.ts';
import { earlier, later } from './time.ts';

/** The rows of several blocks as one census, kinds in the order in which they came first. */
export function joinCensusRows(rows: readonly CensusRow[]): readonly CensusRow[] {
  const joined = new Map<string, CensusRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.channel, row.eventId, row.computer, row.provider]);
    const known = joined.get(key);
    joined.set(key, known ? joinRows(known, row) : row);
  }
  return [...joined.values()];
}

function joinRows(a: CensusRow, b: CensusRow): CensusRow {
  return {
    ...a,
    count: a.count + b.count,
    firstTicks: earlier(a.firstTicks, b.firstTicks),
    lastTicks: later(a.lastTicks, b.lastTicks),
  };
}
