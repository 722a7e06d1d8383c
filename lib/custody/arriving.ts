/**
 * Evidence whose upload still runs. It has no SHA-256 yet and is known by its upload. What has come of it is read; then
 * reading rests until more is there. Nobody looks again and again: whoever brings the bytes has it read on.
 */
import { type AuditActor, writeAudit } from '#lib/audit/write.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { lockEvidenceFile, lockInvestigation } from '#lib/db/locks.ts';
import { arriving, NotArrived, type OpenSource, openFile } from '#lib/evidence/source.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { sendIngest } from '#lib/jobs/queue.ts';
import { shownName } from './names.ts';
import { removeFromInvestigation } from './removal.ts';
import type { EvidenceStore } from './store.ts';
import type { Lease } from './write-batch.ts';

const TRANSACTION = { timeout: 120_000, maxWait: 30_000 };

/** Smaller uploads are there before their reading would begin. */
const EARLY_MIN_BYTES = 8 * 1024 * 1024;
/** Reading begins with so many: a reader takes them at once. */
export const FIRST_BYTES = 1024 * 1024;
/** Reading goes on when so many more are there, and this part of what there was, as some forms are passed over again. */
const MORE_MIN_BYTES = 4 * 1024 * 1024;
const MORE_PART = 1 / 8;

const EXPIRY: AuditActor = { id: null, name: 'expiry of uploads' };

export type ArrivingUpload = {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly receivedBytes: number;
  /** As said when the upload was begun. */
  readonly timeZone: string | null;
};

/** Called while bytes of an upload come in: makes evidence of its beginning, and has it read on when enough more is there. */
export async function noteArrival(upload: ArrivingUpload, store: EvidenceStore): Promise<void> {
  const { id: uploadId, sizeBytes, receivedBytes } = upload;
  if (sizeBytes < EARLY_MIN_BYTES || receivedBytes < FIRST_BYTES) return;
  await db.$transaction(async (tx) => {
    await lockEvidenceFile(tx, uploadId);
    // Given up, or whole and moved to its place meanwhile.
    if ((await store.receivedBytes(uploadId)) === null) return;
    const known = await tx.evidence.count({ where: { uploadId } });
    if (known > 0) await resumeReading(tx, uploadId, receivedBytes);
    else await addArriving(tx, upload);
  }, TRANSACTION);
}

async function addArriving(
  tx: Prisma.TransactionClient,
  { id: uploadId, owner, name, sizeBytes, timeZone }: ArrivingUpload,
): Promise<void> {
  const evidence = await tx.evidence.create({
    data: {
      investigationId: DEFAULT_INVESTIGATION,
      name: shownName(name),
      uploadId,
      sizeBytes: BigInt(sizeBytes),
      status: 'arriving',
      uploadedById: owner,
      timeZone,
    },
    include: { uploadedBy: { select: { name: true } } },
  });
  await writeAudit(tx, auditActor(evidence), {
    action: 'evidence.arrive',
    objectType: 'evidence',
    objectId: evidence.id,
    investigationId: evidence.investigationId,
    after: { name: evidence.name, sizeBytes },
  });
  await sendIngest(tx, { evidenceId: evidence.id });
}

async function resumeReading(
  tx: Prisma.TransactionClient,
  uploadId: string,
  receivedBytes: number,
): Promise<void> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE evidence SET resume_bytes = NULL WHERE upload_id = ${uploadId} AND resume_bytes <= ${receivedBytes}
    RETURNING id::text`;
  for (const { id } of rows) await sendIngest(tx, { evidenceId: id });
}

/** Where the bytes of evidence are: whole, or growing. */
export type Stored = {
  readonly sha256: string | null;
  readonly uploadId: string | null;
  readonly sizeBytes: number;
};

/** Opens the bytes of evidence; reading what has not come yet throws NotArrived, as does an upload that is just moving. */
export async function openStored(store: EvidenceStore, stored: Stored): Promise<OpenSource> {
  const { sha256, uploadId, sizeBytes } = stored;
  if (sha256 !== null) return openFile(store.pathOf(sha256));
  if (uploadId === null) throw new Error('evidence without bytes');
  const file = await openFile(store.uploadPath(uploadId)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new NotArrived(sizeBytes) : error;
  });
  return arriving(file, sizeBytes);
}

/**
 * Has the worker's reading rest where it came to the end of what is there. Returns `arriving` when it does, `whole` when the
 * upload ended meanwhile, so that the worker can go on, and `lost` when the evidence is no longer its own.
 *
 * @param missing offset of the first byte that is missing; the size when only the end of the upload can help
 */
export async function restReading(
  store: EvidenceStore,
  lease: Lease & Stored,
  missing: number,
): Promise<'arriving' | 'whole' | 'lost'> {
  const { evidenceId: id, epoch, uploadId, sizeBytes } = lease;
  if (uploadId === null) return 'whole';
  const more = missing + Math.max(MORE_MIN_BYTES, Math.ceil(missing * MORE_PART));
  const isLast = more >= sizeBytes;
  const { count } = await db.evidence.updateMany({
    where: { id, epoch, uploadId },
    data: { resumeBytes: BigInt(isLast ? sizeBytes + 1 : more), attempts: 0 },
  });
  if (count === 0) return (await db.evidence.count({ where: { id, epoch } })) > 0 ? 'whole' : 'lost';
  // What came since it found the end would have nobody to bring it.
  const receivedBytes = (await store.receivedBytes(uploadId)) ?? 0;
  await db.$transaction((tx) => resumeReading(tx, uploadId, receivedBytes), TRANSACTION);
  return 'arriving';
}

/**
 * Takes away what an upload has become so far, with all that came of it, by the rules of deletion. Does nothing when it is
 * whole, or was too small to be read before.
 */
export async function withdrawArriving(uploadId: string, why: 'given up' | 'expired'): Promise<void> {
  await db.$transaction(async (tx) => {
    await lockArriving(tx, uploadId);
    await withdraw(tx, uploadId, why);
  }, TRANSACTION);
}

/** Withdraws what was left of uploads that are gone. */
export async function withdrawOrphans(store: EvidenceStore): Promise<void> {
  const rows = await db.evidence.findMany({ where: { uploadId: { not: null } }, select: { uploadId: true } });
  for (const { uploadId } of rows) {
    if (uploadId !== null && !(await store.hasUpload(uploadId))) await withdrawArriving(uploadId, 'expired');
  }
}

/**
 * Makes an arriving evidence the one with this hash, in the caller's transaction, which holds lockArriving. Returns its id;
 * null when there is none, because it was too small or nothing was read of it.
 */
export async function completeArriving(
  tx: Prisma.TransactionClient,
  uploadId: string,
  sha256: string,
): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ id: string; is_resting: boolean }[]>`
    UPDATE evidence e SET sha256 = ${sha256}, upload_id = NULL, resume_bytes = NULL,
      status = CASE WHEN e.status <> 'arriving' THEN e.status WHEN e.started_at IS NULL THEN 'waiting' ELSE 'reading' END
    FROM (SELECT id, resume_bytes FROM evidence WHERE upload_id = ${uploadId} FOR UPDATE) before
    WHERE e.id = before.id RETURNING e.id::text, before.resume_bytes IS NOT NULL AS is_resting`;
  if (row?.is_resting) await sendIngest(tx, { evidenceId: row.id });
  return row?.id ?? null;
}

/** Takes away what an upload has become when its bytes turn out to be here already. As completeArriving. */
export async function dropDuplicate(tx: Prisma.TransactionClient, uploadId: string): Promise<void> {
  await withdraw(tx, uploadId, 'the same file was here already');
}

/** Held by who changes what becomes of an upload; taken before lockEvidenceFile of a hash. */
export async function lockArriving(tx: Prisma.TransactionClient, uploadId: string): Promise<void> {
  await lockEvidenceFile(tx, uploadId);
  // Alone, as withdrawing needs it and nobody can wait for the upload then who holds it.
  if ((await tx.evidence.count({ where: { uploadId } })) > 0) {
    await lockInvestigation(tx, DEFAULT_INVESTIGATION, 'exclusive');
  }
}

type Reason = 'given up' | 'expired' | 'the same file was here already';

async function withdraw(tx: Prisma.TransactionClient, uploadId: string, reason: Reason): Promise<void> {
  const evidence = await tx.evidence.findUnique({
    where: { uploadId },
    include: { uploadedBy: { select: { name: true } } },
  });
  if (!evidence) return;
  await removeFromInvestigation(tx, evidence);
  await writeAudit(tx, reason === 'expired' ? EXPIRY : auditActor(evidence), {
    action: 'evidence.withdraw',
    objectType: 'evidence',
    objectId: evidence.id,
    investigationId: evidence.investigationId,
    before: { name: evidence.name, sizeBytes: Number(evidence.sizeBytes), reason },
  });
}

function auditActor(evidence: {
  readonly uploadedById: string | null;
  readonly uploadedBy: { readonly name: string } | null;
}): AuditActor {
  return { id: evidence.uploadedById, name: evidence.uploadedBy?.name ?? 'unknown' };
}
