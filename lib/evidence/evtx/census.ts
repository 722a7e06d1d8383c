import type { CensusRow } from '#lib/evidence/record.ts';
import type { EvtxSystemValues } from './event-record.ts';

type MutableRow = { -readonly [Key in keyof CensusRow]: CensusRow[Key] };

/** Counts records by kind. */
export function takeCensus(systems: readonly EvtxSystemValues[]): CensusRow[] {
  const rows: MutableRow[] = [];
  for (const system of systems) {
    const { channel, eventId, computer, providerName: provider } = system;
    const ticks = system.timeTicks();
    // A chunk has few kinds of records, so a search through the list beats building a key for each record.
    const row = rows.find(
      (known) =>
        known.eventId === eventId &&
        known.channel === channel &&
        known.computer === computer &&
        known.provider === provider,
    );
    if (!row) {
      rows.push({ channel, eventId, computer, provider, count: 1, firstTicks: ticks, lastTicks: ticks });
      continue;
    }
    row.count++;
    if (ticks === null) continue;
    if (row.firstTicks === null || ticks < row.firstTicks) row.firstTicks = ticks;
    if (row.lastTicks === null || ticks > row.lastTicks) row.lastTicks = ticks;
  }
  return rows;
}
