import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, PgBoss } from 'pg-boss';
import { importFolder } from '#lib/catalogue/folder.ts';
import { catchUpWithCatalogue } from '#lib/catalogue/settle.ts';
import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
import { env } from '#lib/env.ts';
import { log } from '#lib/log.ts';
import { deliverDue } from '#lib/notifications/deliver.ts';
import { runPullsOf } from '#lib/sources/run.ts';
import { schedulePulls } from '#lib/sources/schedule.ts';
import { keepHeapSmall } from './heap.ts';
import { ingestJobs } from './ingest-jobs.ts';
import { WORKER_BEAT_MS } from './liveness.ts';
import {
  INGEST_QUEUE,
  type IngestPayload,
  PULL_QUEUE,
  type PullPayload,
  pullPayload,
  REPROCESS_QUEUE,
  type ReprocessPayload,
  reprocessPayload,
  SMALL_INGEST_QUEUE,
} from './payloads.ts';
import { closeSendingQueue, openQueue } from './queue.ts';
import { reprocessEvidence } from './reprocess.ts';

/** Runs until the signal: takes jobs from the queues, those of each queue one after another. */
export async function runWorker(signal: AbortSignal): Promise<void> {
  keepHeapSmall();
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

  // Only now, so that nobody takes the worker for dead while it does this.
  await importFolder(env().JOBSIGHT_DATA);
  await catchUpWithCatalogue();

  const ingest = (jobs: readonly Job<IngestPayload>[]) => ingestJobs(jobs, { db, store, signal });
  await boss.work<IngestPayload>(
    INGEST_QUEUE,
    { batchSize: 1, pollingIntervalSeconds: 0.5, perJobResults: true },
    ingest,
  );
  await boss.work<IngestPayload>(
    SMALL_INGEST_QUEUE,
    { batchSize: 100, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5, perJobResults: true },
    ingest,
  );
  await boss.work<ReprocessPayload>(
    REPROCESS_QUEUE,
    { batchSize: 1, pollingIntervalSeconds: 0.5, includeMetadata: false },
    async (jobs) => {
      for (const job of jobs) {
        const { evidenceId } = reprocessPayload.parse(job.data);
        const startMs = Date.now();
        try {
          await reprocessEvidence(evidenceId, { db, store, signal: AbortSignal.any([signal, job.signal]) });
          log.info({ evidenceId, ms: Date.now() - startMs }, 'reading again ended');
        } catch (error) {
          log.error({ evidenceId, error }, 'reading again stopped; it will be tried again');
          throw error;
        }
      }
    },
  );
  const pulling = await workOnPulls(boss, store, signal);
  const notifying = notify(signal);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(timer);
  await pulling.ended;
  await notifying;
  await boss.stop({ graceful: true, timeout: 5_000 });
  await closeSendingQueue();
  await db.workerHeartbeat.deleteMany({ where: { id } });
  await db.$disconnect();
}

/** How often it is looked which sources are due. */
const SCHEDULE_LOOK_MS = 5_000;
/** Sources that one worker pulls from side by side. */
const PULLS_AT_ONCE = 3;

/** Pulls from sources, and makes the pulls that schedules ask for until the signal. */
async function workOnPulls(
  boss: PgBoss,
  store: EvidenceStore,
  signal: AbortSignal,
): Promise<{ readonly ended: Promise<void> }> {
  const { JOBSIGHT_DATA, JOBSIGHT_SECRET = '' } = env();
  await boss.work<PullPayload>(
    PULL_QUEUE,
    { batchSize: 1, localConcurrency: PULLS_AT_ONCE, pollingIntervalSeconds: 0.5 },
    async (jobs) => {
      for (const job of jobs) {
        await runPullsOf(pullPayload.parse(job.data).sourceId, {
          db,
          store,
          dataFolder: JOBSIGHT_DATA,
          secret: JOBSIGHT_SECRET,
          signal: AbortSignal.any([signal, job.signal]),
        });
      }
    },
  );
  const look = async (): Promise<void> => {
    while (!signal.aborted) {
      await schedulePulls().catch((error: unknown) =>
        log.warn({ err: error }, 'due pulls could not be looked for; it is tried again'),
      );
      await sleep(SCHEDULE_LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  return { ended: look() };
}

/** How often it is looked what waits in the outbox. */
const NOTIFY_LOOK_MS = 2_000;

/** Sends notifications until the signal. */
async function notify(signal: AbortSignal): Promise<void> {
  const { JOBSIGHT_SECRET = '' } = env();
  while (!signal.aborted) {
    await deliverDue({ db, secret: JOBSIGHT_SECRET, signal, clock: () => new Date() }).catch(
      (error: unknown) => {
        if (!signal.aborted) log.warn({ err: error }, 'notifications could not be sent; it is tried again');
      },
    );
    await sleep(NOTIFY_LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}
