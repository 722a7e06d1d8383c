import { randomUUID } from 'node:crypto';
import type { SelectingRule } from '#lib/catalogue/catalogue.ts';
import { currentCatalogue } from '#lib/catalogue/current.ts';
import { addMarks } from '#lib/catalogue/marks.ts';
import { recompute, stopOverfull } from '#lib/catalogue/settle.ts';
import { Batch, Reading } from '#lib/custody/batch.ts';
import { readingOf } from '#lib/custody/reading.ts';
import type { EvidenceStore } from '#lib/custody/store.ts';
import { LeaseLost, type ReprocessLease, writeReprocessBatch } from '#lib/custody/write-batch.ts';
import { inBulkTransaction } from '#lib/db/bulk.ts';
import type { db as Database } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { evidenceNeedles } from '#lib/detection/needles.ts';
import { Occurrences } from '#lib/events/occurrences.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import { openFile } from '#lib/evidence/source.ts';

/** A batch is written when its blocks hold this much, or after this long, whichever comes first. */
const BATCH_BYTES = 32 * 1024 * 1024;
const BATCH_EVENTS = 5_000;
const BATCH_MS = 2_000;
/** How often it is looked whether a rule selects too much. */
const CHECK_MS = 10_000;
/** Evidence that brings its worker down this often is given up for reading again; its findings stay as they are. */
const MAX_ATTEMPTS = 6;
const TRANSACTION = { timeout: 120_000, maxWait: 30_000 };

export type ReprocessContext = {
  readonly db: typeof Database;
  readonly store: EvidenceStore;
  readonly signal?: AbortSignal;
};

/**
 * Reads one stored evidence again for the rules that it was not read for, so that it is as if they had always been
 * there. May be started again at any time, also while an older run still lives: each run takes the lease and goes on
 * where the last committed batch ended, and the older one then writes nothing.
 */
export async function reprocessEvidence(evidenceId: string, context: ReprocessContext): Promise<void> {
  try {
    for (;;) {
      const lease = await takeLease(evidenceId, context);
      if (!lease) return;
      const pass = await beginPass(lease, context);
      if (pass.rules.length > 0) await readPass(lease, pass, context);
      if (await endPass(lease, pass, context)) return;
    }
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
  }
}

type HeldLease = ReprocessLease & {
  readonly sha256: string;
  readonly nextOffset: number;
  readonly nextBlock: number;
  readonly ruleKeys: readonly string[];
  /** How far the evidence was read; nothing after it is. */
  readonly endOffset: number;
  readonly reading: ReturnType<typeof readingOf>;
};

async function takeLease(evidenceId: string, { db }: ReprocessContext): Promise<HeldLease | null> {
  const leaseId = randomUUID();
  return db.$transaction(async (tx) => {
    const { count } = await tx.reprocess.updateMany({
      where: { evidenceId, finishedAt: null },
      data: { leaseId, attempts: { increment: 1 } },
    });
    if (count === 0) return null;
    const row = await tx.reprocess.findUniqueOrThrow({ where: { evidenceId }, include: { evidence: true } });
    const { investigationId, sha256, nextOffset: endOffset } = row.evidence;
    if (sha256 === null) throw new Error('evidence that still arrives is not read again');
    if (row.attempts > MAX_ATTEMPTS) {
      await lockInvestigation(tx, investigationId, 'exclusive');
      const message = `Reading it again stopped ${MAX_ATTEMPTS} times at byte ${row.nextOffset} and was given up.`;
      await tx.reprocess.update({ where: { evidenceId }, data: { finishedAt: new Date(), message } });
      await recompute(tx, investigationId);
      return null;
    }
    return {
      evidenceId,
      leaseId,
      investigationId,
      sha256,
      nextOffset: Number(row.nextOffset),
      nextBlock: row.nextBlock,
      ruleKeys: row.ruleKeys,
      endOffset: Number(endOffset),
      reading: readingOf(row.evidence),
    };
  }, TRANSACTION);
}

type Pass = {
  readonly rules: readonly SelectingRule[];
  readonly startOffset: number;
  readonly startBlock: number;
};

/** Goes on with the rules of a pass that was begun, or begins one for all that are lacking. */
async function beginPass(lease: HeldLease, { db }: ReprocessContext): Promise<Pass> {
  const lacking = await lackingRules(db, lease.evidenceId);
  const begun = lacking.filter(({ key }) => lease.ruleKeys.includes(key));
  if (lease.nextOffset > 0 && begun.length > 0) {
    return { rules: begun, startOffset: lease.nextOffset, startBlock: lease.nextBlock };
  }
  await db.$transaction(async (tx) => {
    await holdLease(tx, lease, {
      ruleKeys: lacking.map(({ key }) => key),
      nextOffset: 0n,
      nextBlock: 0,
    });
    for (const { rule } of lacking) {
      await tx.coverage.deleteMany({
        where: { evidenceId: lease.evidenceId, detectionId: rule.id, variant: rule.variant },
      });
    }
  }, TRANSACTION);
  return { rules: lacking, startOffset: 0, startBlock: 0 };
}

async function lackingRules(
  tx: Prisma.TransactionClient,
  evidenceId: string,
): Promise<readonly SelectingRule[]> {
  const { selecting } = await currentCatalogue(tx);
  const marks = await tx.evidenceRule.findMany({ where: { evidenceId }, select: { ruleKey: true } });
  const read = new Set(marks.map(({ ruleKey }) => ruleKey));
  return selecting.filter(({ key }) => !read.has(key));
}

async function readPass(lease: HeldLease, pass: Pass, context: ReprocessContext): Promise<void> {
  // Nothing of it was read: an archive, whose members are evidence of their own.
  if (lease.endOffset === 0) return;
  const { db } = context;
  const rules = pass.rules.map(({ rule }) => rule);
  const source = await openFile(context.store.pathOf(lease.sha256));
  try {
    const { blocks } = await readEvidence(source, {
      ...lease.reading,
      startOffset: pass.startOffset,
      startIndex: pass.startBlock,
      needles: evidenceNeedles(rules, { extended: true }),
      signal: context.signal,
    });
    const occurrences = await occurrencesBefore(db, lease, pass.startOffset);
    const reading = new Reading(rules, occurrences, 'reprocess');
    const newBatch = (offset: number): Batch => new Batch(reading, offset);
    let startOffset = pass.startOffset;
    let batch = newBatch(startOffset);
    let batchStart = Date.now();
    let checked = Date.now();
    const flush = async (): Promise<void> => {
      await inBulkTransaction((tx) => writeReprocessBatch(tx, lease, startOffset, batch));
      startOffset = batch.nextOffset;
      batch = newBatch(startOffset);
      batchStart = Date.now();
      if (Date.now() - checked > CHECK_MS) {
        await db.$transaction((tx) => stopOverfull(tx), TRANSACTION);
        checked = Date.now();
      }
    };
    for await (const block of blocks) {
      if (block.offset >= lease.endOffset) break;
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

/** Returns true when nothing is lacking any more. Findings are made when the last evidence has ended. */
async function endPass(lease: HeldLease, pass: Pass, { db }: ReprocessContext): Promise<boolean> {
  return db.$transaction(async (tx) => {
    // Of two that end at one time, the second sees that the first has ended.
    await lockInvestigation(tx, lease.investigationId, 'exclusive');
    await addMarks(
      tx,
      lease.evidenceId,
      pass.rules.map(({ key }) => key),
    );
    const isDone = (await lackingRules(tx, lease.evidenceId)).length === 0;
    await holdLease(tx, lease, {
      ruleKeys: [],
      attempts: 0,
      // How far it was read stays, as what was done.
      ...(isDone ? { finishedAt: new Date() } : { nextOffset: 0n, nextBlock: 0 }),
    });
    if (isDone && (await tx.reprocess.count({ where: { finishedAt: null } })) === 0) {
      await recompute(tx, lease.investigationId);
    }
    return isDone;
  }, TRANSACTION);
}

async function holdLease(
  tx: Prisma.TransactionClient,
  lease: HeldLease,
  data: Prisma.ReprocessUpdateManyMutationInput,
): Promise<void> {
  const { evidenceId, leaseId } = lease;
  const { count } = await tx.reprocess.updateMany({ where: { evidenceId, leaseId }, data });
  if (count !== 1) throw new LeaseLost('the evidence is read again by another worker or was deleted');
}

/**
 * Events without a record id are told apart by which equal one they are in the evidence: of those before the place where
 * reading goes on, which are kept already, also when the ingest kept them.
 */
async function occurrencesBefore(
  tx: Prisma.TransactionClient,
  { evidenceId }: HeldLease,
  offset: number,
): Promise<Occurrences> {
  if (offset === 0) return new Occurrences();
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT e.id FROM sighting s
    JOIN event e ON e.investigation_id = s.investigation_id AND e.id = s.event_id
    WHERE s.evidence_id = ${evidenceId}::uuid AND s."offset" < ${BigInt(offset)} AND e.record_id IS NULL`;
  return new Occurrences(new Set(rows.map((row) => row.id)));
}
