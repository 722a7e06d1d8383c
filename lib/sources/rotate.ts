import { writeAudit } from '#lib/audit/write.ts';
import { db } from '#lib/db/client.ts';
import { decryptSecret, encryptSecret, SecretError } from './secrets.ts';

/**
 * Encrypts the secrets of sources anew after JOBSIGHT_SECRET was changed, with the one before (JOBSIGHT_OLD_SECRET). Done
 * again, it changes nothing. What neither can read stays as it is; its source says so at its next pull.
 *
 * @returns how many were encrypted anew
 */
export async function rotateSecrets(master: string, before: string): Promise<number> {
  return db.$transaction(async (tx) => {
    const rows = await tx.source.findMany({ where: { secrets: { not: null } }, orderBy: { id: 'asc' } });
    let count = 0;
    for (const { id, secrets } of rows) {
      if (secrets === null || opened(master, id, secrets) !== null) continue;
      const text = opened(before, id, secrets);
      if (text === null) continue;
      await tx.source.update({ where: { id }, data: { secrets: encryptSecret(master, id, text) } });
      count += 1;
    }
    if (count > 0)
      await writeAudit(
        tx,
        { id: null, name: 'start with JOBSIGHT_OLD_SECRET' },
        {
          action: 'source.change',
          objectType: 'source',
          objectId: 'all',
          after: { secrets: 'encrypted anew', count },
        },
      );
    return count;
  });
}

function opened(master: string, id: string, secrets: Uint8Array): string | null {
  try {
    return decryptSecret(master, id, secrets);
  } catch (error) {
    if (error instanceof SecretError) return null;
    throw error;
  }
}
