import type { Readable } from 'node:stream';
import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { recompute } from '#lib/catalogue/settle.ts';
import { db } from '#lib/db/client.ts';
import { lockEvidenceFile, lockInvestigation } from '#lib/db/locks.ts';
import { toPostgres } from '#lib/db/postgres-text.ts';
import { env } from '#lib/env.ts';
import { AppError } from '#lib/errors.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { sendIngest } from '#lib/jobs/queue.ts';
import { findGoing, moveKept } from './archive-deletion.ts';
import { EvidenceStore, type StoredFile } from './store.ts';

const TRANSACTION = { timeout: 120_000, maxWait: 30_000 };
const NAME_MAX = 255;

export type AddedEvidence = {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** The same bytes were there already; nothing was added. */
  readonly isKnown: boolean;
};

/** Keeps a file as evidence and has it read. The same bytes again are recognised by their hash. */
export async function addEvidence(actor: Actor, name: string, content: Readable): Promise<AddedEvidence> {
  requirePermission(actor, 'add-evidence');
  return addStoredEvidence(actor, name, await new EvidenceStore(env().JOBSIGHT_DATA).keep(content));
}

/**
 * Makes evidence of a file that the store holds already, and has it read.
 *
 * @param also what has to be true exactly when the evidence is there, also when it was known; done in its transaction
 */
export async function addStoredEvidence(
  actor: Actor,
  name: string,
  file: StoredFile,
  also?: (tx: Transaction, evidenceId: string) => Promise<void>,
): Promise<AddedEvidence> {
  requirePermission(actor, 'add-evidence');
  const { sha256, sizeBytes } = file;
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  const shownName = toPostgres(baseName(name)) || 'unnamed';
  return db.$transaction(async (tx) => {
    await lockEvidenceFile(tx, sha256);
    if (!(await store.has(sha256))) {
      throw new AppError('conflict', 'The same file was being deleted. Upload it again.');
    }
    const known = await recognise(tx, file);
    if (known) {
      await also?.(tx, known.id);
      return known;
    }
    const evidence = await tx.evidence.create({
      data: {
        investigationId: DEFAULT_INVESTIGATION,
        name: shownName,
        sha256,
        sizeBytes: BigInt(sizeBytes),
        uploadedById: actor.id,
      },
    });
    await writeAudit(tx, actor, {
      action: 'evidence.add',
      objectType: 'evidence',
      objectId: evidence.id,
      investigationId: DEFAULT_INVESTIGATION,
      after: { name: shownName, sha256, sizeBytes },
    });
    await sendIngest(tx, { evidenceId: evidence.id });
    await also?.(tx, evidence.id);
    return { id: evidence.id, name: shownName, sha256, sizeBytes, isKnown: false };
  }, TRANSACTION);
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

/** Whoever brings a file that was given up wants it read. */
async function recognise(tx: Transaction, { sha256, sizeBytes }: StoredFile): Promise<AddedEvidence | null> {
  const known = await tx.evidence.findUnique({
    where: {
      investigationId_sha256: { investigationId: DEFAULT_INVESTIGATION, sha256 },
      sizeBytes: BigInt(sizeBytes),
    },
  });
  if (!known) return null;
  if (known.status === 'failed') await readAgain(tx, known.id);
  // What is added by itself stays when an archive goes that it came out of.
  if (known.parentId) await tx.evidence.update({ where: { id: known.id }, data: { parentId: null } });
  return { id: known.id, name: known.name, sha256, sizeBytes, isKnown: true };
}

/** Goes on with a file that was given up, from where it stood. */
async function readAgain(tx: Transaction, evidenceId: string): Promise<void> {
  await tx.evidence.update({
    where: { id: evidenceId },
    data: { status: 'waiting', epoch: 0, message: null },
  });
  await sendIngest(tx, { evidenceId });
}

/**
 * Deletes evidence, an archive with its members, with its sightings, then events that nothing else has seen, and makes
 * findings and risk anew, in one transaction. Then the bytes go that no other investigation holds.
 */
export async function deleteEvidence(actor: Actor, evidenceId: string): Promise<void> {
  requirePermission(actor, 'delete-evidence');
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  const gone = await db.$transaction(async (tx) => {
    const evidence = await tx.evidence.findUnique({ where: { id: evidenceId } });
    if (!evidence)
      throw new AppError('not-found', 'There is no such evidence. It may have been deleted already.');
    await lockInvestigation(tx, evidence.investigationId, 'exclusive');
    const going = await findGoing(tx, evidenceId);
    await moveKept(tx, going);
    await tx.$executeRaw`DELETE FROM evidence WHERE id = ANY(${going.gone.map(({ id }) => id)}::uuid[])`;
    await tx.$executeRaw`
      DELETE FROM event e WHERE e.investigation_id = ${evidence.investigationId} AND NOT EXISTS (
        SELECT 1 FROM sighting s WHERE s.investigation_id = e.investigation_id AND s.event_id = e.id)`;
    await tx.$executeRaw`
      DELETE FROM long_text t WHERE NOT EXISTS (SELECT 1 FROM event_text x WHERE x.hash = t.hash)`;
    await recompute(tx, evidence.investigationId);
    await tx.$executeRaw`
      DELETE FROM host h WHERE h.investigation_id = ${evidence.investigationId}
        AND NOT EXISTS (SELECT 1 FROM event_count c WHERE c.host_id = h.id)
        AND NOT EXISTS (SELECT 1 FROM event e WHERE e.host_id = h.id)
        AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.host_id = h.id)`;
    await writeAudit(tx, actor, {
      action: 'evidence.delete',
      objectType: 'evidence',
      objectId: evidenceId,
      investigationId: evidence.investigationId,
      before: {
        name: evidence.name,
        sha256: evidence.sha256,
        sizeBytes: Number(evidence.sizeBytes),
        memberCount: going.gone.length - 1,
      },
    });
    return going.gone;
  }, TRANSACTION);
  // Afterwards, so that nothing can undo the transaction when the bytes are gone.
  for (const { sha256 } of gone) await removeBytes(store, sha256);
}

async function removeBytes(store: EvidenceStore, sha256: string): Promise<void> {
  await db.$transaction(async (tx) => {
    await lockEvidenceFile(tx, sha256);
    if ((await tx.evidence.count({ where: { sha256 } })) === 0) await store.remove(sha256);
  }, TRANSACTION);
}

/** A name to show, never a path: browsers may send folders with it. */
function baseName(name: string): string {
  return (name.split(/[\\/]/).at(-1) ?? '').slice(0, NAME_MAX);
}
