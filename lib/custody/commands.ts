import type { Readable } from 'node:stream';
import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { lockEvidenceFile } from '#lib/db/locks.ts';
import { env } from '#lib/env.ts';
import { AppError } from '#lib/errors.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { sendIngest } from '#lib/jobs/queue.ts';
import { completeArriving, dropDuplicate, lockArriving } from './arriving.ts';
import { goOn } from './go-on.ts';
import { shownName } from './names.ts';
import { removeFromInvestigation } from './removal.ts';
import { EvidenceStore, type StoredFile } from './store.ts';

const TRANSACTION = { timeout: 120_000, maxWait: 30_000 };

export type AddedEvidence = {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** The same bytes were there already; nothing was added. */
  readonly isKnown: boolean;
};

/** What is said of a file with its upload, so that nobody is asked. */
export type SaidOfEvidence = {
  /** Of times that name no zone; members of an archive inherit it. */
  readonly timeZone?: string | null;
  readonly mapping?: 'as-is';
};

/** Keeps a file as evidence and has it read. The same bytes again are recognised by their hash. */
export async function addEvidence(
  actor: Actor,
  name: string,
  content: Readable,
  said: SaidOfEvidence = {},
): Promise<AddedEvidence> {
  requirePermission(actor, 'add-evidence');
  return addStoredEvidence(actor, name, await new EvidenceStore(env().JOBSIGHT_DATA).keep(content), said);
}

/**
 * Makes evidence of a file that the store holds already, and has it read. What was read of it while its upload ran stays
 * read, or goes when the same bytes are here already.
 *
 * @param also what has to be true exactly when the evidence is there, also when it was known; done in its transaction
 */
export async function addStoredEvidence(
  actor: Actor,
  name: string,
  file: StoredFile,
  said: SaidOfEvidence = {},
  uploadId: string | null = null,
  also?: (tx: Transaction, evidenceId: string) => Promise<void>,
): Promise<AddedEvidence> {
  requirePermission(actor, 'add-evidence');
  const { sha256, sizeBytes } = file;
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  return db.$transaction(async (tx) => {
    if (uploadId !== null) await lockArriving(tx, uploadId);
    await lockEvidenceFile(tx, sha256);
    if (!(await store.has(sha256))) {
      throw new AppError('conflict', 'The same file was being deleted. Upload it again.');
    }
    const known = await recognise(tx, file, said.timeZone);
    if (known) {
      if (uploadId !== null) await dropDuplicate(tx, uploadId);
      await also?.(tx, known.id);
      return known;
    }
    const arrived = uploadId === null ? null : await completeArriving(tx, uploadId, sha256);
    const added = {
      id: arrived ?? (await createEvidence(tx, actor, name, file, said)),
      name: shownName(name),
      sha256,
      sizeBytes,
      isKnown: false,
    };
    await writeAudit(tx, actor, {
      action: 'evidence.add',
      objectType: 'evidence',
      objectId: added.id,
      investigationId: DEFAULT_INVESTIGATION,
      after: { name: added.name, sha256, sizeBytes, ...(said.timeZone ? { timeZone: said.timeZone } : {}) },
    });
    await also?.(tx, added.id);
    return added;
  }, TRANSACTION);
}

async function createEvidence(
  tx: Transaction,
  actor: Actor,
  name: string,
  { sha256, sizeBytes }: StoredFile,
  said: SaidOfEvidence,
): Promise<string> {
  const { id } = await tx.evidence.create({
    data: {
      investigationId: DEFAULT_INVESTIGATION,
      name: shownName(name),
      sha256,
      sizeBytes: BigInt(sizeBytes),
      uploadedById: actor.id,
      timeZone: said.timeZone ?? null,
      ...(said.mapping === undefined ? {} : { mapping: said.mapping }),
    },
  });
  await sendIngest(tx, { evidenceId: id });
  return id;
}

/** The evidence with these bytes, so that they need not be sent; null when there is none. */
export async function recogniseEvidence(actor: Actor, file: StoredFile): Promise<AddedEvidence | null> {
  requirePermission(actor, 'add-evidence');
  return db.$transaction(async (tx) => {
    await lockEvidenceFile(tx, file.sha256);
    return recognise(tx, file);
  }, TRANSACTION);
}

type Transaction = Parameters<Parameters<typeof db.$transaction>[0]>[0];

/** Whoever brings a file that was given up wants it read; who names a zone answers what it waits for. */
async function recognise(
  tx: Transaction,
  { sha256, sizeBytes }: StoredFile,
  timeZone: string | null = null,
): Promise<AddedEvidence | null> {
  const known = await tx.evidence.findUnique({
    where: {
      investigationId_sha256: { investigationId: DEFAULT_INVESTIGATION, sha256 },
      sizeBytes: BigInt(sizeBytes),
    },
  });
  if (!known) return null;
  if (known.status === 'failed') await goOn(tx, known.id);
  if (known.question === 'time_zone' && timeZone !== null) {
    await tx.evidence.update({ where: { id: known.id }, data: { timeZone } });
    await goOn(tx, known.id);
  }
  // What is added by itself stays when an archive goes that it came out of.
  if (known.parentId) await tx.evidence.update({ where: { id: known.id }, data: { parentId: null } });
  return { id: known.id, name: known.name, sha256, sizeBytes, isKnown: true };
}

/**
 * Deletes evidence, an archive with its members, with all that rests on it alone, and makes findings and risk anew, in one
 * transaction; of one that still arrives also the upload. Then the bytes go that no other investigation holds.
 */
export async function deleteEvidence(actor: Actor, evidenceId: string): Promise<void> {
  requirePermission(actor, 'delete-evidence');
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  const gone = await db.$transaction(async (tx) => {
    const evidence = await tx.evidence.findUnique({ where: { id: evidenceId } });
    if (!evidence)
      throw new AppError('not-found', 'There is no such evidence. It may have been deleted already.');
    const { uploadId } = evidence;
    if (uploadId !== null) await lockArriving(tx, uploadId);
    const gone = await removeFromInvestigation(tx, evidence);
    await writeAudit(tx, actor, {
      action: 'evidence.delete',
      objectType: 'evidence',
      objectId: evidenceId,
      investigationId: evidence.investigationId,
      before: {
        name: evidence.name,
        sha256: evidence.sha256,
        sizeBytes: Number(evidence.sizeBytes),
        memberCount: gone.length - 1,
      },
    });
    // Within the lock, so that no byte that still comes makes it anew.
    if (uploadId !== null) await store.removeUpload(uploadId);
    return gone;
  }, TRANSACTION);
  // Afterwards, so that nothing can undo the transaction when the bytes are gone.
  for (const { sha256 } of gone) if (sha256 !== null) await removeBytes(store, sha256);
}

async function removeBytes(store: EvidenceStore, sha256: string): Promise<void> {
  await db.$transaction(async (tx) => {
    await lockEvidenceFile(tx, sha256);
    if ((await tx.evidence.count({ where: { sha256 } })) === 0) await store.remove(sha256);
  }, TRANSACTION);
}
