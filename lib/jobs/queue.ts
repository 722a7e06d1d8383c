import { fromPrisma, PgBoss } from 'pg-boss';
import type { Prisma } from '#lib/db/generated/client.ts';
import {
  INGEST_QUEUE,
  type IngestPayload,
  PULL_QUEUE,
  type PullPayload,
  REPROCESS_QUEUE,
  type ReprocessPayload,
  SMALL_EVIDENCE_BYTES,
  SMALL_INGEST_QUEUE,
} from './payloads.ts';

/** A job whose worker gave no sign for this long is given to another; the least that pg-boss allows. */
const HEARTBEAT_SECONDS = 10;
const WATCH_SECONDS = 2;

let sender: Promise<PgBoss> | null = null;

/** The queue for those who only send: it neither watches nor schedules. */
function sendingQueue(): Promise<PgBoss> {
  sender ??= openQueue({ isWorker: false });
  return sender;
}

/** Stops the queue of this process, for an orderly end. */
export async function closeSendingQueue(): Promise<void> {
  const boss = await sender;
  sender = null;
  await boss?.stop({ graceful: false });
}

export async function openQueue(options: { isWorker: boolean }): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: process.env.DATABASE_URL ?? '',
    max: 3,
    supervise: options.isWorker,
    schedule: false,
    superviseIntervalSeconds: WATCH_SECONDS,
    monitorIntervalSeconds: WATCH_SECONDS,
  });
  boss.on('error', () => {
    // A lost connection; pg-boss tries again, and the supervisor restarts a process that ends.
  });
  await boss.start();
  for (const queue of [INGEST_QUEUE, SMALL_INGEST_QUEUE, REPROCESS_QUEUE, PULL_QUEUE]) {
    await boss.createQueue(queue, {
      // One pull of a source runs, one more may wait.
      ...(queue === PULL_QUEUE ? { policy: 'stately' as const } : {}),
      heartbeatSeconds: HEARTBEAT_SECONDS,
      // A large evidence may take hours; a dead worker is noticed by its heartbeat.
      expireInSeconds: 23 * 3_600,
      retryLimit: 10,
      retryDelay: 1,
    });
  }
  return boss;
}

/** Sends within the caller's transaction: the job exists exactly when the evidence does. */
export async function sendIngest(tx: Prisma.TransactionClient, payload: IngestPayload): Promise<void> {
  const boss = await sendingQueue();
  const { sizeBytes } = await tx.evidence.findUniqueOrThrow({
    where: { id: payload.evidenceId },
    select: { sizeBytes: true },
  });
  const queue = sizeBytes <= SMALL_EVIDENCE_BYTES ? SMALL_INGEST_QUEUE : INGEST_QUEUE;
  await boss.send(queue, payload, { db: fromPrisma(tx) });
}

/** Sends within the transaction that says what is to be read again. */
export async function sendReprocess(tx: Prisma.TransactionClient, payload: ReprocessPayload): Promise<void> {
  const boss = await sendingQueue();
  await boss.send(REPROCESS_QUEUE, payload, { db: fromPrisma(tx) });
}

/** Sends within the transaction that makes the pull. */
export async function sendPull(tx: Prisma.TransactionClient, payload: PullPayload): Promise<void> {
  const boss = await sendingQueue();
  await boss.send(PULL_QUEUE, payload, { db: fromPrisma(tx), singletonKey: payload.sourceId });
}
