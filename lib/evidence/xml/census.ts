import type { CensusRow, EvidenceRecord } from '#lib/evidence/record.ts';

type Mutable = { -readonly [Name in keyof CensusRow]: CensusRow[Name] };

/** Counts records by kind. */
export class Census {
  readonly #rows = new Map<string, Mutable>();
  count = 0;

  add(record: EvidenceRecord): void {
    const { channel, eventId, computer, providerName } = record.system;
    const { timeTicks } = record;
    this.count += 1;
    const key = JSON.stringify([channel, eventId, computer, providerName]);
    const row = this.#rows.get(key);
    if (!row) {
      this.#rows.set(key, {
        channel,
        eventId,
        computer,
        provider: providerName,
        count: 1,
        firstTicks: timeTicks,
        lastTicks: timeTicks,
      });
      return;
    }
    row.count += 1;
    if (timeTicks === null) return;
    if (row.firstTicks === null || timeTicks < row.firstTicks) row.firstTicks = timeTicks;
    if (row.lastTicks === null || timeTicks > row.lastTicks) row.lastTicks = timeTicks;
  }

  get rows(): readonly CensusRow[] {
    return [...this.#rows.values()];
  }
}
