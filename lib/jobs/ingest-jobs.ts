import type { Job, JobResult } from 'pg-boss';
import { log } from '#lib/log.ts';
import { type IngestContext, type ReadOutcome, readIntoEvents, settleAll } from './ingest.ts';
import { type IngestPayload, ingestPayload } from './payloads.ts';
import { untilRoom } from './room.ts';

/** Small evidence spends most of its time waiting for PostgreSQL. */
const LANES = 4;
/** Findings are made once for all evidence that was read in this time. */
const SETTLE_MS = 2_000;

const nothing = async (): Promise<void> => undefined;

/**
 * Ingests the evidence of several jobs, a few at a time, and makes findings together. Each job ends as its own evidence
 * does: one that stops is tried again and keeps no other from its end.
 */
export async function ingestJobs(
  jobs: readonly Job<IngestPayload>[],
  context: IngestContext & { readonly signal: AbortSignal },
): Promise<JobResult[]> {
  const results: JobResult[] = [];
  let pending: { readonly id: string; readonly outcome: ReadOutcome }[] = [];
  let settledAt = Date.now();

  const stop = (id: string, evidenceId: string, error: unknown): void => {
    log.error({ evidenceId, error }, 'ingest stopped; it will be tried again');
    results.push({ id, status: 'failed', output: { message: String(error) } });
  };
  const settle = async (): Promise<void> => {
    const own = pending;
    pending = [];
    settledAt = Date.now();
    try {
      const outcomes = own.map(({ outcome }) => outcome);
      await untilRoom(() => settleAll(outcomes, context), nothing, context.signal);
      results.push(...own.map(({ id }) => ({ id, status: 'completed' }) as const));
    } catch (error) {
      for (const { id, outcome } of own) stop(id, outcome.lease.evidenceId, error);
    }
  };

  const read = async (job: Job<IngestPayload>): Promise<void> => {
    const { evidenceId } = ingestPayload.parse(job.data);
    const startMs = Date.now();
    try {
      const signal = AbortSignal.any([context.signal, job.signal]);
      signal.throwIfAborted();
      const outcome = await untilRoom(
        () => readIntoEvents(evidenceId, { ...context, signal }),
        nothing,
        signal,
      );
      log.info({ evidenceId, ms: Date.now() - startMs }, 'evidence read');
      if (!outcome) {
        results.push({ id: job.id, status: 'completed' });
        return;
      }
      pending.push({ id: job.id, outcome });
      // What was read before once is not put at stake again by another evidence that may bring the worker down.
      if (outcome.lease.epoch > 1 || Date.now() - settledAt >= SETTLE_MS) await settle();
    } catch (error) {
      stop(job.id, evidenceId, error);
    }
  };
  const waiting = jobs.values();
  const lane = async (): Promise<void> => {
    for (const job of waiting) await read(job);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (pending.length > 0) await settle();
  return results;
}
