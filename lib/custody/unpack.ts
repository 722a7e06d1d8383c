import { Readable } from 'node:stream';
import type { db as Database } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { lockEvidenceFile, lockInvestigation } from '#lib/db/locks.ts';
import { fromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { ByteReader } from '#lib/evidence/archive/byte-reader.ts';
import {
  type ArchiveEntry,
  ArchiveError,
  MAX_DEPTH,
  type RefusalCode,
  tooDeep,
  UnpackBudget,
} from '#lib/evidence/archive/entry.ts';
import { sniffArchive } from '#lib/evidence/archive/kind.ts';
import { openArchive } from '#lib/evidence/archive/open.ts';
import { SalvagedBytes } from '#lib/evidence/archive/salvage.ts';
import { SNIFF_BYTES, sniff } from '#lib/evidence/sniff.ts';
import { openFile } from '#lib/evidence/source.ts';
import { sendIngest } from '#lib/jobs/queue.ts';
import { shownName } from './names.ts';
import type { EvidenceStore, StoredFile } from './store.ts';
import { type Lease, LeaseLost } from './write-batch.ts';

const TRANSACTION = { timeout: 120_000, maxWait: 30_000 };

/** Of archives in place of the form and version of a reader. */
export const ARCHIVE_FORM = 'archive';
export const ARCHIVE_READER = 'archive/1';

export type UnpackContext = {
  readonly db: typeof Database;
  readonly store: EvidenceStore;
  readonly signal?: AbortSignal | undefined;
};

/** Why nothing of an archive could be had; null when something was. */
type Unopened = string | null;

/**
 * Makes evidence of what is in an archive, each with an ingest of its own. Members that were written down before are
 * passed over, so that it may be done again at any time; with a password only the encrypted ones are taken.
 */
export async function unpackArchive(
  lease: Lease & { readonly sha256: string },
  context: UnpackContext,
  password?: string,
): Promise<Unopened> {
  const { db, store, signal } = context;
  const [archive, rows, place] = await Promise.all([
    db.evidence.findUnique({ where: { id: lease.evidenceId } }),
    db.archiveMember.findMany({
      where: { archiveId: lease.evidenceId },
      select: { seq: true, refused: true },
    }),
    placeInArchives(db, lease.evidenceId),
  ]);
  if (!archive || !place) throw new LeaseLost('the archive was deleted');
  const done = new Map(rows.map((row) => [row.seq, row.refused]));
  const budget = new UnpackBudget({ archiveBytes: place.outermostBytes, usedBytes: place.usedBytes });
  const source = await openFile(store.pathOf(lease.sha256));
  try {
    const name = fromPostgres(archive.name);
    let seq = -1;
    let problem: Unopened = null;
    let hasMembers = false;
    for await (const entry of openArchive(source, { name, budget, password, signal })) {
      seq += 1;
      if (entry.path === '' && 'refused' in entry) problem ??= entry.message;
      else hasMembers = true;
      const isWanted = password === undefined ? !done.has(seq) : done.get(seq) === 'password';
      if (!isWanted) continue;
      const taken = await take(entry, store, place.depth);
      if (password !== undefined && taken.refused === 'wrong-password') continue;
      await db.$transaction((tx) => writeMember(tx, { ...lease, archive }, seq, taken, store), TRANSACTION);
      signal?.throwIfAborted();
    }
    return hasMembers ? null : problem;
  } finally {
    await source.close();
  }
}

type Taken = {
  readonly path: string;
  readonly sizeBytes: number | null;
  readonly refused: RefusalCode | 'not-evidence' | null;
  readonly message: string | null;
  readonly file: StoredFile | null;
};

/** Keeps the bytes of a member if they are evidence or an archive. What is none stays in the archive alone. */
async function take(entry: ArchiveEntry, store: EvidenceStore, depth: number): Promise<Taken> {
  const { path } = entry;
  const refuse = (refused: Taken['refused'], message: string, sizeBytes: number | null): Taken => ({
    path,
    sizeBytes,
    refused,
    message,
    file: null,
  });
  if ('refused' in entry) return refuse(entry.refused, entry.message, null);
  const content = new SalvagedBytes(entry.stream);
  const reader = new ByteReader(content);
  try {
    const head = await reader.take(SNIFF_BYTES);
    const isWhole = head.length < SNIFF_BYTES;
    if (sniffArchive(head)) {
      if (depth >= MAX_DEPTH) throw tooDeep();
    } else {
      const sniffed = sniff(head, isWhole ? head.length : head.length + 1);
      if (sniffed.kind === 'refused') return refuse('not-evidence', sniffed.message, entry.sizeBytes);
    }
    reader.unread(head);
    const file = await store.keep(Readable.from(reader.rest(), { objectMode: false }));
    const message = content.problem
      ? `${content.problem.message} What came before is kept.`
      : (entry.note ?? null);
    return { path, sizeBytes: file.sizeBytes, refused: null, message, file };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return refuse(error.code, error.message, entry.sizeBytes);
  } finally {
    await reader.close();
  }
}

type HeldArchive = Lease & {
  readonly archive: { readonly uploadedById: string | null; readonly timeZone: string | null };
};

async function writeMember(
  tx: Prisma.TransactionClient,
  lease: HeldArchive,
  seq: number,
  { path, sizeBytes, refused, message, file }: Taken,
  store: EvidenceStore,
): Promise<void> {
  const { evidenceId: archiveId, investigationId, epoch } = lease;
  await lockInvestigation(tx, investigationId, 'shared');
  const { count } = await tx.evidence.updateMany({
    where: { id: archiveId, epoch },
    data: { nextBlock: seq + 1 },
  });
  if (count !== 1) throw new LeaseLost('the archive is opened by another worker or was deleted');
  const evidenceId = file ? await memberEvidence(tx, lease, path, file, store) : null;
  const data = {
    path: toPostgres(path),
    sizeBytes: sizeBytes === null ? null : BigInt(sizeBytes),
    evidenceId,
    refused,
    message: message === null ? null : toPostgres(message),
  };
  await tx.archiveMember.upsert({
    where: { archiveId_seq: { archiveId, seq } },
    create: { archiveId, seq, ...data },
    update: data,
  });
}

/** The evidence with these bytes: what is there already, or a new one that is to be read. */
async function memberEvidence(
  tx: Prisma.TransactionClient,
  { evidenceId: parentId, investigationId, archive }: HeldArchive,
  path: string,
  { sha256, sizeBytes }: StoredFile,
  store: EvidenceStore,
): Promise<string> {
  await lockEvidenceFile(tx, sha256);
  if (!(await store.has(sha256))) throw new Error('the bytes of a member were deleted while it was taken');
  const where = { investigationId_sha256: { investigationId, sha256 } };
  const known = await tx.evidence.findUnique({ where, select: { id: true } });
  if (known) return known.id;
  const { id } = await tx.evidence.create({
    data: {
      investigationId,
      parentId,
      name: shownName(path),
      sha256,
      sizeBytes: BigInt(sizeBytes),
      uploadedById: archive.uploadedById,
      timeZone: archive.timeZone,
    },
  });
  await sendIngest(tx, { evidenceId: id });
  return id;
}

type PlaceInArchives = {
  /** 1 for an archive that is in no other. */
  readonly depth: number;
  readonly outermostBytes: number;
  /** What was unpacked from the outermost archive, without what is in this one. */
  readonly usedBytes: number;
};

async function placeInArchives(db: typeof Database, archiveId: string): Promise<PlaceInArchives | null> {
  const [outermost] = await db.$queryRaw<{ id: string; size_bytes: bigint; depth: number }[]>`
    WITH RECURSIVE up AS (
      SELECT id, parent_id, size_bytes, 1 AS depth FROM evidence WHERE id = ${archiveId}::uuid
      UNION ALL
      SELECT e.id, e.parent_id, e.size_bytes, up.depth + 1 FROM evidence e JOIN up ON e.id = up.parent_id
    )
    SELECT id::text, size_bytes, depth FROM up ORDER BY depth DESC LIMIT 1`;
  if (!outermost) return null;
  const [used] = await db.$queryRaw<{ bytes: bigint }[]>`
    WITH RECURSIVE inside AS (
      SELECT id, size_bytes FROM evidence WHERE parent_id = ${outermost.id}::uuid AND id <> ${archiveId}::uuid
        AND ${outermost.id} <> ${archiveId}
      UNION
      SELECT e.id, e.size_bytes FROM evidence e JOIN inside ON e.parent_id = inside.id
      WHERE e.id <> ${archiveId}::uuid
    )
    SELECT COALESCE(sum(size_bytes), 0)::bigint AS bytes FROM inside`;
  return {
    depth: outermost.depth,
    outermostBytes: Number(outermost.size_bytes),
    usedBytes: Number(used?.bytes ?? 0),
  };
}
