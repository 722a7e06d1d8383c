import { recompute } from '#lib/catalogue/settle.ts';
import type { Batch } from '#lib/custody/batch.ts';
import { type Lease, writeBatch } from '#lib/custody/write-batch.ts';
import { inBulkTransaction } from '#lib/db/bulk.ts';
import type { db as Database } from '#lib/db/client.ts';

/** First findings appear while reading goes on, at most this often. */
const RECOMPUTE_MS = 5_000;
const TRANSACTION = { timeout: 120_000, maxWait: 30_000 };

/**
 * Writes the batches of one ingest in their order, each in a transaction of its own, while the next one is read. A batch
 * that follows one which failed is not written: it would not begin where the evidence stands.
 */
export class BatchWriter {
  readonly #lease: Lease;
  readonly #db: typeof Database;
  #startOffset: number;
  #writing: Promise<void> = Promise.resolve();
  #recomputedAt = Date.now();
  #hasUnseenSelections = false;

  constructor(lease: Lease & { readonly nextOffset: number }, { db }: { readonly db: typeof Database }) {
    this.#lease = lease;
    this.#db = db;
    this.#startOffset = lease.nextOffset;
  }

  /** Returns when the batch before this one is written, so that two batches are held at most. Throws its error. */
  async write(batch: Batch): Promise<void> {
    await this.#writing;
    this.#writing = this.#write(batch);
    // Whoever waits for it still sees the error.
    this.#writing.catch(() => {});
  }

  /** Returns when all is written. Throws what kept it from being written. */
  async end(): Promise<void> {
    await this.#writing;
  }

  /** Returns when nothing is being written any more, with or without an error. */
  async settle(): Promise<void> {
    await this.#writing.catch(() => {});
  }

  async #write(batch: Batch): Promise<void> {
    await inBulkTransaction((tx) => writeBatch(tx, this.#lease, this.#startOffset, batch));
    this.#startOffset = batch.nextOffset;
    this.#hasUnseenSelections ||= batch.hasSelections;
    if (Date.now() - this.#recomputedAt >= RECOMPUTE_MS) await this.makeFindings();
  }

  /** Makes findings of what was written; call it after end() where reading rests for a while. */
  async makeFindings(): Promise<void> {
    if (!this.#hasUnseenSelections) return;
    await this.#db.$transaction((tx) => recompute(tx, this.#lease.investigationId), TRANSACTION);
    this.#recomputedAt = Date.now();
    this.#hasUnseenSelections = false;
  }
}
