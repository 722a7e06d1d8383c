import type { CensusRow, SystemValues } from '#lib/evidence/record.ts';

/** What a census counts by. */
export type KindValues = Pick<SystemValues, 'channel' | 'eventId' | 'computer' | 'providerName'>;

export type MutableRow = { -readonly [Name in keyof CensusRow]: CensusRow[Name] };

const FIRST_MAX = 16;

/** Counts records by kind. */
export class Census {
  readonly #rows = new Map<string, MutableRow>();
  /** The rows that came first: looked through, they cost less than a key for each record. */
  readonly #first: MutableRow[] = [];
  readonly #shared = new Map<KindValues, MutableRow>();

  add(system: KindValues, ticks: bigint | null): void {
    this.count(this.rowOf(system), ticks);
  }

  /** As add, for kinds that many records share as one object. */
  addShared(kind: KindValues, ticks: bigint | null): void {
    let row = this.#shared.get(kind);
    if (!row) {
      row = this.rowOf(kind);
      this.#shared.set(kind, row);
    }
    this.count(row, ticks);
  }

  /** The row of a kind; a new one counts nothing yet. */
  rowOf({ channel, eventId, computer, providerName: provider }: KindValues): MutableRow {
    return (
      this.#first.find(
        (known) =>
          known.eventId === eventId &&
          known.channel === channel &&
          known.computer === computer &&
          known.provider === provider,
      ) ?? this.#furtherRow(channel, eventId, computer, provider)
    );
  }

  /** Counts a record of the kind that a row of this census is for. */
  count(row: MutableRow, ticks: bigint | null): void {
    row.count += 1;
    if (ticks === null) return;
    if (row.firstTicks === null || ticks < row.firstTicks) row.firstTicks = ticks;
    if (row.lastTicks === null || ticks > row.lastTicks) row.lastTicks = ticks;
  }

  #furtherRow(
    channel: string | null,
    eventId: number | null,
    computer: string | null,
    provider: string | null,
  ): MutableRow {
    const key = JSON.stringify([channel, eventId, computer, provider]);
    const known = this.#rows.get(key);
    if (known) return known;
    const row = { channel, eventId, computer, provider, count: 0, firstTicks: null, lastTicks: null };
    this.#rows.set(key, row);
    if (this.#first.length < FIRST_MAX) this.#first.push(row);
    return row;
  }

  rows(): readonly CensusRow[] {
    return [...this.#rows.values()];
  }
}
