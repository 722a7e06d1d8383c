import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { eventIdentity } from './identity.ts';

/**
 * Gives each record of one evidence its event id. Equal records without a record id are told apart by which one they are
 * in the evidence.
 */
export class Occurrences {
  readonly #counts = new Map<string, number>();
  readonly #taken: ReadonlySet<string>;

  /** @param taken ids of records without a record id that an earlier run over the same evidence gave */
  constructor(taken: ReadonlySet<string> = new Set()) {
    this.#taken = taken;
  }

  identify(record: EvidenceRecord): string {
    const base = eventIdentity(record, 0);
    if (record.system.recordId !== null) return base;
    for (;;) {
      const occurrence = this.#counts.get(base) ?? 0;
      this.#counts.set(base, occurrence + 1);
      const id = occurrence === 0 ? base : eventIdentity(record, occurrence);
      if (!this.#taken.has(id)) return id;
    }
  }
}
