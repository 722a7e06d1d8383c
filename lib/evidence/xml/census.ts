import type { CensusRow, SystemValues } from '#lib/evidence/record.ts';

type MutableRow = { -readonly [Name in keyof CensusRow]: CensusRow[Name] };

/** Counts records by kind. */
export class Census {
  readonly #rows = new Map<string, MutableRow>();

  add(system: SystemValues, ticks: bigint | null): void {
    const { channel, eventId, computer, providerName: provider } = system;
    const key = JSON.stringify([channel, eventId, computer, provider]);
    const row = this.#rows.get(key);
    if (!row) {
      this.#rows.set(key, {
        channel,
        eventId,
        computer,
        provider,
        count: 1,
        firstTicks: ticks,
        lastTicks: ticks,
      });
      return;
    }
    row.count += 1;
    if (ticks === null) return;
    if (row.firstTicks === null || ticks < row.firstTicks) row.firstTicks = ticks;
    if (row.lastTicks === null || ticks > row.lastTicks) row.lastTicks = ticks;
  }

  rows(): readonly CensusRow[] {
    return [...this.#rows.values()];
  }
}
