import { currentCatalogue } from '#lib/catalogue/current.ts';
import { markRead } from '#lib/catalogue/marks.ts';
import { planReprocess, recompute } from '#lib/catalogue/settle.ts';
import { Batch } from '#lib/custody/batch.ts';
import type { EvidenceStore } from '#lib/custody/store.ts';
import { type Lease, LeaseLost, writeBatch } from '#lib/custody/write-batch.ts';
import type { db as Database } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { toPostgres } from '#lib/db/postgres-text.ts';
import { Occurrences } from '#lib/events/occurrences.ts';
import { EvidenceRefused, readEvidence } from '#lib/evidence/read.ts';
import { openFile } from '#lib/evidence/source.ts';

/** A batch is written when its blocks hold this much, or after this long, whichever comes first. */
const BATCH_BYTES = 16 * 1024 * 1024;
const BATCH_EVENTS = 5_000;
const BATCH_MS = 2_000;
/** First findings appear while reading goes on, at most this often. */
const RECOMPUTE_MS = 5_000;
/** A file that brings its worker down this often is given up, so that it cannot hold up all others. */
const MAX_EPOCHS = 6;
const TRANSACTION = { timeout: 120_000, maxWait: 30_000 };

export type IngestContext = {
  readonly db: typeof Database;
  readonly store: EvidenceStore;
  readonly signal?: AbortSignal;
};

/**
 * Reads one evidence into events, sightings, counts and findings. May be started again at any time, also while an older
 * run still lives: each run takes the lease, goes on where the last committed batch ended, and an older run then
 * writes nothing.
 */
export async function ingestEvidence(evidenceId: string, context: IngestContext): Promise<void> {
  const lease = await takeLease(evidenceId, context);
  if (!lease) return;
  try {
    await readAll(lease, context);
    await finish(lease, context);
  } catch (error) {
    if (error instanceof LeaseLost) return;
    if (error instanceof EvidenceRefused) return settle(lease, context, 'refused', error.message);
    throw error;
  }
}

type HeldLease = Lease & {
  readonly sha256: string;
  readonly nextOffset: number;
  readonly nextBlock: number;
};

async function takeLease(evidenceId: string, { db }: IngestContext): Promise<HeldLease | null> {
  const [row] = await db.$queryRaw<
    {
      investigation_id: string;
      sha256: string;
      epoch: number;
      next_offset: bigint;
      next_block: number;
    }[]
  >`
    UPDATE evidence SET
      epoch = epoch + 1,
      status = CASE WHEN epoch + 1 > ${MAX_EPOCHS} THEN 'failed' ELSE 'reading' END::evidence_status,
      message = CASE WHEN epoch + 1 > ${MAX_EPOCHS} THEN
        'Reading stopped ' || ${MAX_EPOCHS} || ' times at byte ' || next_offset ||
        ' and was given up; what was read before that is kept. Split the file or export it again.' END,
      started_at = COALESCE(started_at, now())
    WHERE id = ${evidenceId}::uuid AND status IN ('waiting', 'reading')
    RETURNING investigation_id, sha256, epoch, next_offset, next_block`;
  if (!row) return null;
  if (row.epoch > MAX_EPOCHS) {
    await db.$transaction((tx) => catchUp(tx, row.investigation_id), TRANSACTION);
    return null;
  }
  return {
    evidenceId,
    investigationId: row.investigation_id,
    sha256: row.sha256,
    epoch: row.epoch,
    nextOffset: Number(row.next_offset),
    nextBlock: row.next_block,
  };
}

async function readAll(lease: HeldLease, context: IngestContext): Promise<void> {
  const { db } = context;
  const { selecting } = await currentCatalogue();
  const rules = selecting.map(({ rule }) => rule);
  const source = await openFile(context.store.pathOf(lease.sha256));
  try {
    const { form, version, blocks } = await readEvidence(source, {
      startOffset: lease.nextOffset,
      startIndex: lease.nextBlock,
      signal: context.signal,
    });
    await db.evidence.updateMany({
      where: { id: lease.evidenceId, epoch: lease.epoch },
      data: { form, readerVersion: version },
    });
    await db.$transaction((tx) =>
      markRead(
        tx,
        lease,
        selecting.map(({ key }) => key),
      ),
    );
    const occurrences = await occurrencesSoFar(lease, context);
    let startOffset = lease.nextOffset;
    let batch = new Batch(rules, occurrences, startOffset);
    let batchStart = Date.now();
    let recomputed = Date.now();
    let hasUnseenSelections = false;
    const flush = async (): Promise<void> => {
      await db.$transaction((tx) => writeBatch(tx, lease, startOffset, batch, rules), TRANSACTION);
      hasUnseenSelections ||= batch.hasSelections;
      startOffset = batch.nextOffset;
      batch = new Batch(rules, occurrences, startOffset);
      batchStart = Date.now();
      if (hasUnseenSelections && Date.now() - recomputed > RECOMPUTE_MS) {
        await db.$transaction((tx) => recompute(tx, lease.investigationId), TRANSACTION);
        recomputed = Date.now();
        hasUnseenSelections = false;
      }
    };
    for await (const block of blocks) {
      batch.add(block);
      const isFull =
        batch.sizeBytes >= BATCH_BYTES ||
        batch.events.length >= BATCH_EVENTS ||
        Date.now() - batchStart >= BATCH_MS;
      if (isFull) await flush();
      context.signal?.throwIfAborted();
    }
    if (batch.blockCount > 0) await flush();
  } finally {
    await source.close();
  }
}

/**
 * Findings and the end of the ingest are one transaction, so "ready" means that its findings are there. What was enabled
 * while it was read is read for afterwards.
 */
async function finish(lease: HeldLease, { db }: IngestContext): Promise<void> {
  await db.$transaction(async (tx) => {
    await lockInvestigation(tx, lease.investigationId, 'exclusive');
    const { count } = await tx.evidence.updateMany({
      where: { id: lease.evidenceId, epoch: lease.epoch },
      data: { status: 'ready', message: null, finishedAt: new Date() },
    });
    if (count !== 1) throw new LeaseLost('the evidence is read by another worker or was deleted');
    await catchUp(tx, lease.investigationId);
  }, TRANSACTION);
}

async function settle(
  lease: HeldLease,
  { db }: IngestContext,
  status: 'refused' | 'failed',
  message: string,
): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.evidence.updateMany({
      where: { id: lease.evidenceId, epoch: lease.epoch },
      data: { status, message: toPostgres(message), finishedAt: new Date() },
    });
    await catchUp(tx, lease.investigationId);
  }, TRANSACTION);
}

/** A detection may have waited for the end of this evidence, and this evidence may lack one. */
async function catchUp(tx: Prisma.TransactionClient, investigationId: string): Promise<void> {
  await recompute(tx, investigationId);
  await planReprocess(tx);
}

/**
 * Events without a record id are told apart by which equal one they are in the evidence. After a restart the count goes
 * on from what was committed.
 */
async function occurrencesSoFar(lease: HeldLease, { db }: IngestContext): Promise<Occurrences> {
  if (lease.nextOffset === 0) return new Occurrences();
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT e.id FROM sighting s JOIN event e ON e.investigation_id = s.investigation_id AND e.id = s.event_id
    WHERE s.evidence_id = ${lease.evidenceId}::uuid AND e.record_id IS NULL`;
  return new Occurrences(new Set(rows.map((row) => row.id)));
}
