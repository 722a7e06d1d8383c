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
import { EvidenceStore } from './store.ts';

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
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  const { sha256, sizeBytes } = await store.keep(content);
  const shownName = toPostgres(baseName(name)) || 'unnamed';
  return db.$transaction(async (tx) => {
    await lockEvidenceFile(tx, sha256);
    if (!(await store.has(sha256))) {
      throw new AppError('conflict', 'The same file was being deleted. Upload it again.');
    }
    const where = { investigationId_sha256: { investigationId: DEFAULT_INVESTIGATION, sha256 } };
    const known = await tx.evidence.findUnique({ where });
    if (known) {
      if (known.status === 'failed') await readAgain(tx, known.id);
      return { id: known.id, name: known.name, sha256, sizeBytes, isKnown: true };
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
    return { id: evidence.id, name: shownName, sha256, sizeBytes, isKnown: false };
  }, TRANSACTION);
}

type Transaction = Parameters<Parameters<typeof db.$transaction>[0]>[0];

/** Goes on with a file that was given up, from where it stood. */
async function readAgain(tx: Transaction, evidenceId: string): Promise<void> {
  await tx.evidence.update({
    where: { id: evidenceId },
    data: { status: 'waiting', epoch: 0, message: null },
  });
  await sendIngest(tx, { evidenceId });
}

/**
 * Deletes evidence with its sightings, then events that nothing else has seen, and makes findings and risk anew, in one
 * transaction. The bytes go when no other investigation holds them.
 */
export async function deleteEvidence(actor: Actor, evidenceId: string): Promise<void> {
  requirePermission(actor, 'delete-evidence');
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  await db.$transaction(async (tx) => {
    const evidence = await tx.evidence.findUnique({ where: { id: evidenceId } });
    if (!evidence)
      throw new AppError('not-found', 'There is no such evidence. It may have been deleted already.');
    await lockInvestigation(tx, evidence.investigationId, 'exclusive');
    await lockEvidenceFile(tx, evidence.sha256);
    await tx.evidence.delete({ where: { id: evidenceId } });
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
      before: { name: evidence.name, sha256: evidence.sha256, sizeBytes: Number(evidence.sizeBytes) },
    });
    // Last, so that nothing can undo the transaction after the bytes are gone.
    const others = await tx.evidence.count({ where: { sha256: evidence.sha256 } });
    if (others === 0) await store.remove(evidence.sha256);
  }, TRANSACTION);
}

/** A name to show, never a path: browsers may send folders with it. */
function baseName(name: string): string {
  return (name.split(/[\\/]/).at(-1) ?? '').slice(0, NAME_MAX);
}
