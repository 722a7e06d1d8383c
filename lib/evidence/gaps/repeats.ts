import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { RecordRuns, recordNumber } from './runs.ts';

/** Logs (channel of a computer) that are looked at; hostile evidence may name any number. */
const LOGS_MAX = 10_000;

/** Counts records that came before, by log and record number. Those without a number, or of a scattered log, count as new. */
export class RepeatCounter {
  readonly #logs = new Map<string, RecordRuns>();

  add({ system, timeTicks }: EvidenceRecord): void {
    const number = recordNumber(system.recordId);
    if (number === null) return;
    const key = `${system.computer?.toLowerCase()}\n${system.channel?.toLowerCase()}`;
    let runs = this.#logs.get(key);
    if (!runs) {
      if (this.#logs.size >= LOGS_MAX) return;
      runs = new RecordRuns();
      this.#logs.set(key, runs);
    }
    runs.add(number, timeTicks);
  }

  get count(): number {
    return [...this.#logs.values()].reduce(
      (sum, runs) => sum + runs.recordCount - (runs.distinctCount ?? runs.recordCount),
      0,
    );
  }
}
