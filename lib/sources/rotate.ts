import { writeAudit } from '#lib/audit/write.ts';
import { db } from '#lib/db/client.ts';
import { decryptSecret, encryptSecret, SecretError } from './secrets.ts';

/**
 * Encrypts the secrets of sources and notification channels anew after JOBSIGHT_SECRET was changed, with the one before (JOBSIGHT_OLD_SECRET). Done
 * again, it changes nothing. What neither can read stays as it is; what uses it says so when it is used next.
 *
 * @returns how many were encrypted anew
 */
export async function rotateSecrets(master: string, before: string): Promise<number> {
  return db.$transaction(async (tx) => {
    const having = { where: { secrets: { not: null } }, select: { id: true, secrets: true } };
    const anew = (id: string, secrets: Uint8Array | null): Uint8Array<ArrayBuffer> | null => {
      if (secrets === null || opened(master, id, secrets) !== null) return null;
      const text = opened(before, id, secrets);
      return text === null ? null : encryptSecret(master, id, text);
    };
    let count = 0;
    for (const row of await tx.source.findMany(having)) {
      const secrets = anew(row.id, row.secrets);
      if (secrets === null) continue;
      await tx.source.update({ where: { id: row.id }, data: { secrets } });
      count += 1;
    }
    for (const row of await tx.notificationChannel.findMany(having)) {
      const secrets = anew(row.id, row.secrets);
      if (secrets === null) continue;
      await tx.notificationChannel.update({ where: { id: row.id }, data: { secrets } });
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
