import { hostname } from 'node:os';
import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
import { loadKnowledge } from '#lib/detection/rules.ts';
import { env } from '#lib/env.ts';
import { log } from '#lib/log.ts';
import { ingestEvidence } from './ingest.ts';
import { WORKER_BEAT_MS } from './liveness.ts';
import { INGEST_QUEUE, type IngestPayload, ingestPayload } from './payloads.ts';
import { openQueue } from './queue.ts';

/** Runs until the signal: takes ingest jobs from the queue, one after the other. */
export async function runWorker(signal: AbortSignal): Promise<void> {
  const knowledge = await loadKnowledge();
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  const boss = await openQueue({ isWorker: true });
  const id = `${hostname()}-${process.pid}`;
  const startedAt = new Date();
  const beat = async (): Promise<void> => {
    const seenAt = new Date();
    await db.workerHeartbeat.upsert({ where: { id }, create: { id, startedAt, seenAt }, update: { seenAt } });
    await db.workerHeartbeat.deleteMany({ where: { seenAt: { lt: new Date(Date.now() - 3_600_000) } } });
  };
  await beat();
  const timer = setInterval(() => {
    beat().catch((error: unknown) => log.warn({ error }, 'the worker could not say that it lives'));
  }, WORKER_BEAT_MS);

  await boss.work<IngestPayload>(
    INGEST_QUEUE,
    { batchSize: 1, pollingIntervalSeconds: 0.5, includeMetadata: false },
    async (jobs) => {
      for (const job of jobs) {
        const { evidenceId } = ingestPayload.parse(job.data);
        const startMs = Date.now();
        try {
          await ingestEvidence(evidenceId, {
            db,
            store,
            knowledge,
            signal: AbortSignal.any([signal, job.signal]),
          });
          log.info({ evidenceId, ms: Date.now() - startMs }, 'ingest ended');
        } catch (error) {
          log.error({ evidenceId, error }, 'ingest stopped; it will be tried again');
          throw error;
        }
      }
    },
  );
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(timer);
  await boss.stop({ graceful: true, timeout: 5_000 });
  await db.workerHeartbeat.deleteMany({ where: { id } });
  await db.$disconnect();
}
