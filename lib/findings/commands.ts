import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { currentKnowledge } from '#lib/catalogue/current.ts';
import { db } from '#lib/db/client.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { toPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import { recomputeRisk } from '#lib/risk/recompute.ts';
import { findFinding } from './find.ts';
import type { FindingChange } from './inputs.ts';

const TRANSACTION = { timeout: 30_000, maxWait: 10_000 };

/**
 * Changes a finding's triage. Throws AppError `conflict` with what stands there now when somebody else changed it since
 * the version that the change was made on.
 */
export async function updateFinding(actor: Actor, idOrNumber: string, change: FindingChange): Promise<void> {
  requirePermission(actor, 'triage');
  const found = await findFinding(idOrNumber);
  await db.$transaction(async (tx) => {
    // Risk of the whole investigation is made anew below, so no ingest may write findings meanwhile.
    await lockInvestigation(tx, found.investigationId, 'exclusive');
    const before = await tx.finding.findUniqueOrThrow({ where: { id: found.id }, include: { owner: true } });
    if (before.version !== change.version) {
      throw new AppError('conflict', 'Somebody changed this finding while you were working on it.', {
        version: before.version,
        status: before.status,
        disposition: before.disposition,
        reason: before.reason,
        owner: before.owner?.name ?? null,
      });
    }
    const owner = await ownerOf(change.ownerId, before.owner);
    const isClosing = change.status === 'closed';
    const isReopening = change.status !== undefined && !isClosing && before.status === 'closed';
    const after = await tx.finding.update({
      where: { id: found.id },
      data: {
        status: change.status,
        // What a finding was is only known of a closed one.
        disposition: isReopening ? null : change.disposition,
        reason: isReopening
          ? null
          : change.reason === null
            ? null
            : change.reason && toPostgres(change.reason),
        ownerId: change.ownerId === undefined ? undefined : (owner?.id ?? null),
        closedAt: isClosing ? new Date() : isReopening ? null : undefined,
        recurredAt: isClosing ? null : undefined,
        isTouched: true,
        version: { increment: 1 },
      },
    });
    await writeAudit(tx, actor, {
      action: 'finding.update',
      objectType: 'finding',
      objectId: found.id,
      investigationId: found.investigationId,
      before: triageOf(before, before.owner?.name ?? null),
      after: triageOf(after, owner?.name ?? null),
    });
    if (after.disposition !== before.disposition) {
      await recomputeRisk(tx, found.investigationId, await currentKnowledge(tx), Date.now());
    }
  }, TRANSACTION);
}

export async function addNote(actor: Actor, idOrNumber: string, text: string): Promise<void> {
  requirePermission(actor, 'triage');
  const found = await findFinding(idOrNumber);
  await db.$transaction(async (tx) => {
    await tx.findingNote.create({
      data: { findingId: found.id, authorId: actor.id, text: toPostgres(text) },
    });
    await tx.finding.update({ where: { id: found.id }, data: { isTouched: true } });
    await writeAudit(tx, actor, {
      action: 'finding.note',
      objectType: 'finding',
      objectId: found.id,
      investigationId: found.investigationId,
    });
  }, TRANSACTION);
}

type Owner = { readonly id: string; readonly name: string } | null;

async function ownerOf(ownerId: string | null | undefined, current: Owner): Promise<Owner> {
  if (ownerId === undefined) return current;
  if (ownerId === null) return null;
  const user = await db.user.findUnique({ where: { id: ownerId }, select: { id: true, name: true } });
  if (!user)
    throw new AppError('invalid-input', 'There is no such user to own the finding.', { field: 'ownerId' });
  return user;
}

function triageOf(
  finding: { status: string; disposition: string | null; reason: string | null },
  owner: string | null,
): Record<string, string | null> {
  return { status: finding.status, disposition: finding.disposition, reason: finding.reason, owner };
}
