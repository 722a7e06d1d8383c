import { z } from 'zod';
import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { env } from '#lib/env.ts';
import { AppError } from '#lib/errors.ts';
import { EvidenceStore } from './store.ts';
import type { UnlockedArchive } from './types.ts';
import { unpackArchive } from './unpack.ts';
import { LeaseLost } from './write-batch.ts';

/**
 * Takes the encrypted members out of an archive. Here and not by the worker, so that the password is in no queue: it is
 * used once and kept nowhere. Throws AppError.
 */
export async function unlockArchive(
  actor: Actor,
  evidenceId: string,
  password: string,
): Promise<UnlockedArchive> {
  requirePermission(actor, 'add-evidence');
  const isId = z.uuid().safeParse(evidenceId).success;
  const archive = isId ? await db.evidence.findUnique({ where: { id: evidenceId } }) : null;
  if (!archive) throw new AppError('not-found', 'There is no such evidence. It may have been deleted.');
  const { investigationId, sha256, epoch } = archive;
  if (archive.status !== 'ready' || sha256 === null) {
    throw new AppError('conflict', 'The archive is not opened yet. Give the password when it is.');
  }
  const before = await lockedCount(evidenceId);
  if (before === 0) throw new AppError('conflict', 'Nothing in this file waits for a password.');
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  try {
    await unpackArchive({ evidenceId, investigationId, sha256, epoch }, { db, store }, password);
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    throw new AppError('conflict', 'The archive was changed or deleted meanwhile. Try again.');
  }
  const stillLockedCount = await lockedCount(evidenceId);
  const unlockedCount = before - stillLockedCount;
  if (unlockedCount <= 0) {
    throw new AppError('invalid-input', 'The password does not fit. Nothing was changed.');
  }
  await db.$transaction((tx) =>
    writeAudit(tx, actor, {
      action: 'evidence.unlock',
      objectType: 'evidence',
      objectId: evidenceId,
      investigationId,
      after: { unlockedCount, stillLockedCount },
    }),
  );
  return { unlockedCount, stillLockedCount };
}

function lockedCount(archiveId: string): Promise<number> {
  return db.archiveMember.count({ where: { archiveId, refused: 'password' } });
}
