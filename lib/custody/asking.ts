import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import type { EvidenceQuestion } from './types.ts';

type Asking = {
  readonly id: string;
  readonly investigationId: string;
  readonly question: EvidenceQuestion | null;
};

/** Other evidence that waits for the same answer: out of the same archive, and in the investigation. */
export async function countAsking(row: Asking): Promise<{ archive: number; investigation: number }> {
  const { id, investigationId, question } = row;
  const same = { investigationId, status: 'asking', question } as const;
  const inArchive = (await sameArchive(db, id)).filter((one) => one !== id);
  return {
    archive:
      inArchive.length === 0 ? 0 : await db.evidence.count({ where: { ...same, id: { in: inArchive } } }),
    investigation: await db.evidence.count({ where: { ...same, id: { not: id } } }),
  };
}

/** Ids of the outermost archive that an evidence came out of, and of all that came out of it; of others, its own alone. */
export async function sameArchive(
  tx: Pick<Prisma.TransactionClient, '$queryRaw'>,
  evidenceId: string,
): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH RECURSIVE up AS (
      SELECT id, parent_id FROM evidence WHERE id = ${evidenceId}::uuid
      UNION
      SELECT e.id, e.parent_id FROM evidence e JOIN up ON e.id = up.parent_id
    ), inside AS (
      SELECT id FROM up WHERE parent_id IS NULL
      UNION
      SELECT e.id FROM evidence e JOIN inside ON e.parent_id = inside.id
    )
    SELECT id::text FROM inside`;
  return rows.map((row) => row.id);
}
