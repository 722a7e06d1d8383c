import { setImmediate } from 'node:timers/promises';
import { currentCatalogue } from '#lib/catalogue/current.ts';
import { markRead } from '#lib/catalogue/marks.ts';
import { planReprocess, recompute } from '#lib/catalogue/settle.ts';
import { openStored, restReading, type Stored } from '#lib/custody/arriving.ts';
import { Batch, Reading } from '#lib/custody/batch.ts';
import { type EvidenceQuestion, goOnIfAnswered } from '#lib/custody/go-on.ts';
import { noteFileHeader } from '#lib/custody/observed.ts';
import { chooseReading } from '#lib/custody/reading.ts';
import type { EvidenceStore } from '#lib/custody/store.ts';
import { ARCHIVE_FORM, ARCHIVE_READER, unpackArchive } from '#lib/custody/unpack.ts';
import { type Lease, LeaseLost } from '#lib/custody/write-batch.ts';
import { commitWithoutWait } from '#lib/db/bulk.ts';
import type { db as Database } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { toPostgres } from '#lib/db/postgres-text.ts';
import { env } from '#lib/env.ts';
import { Occurrences } from '#lib/events/occurrences.ts';
import { archiveKindOf } from '#lib/evidence/archive/open.ts';
import { EvidenceRefused, readEvidence } from '#lib/evidence/read.ts';
import type { Block, EvidenceRecord } from '#lib/evidence/record.ts';
import { NotArrived } from '#lib/evidence/source.ts';
import { BatchWriter } from './batch-writer.ts';
import { assertRoom, untilRoom, WAITS_FOR_ROOM } from './room.ts';

/** A batch is written when it has read or keeps this much, or after this long, whichever comes first. */
const BATCH_BYTES = 32 * 1024 * 1024;
const BATCH_KEPT_LENGTH = 8 * 1024 * 1024;
const BATCH_MS = 2_000;
/** A file that brings its worker down this often is given up, so that it cannot hold up all others. */
const MAX_ATTEMPTS = 6;
const TRANSACTION = { timeout: 120_000, maxWait: 30_000 };

export type IngestContext = {
  readonly db: typeof Database;
  readonly store: EvidenceStore;
  readonly signal?: AbortSignal;
};

/** An evidence that was read, turned out to be none, or waits for an answer; it is settled together with its findings. */
export type ReadOutcome = {
  readonly lease: Lease;
  readonly status: 'ready' | 'refused' | 'asking';
  readonly message: string | null;
  readonly question?: EvidenceQuestion;
};

/**
 * Reads one evidence into events, sightings, counts and findings. May be started again at any time, also while an older
 * run still lives: each run takes the lease, goes on where the last committed batch ended, and an older run then
 * writes nothing.
 */
export async function ingestEvidence(evidenceId: string, context: IngestContext): Promise<void> {
  const outcome = await readIntoEvents(evidenceId, context);
  if (outcome) await settleAll([outcome], context);
}

/**
 * The first half of an ingest. Returns null when there is nothing to settle: another worker has it, it was deleted, or
 * more of it has yet to arrive.
 */
export async function readIntoEvents(
  evidenceId: string,
  context: IngestContext,
): Promise<ReadOutcome | null> {
  const lease = await takeLease(evidenceId, context);
  if (!lease) return null;
  try {
    const { sha256 } = lease;
    if (sha256 === null) return await readArrived(lease, context);
    const question = await readWithRoom(lease, context, async (at) => {
      if (!(await isArchive(at, context))) return readAll(at, context);
      await unpack({ ...at, sha256 }, context);
      return null;
    });
    if (question) return { lease, status: 'asking', message: null, question };
    return { lease, status: 'ready', message: null };
  } catch (error) {
    if (error instanceof LeaseLost) return null;
    if (error instanceof EvidenceRefused) return { lease, status: 'refused', message: error.message };
    throw error;
  }
}

/**
 * Reads what is there of an upload that still runs, as far as its form allows. What only all of it can tell, such as a
 * refusal or what is in an archive, waits for its last byte, as do questions.
 */
async function readArrived(lease: HeldLease, context: IngestContext): Promise<ReadOutcome | null> {
  let missing: number | null = null;
  try {
    if (await isArchive(lease, context)) missing = lease.sizeBytes;
    else if ((await readWithRoom(lease, context, (at) => readAll(at, context))) !== null)
      missing = lease.sizeBytes;
  } catch (error) {
    if (error instanceof NotArrived) missing = error.offset;
    else if (error instanceof EvidenceRefused) missing = lease.sizeBytes;
    else throw error;
  }
  const state = await restReading(context.store, lease, missing ?? lease.sizeBytes);
  if (state !== 'whole') return null;
  if (missing === null) return { lease, status: 'ready', message: null };
  return readIntoEvents(lease.evidenceId, context);
}

/** Waits, with the lease, while the disk is full, and goes on where reading stood. */
async function readWithRoom<T>(
  lease: HeldLease,
  context: IngestContext,
  read: (at: HeldLease) => Promise<T>,
): Promise<T> {
  const own = { id: lease.evidenceId, epoch: lease.epoch };
  const say = (message: string | null) => context.db.evidence.updateMany({ where: own, data: { message } });
  let at = lease;
  const outcome = await untilRoom(
    async () => {
      await assertRoom(env().JOBSIGHT_DATA);
      return read(at);
    },
    async () => {
      await say(WAITS_FOR_ROOM);
      const row = await context.db.evidence.findFirst({ where: own });
      if (row) at = { ...lease, nextOffset: Number(row.nextOffset), nextBlock: row.nextBlock };
    },
    context.signal,
  );
  if (at !== lease) await say(null);
  return outcome;
}

type HeldLease = Lease &
  Stored & {
    readonly nextOffset: number;
    readonly nextBlock: number;
    readonly timeZone: string | null;
    readonly mapping: Prisma.JsonValue;
  };

async function takeLease(evidenceId: string, { db }: IngestContext): Promise<HeldLease | null> {
  const [row] = await db.$queryRaw<
    {
      investigation_id: string;
      sha256: string | null;
      upload_id: string | null;
      size_bytes: bigint;
      epoch: number;
      attempts: number;
      next_offset: bigint;
      next_block: number;
      time_zone: string | null;
      mapping: Prisma.JsonValue;
    }[]
  >`
    UPDATE evidence SET
      epoch = epoch + 1,
      attempts = attempts + 1,
      resume_bytes = NULL,
      status = CASE WHEN attempts + 1 > ${MAX_ATTEMPTS} THEN 'failed' WHEN sha256 IS NULL THEN 'arriving'
        ELSE 'reading' END::evidence_status,
      message = CASE WHEN attempts + 1 > ${MAX_ATTEMPTS} THEN
        'Reading stopped ' || ${MAX_ATTEMPTS} || ' times at byte ' || next_offset ||
        ' and was given up; what was read before that is kept. Split the file or export it again.' END,
      started_at = COALESCE(started_at, now())
    WHERE id = ${evidenceId}::uuid AND status IN ('arriving', 'waiting', 'reading')
    RETURNING investigation_id, sha256, upload_id, size_bytes, epoch, attempts, next_offset, next_block, time_zone,
      mapping`;
  if (!row) return null;
  if (row.attempts > MAX_ATTEMPTS) {
    await db.$transaction((tx) => catchUp(tx, row.investigation_id), TRANSACTION);
    return null;
  }
  return {
    evidenceId,
    investigationId: row.investigation_id,
    sha256: row.sha256,
    uploadId: row.upload_id,
    sizeBytes: Number(row.size_bytes),
    epoch: row.epoch,
    nextOffset: Number(row.next_offset),
    nextBlock: row.next_block,
    timeZone: row.time_zone,
    mapping: row.mapping,
  };
}

async function isArchive(lease: HeldLease, { store }: IngestContext): Promise<boolean> {
  const source = await openStored(store, lease);
  return archiveKindOf(source)
    .then((kind) => kind !== null)
    .finally(() => source.close());
}

/** Members become evidence with an ingest of their own; in the archive itself there is nothing to read. */
async function unpack(lease: HeldLease & { readonly sha256: string }, context: IngestContext): Promise<void> {
  const { db } = context;
  const { selecting } = await currentCatalogue();
  await db.evidence.updateMany({
    where: { id: lease.evidenceId, epoch: lease.epoch },
    data: { form: ARCHIVE_FORM, readerVersion: ARCHIVE_READER },
  });
  await db.$transaction((tx) =>
    markRead(
      tx,
      lease,
      selecting.map(({ key }) => key),
    ),
  );
  const problem = await unpackArchive(lease, context);
  if (problem === null) return;
  throw new EvidenceRefused('an archive', `This is an archive that cannot be opened. ${problem}`);
}

/**
 * Reads on from where the evidence stands. Returns what an analyst must say first, if so. Of what arrives the blocks that
 * are whole; then throws NotArrived, with findings made of what was read.
 */
async function readAll(lease: HeldLease, context: IngestContext): Promise<EvidenceQuestion | null> {
  const { db } = context;
  const { selecting } = await currentCatalogue();
  const rules = selecting.map(({ rule }) => rule);
  const writer = new BatchWriter(lease, context);
  const source = await openStored(context.store, lease);
  try {
    const reading = await chooseReading(db, lease, source);
    if (reading === null) return 'mapping';
    const { form, version, isInOrder, blocks } = await readEvidence(source, {
      ...reading,
      startOffset: lease.nextOffset,
      startIndex: lease.nextBlock,
      signal: context.signal,
    });
    if (lease.sha256 === null && !isInOrder) throw new NotArrived(lease.sizeBytes);
    await db.$transaction(async (tx) => {
      await commitWithoutWait(tx);
      const keys = selecting.map(({ key }) => key);
      await markRead(tx, lease, keys);
      await tx.evidence.update({ where: { id: lease.evidenceId }, data: { form, readerVersion: version } });
    }, TRANSACTION);
    await noteFileHeader(db, lease.evidenceId, form, source);
    const occurrences = await occurrencesSoFar(lease, context);
    const state = new Reading(rules, occurrences, 'ingest');
    let batch = new Batch(state, lease.nextOffset);
    let batchStart = Date.now();
    const rest = { missing: null as NotArrived | null };
    let question: EvidenceQuestion | null = null;
    for await (const block of untilMissing(blocks, rest)) {
      if (reading.timeZone === undefined && block.records.some(hasLocalTime)) {
        question = 'time_zone';
        break;
      }
      batch.add(block);
      const isFull =
        batch.sizeBytes >= BATCH_BYTES ||
        batch.keptLength >= BATCH_KEPT_LENGTH ||
        Date.now() - batchStart >= BATCH_MS;
      if (isFull) {
        await assertRoom(env().JOBSIGHT_DATA);
        await writer.write(batch);
        batch = new Batch(state, batch.nextOffset);
        batchStart = Date.now();
      }
      // Parsing takes no breaks of its own; the writer and the heartbeats need the event loop.
      await setImmediate();
      context.signal?.throwIfAborted();
    }
    if (batch.blockCount > 0) await writer.write(batch);
    await writer.end();
    if (!rest.missing) return question;
    await writer.makeFindings();
    throw rest.missing;
  } finally {
    await writer.settle();
    await source.close();
  }
}

/** The blocks before the first one of which something has not arrived, which is noted in `rest`. */
async function* untilMissing(
  blocks: AsyncGenerator<Block>,
  rest: { missing: NotArrived | null },
): AsyncGenerator<Block> {
  try {
    yield* blocks;
  } catch (error) {
    if (!(error instanceof NotArrived)) throw error;
    rest.missing = error;
  }
}

function hasLocalTime({ localTime }: EvidenceRecord): boolean {
  return localTime !== undefined && localTime !== null;
}

/**
 * Findings and the end of an ingest are one transaction, so "ready" means that its findings are there. What was enabled
 * while it was read is read for afterwards. Evidence that was taken from this worker is left alone.
 */
export async function settleAll(
  outcomes: readonly ReadOutcome[],
  { db }: Pick<IngestContext, 'db'>,
): Promise<void> {
  const byInvestigation = Map.groupBy(outcomes, ({ lease }) => lease.investigationId);
  for (const [investigationId, own] of byInvestigation) {
    await db.$transaction(async (tx) => {
      await lockInvestigation(tx, investigationId, 'exclusive');
      let settledTotal = 0;
      for (const { lease, status, message, question = null } of own) {
        const { count } = await tx.evidence.updateMany({
          where: { id: lease.evidenceId, epoch: lease.epoch, uploadId: null },
          data: {
            status,
            question,
            message: message === null ? null : toPostgres(message),
            finishedAt: status === 'asking' ? null : new Date(),
          },
        });
        if (count > 0 && question) await goOnIfAnswered(tx, lease.evidenceId, question);
        settledTotal += count;
      }
      if (settledTotal > 0) await catchUp(tx, investigationId);
    }, TRANSACTION);
  }
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
