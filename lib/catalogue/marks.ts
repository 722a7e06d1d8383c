import { type Lease, LeaseLost } from '#lib/custody/write-batch.ts';
import type { Prisma } from '#lib/db/generated/client.ts';

/**
 * Notes for which rules evidence is read. When it was begun by an earlier run, only those stay that it was begun with:
 * the others have not seen its beginning.
 */
export async function markRead(
  tx: Prisma.TransactionClient,
  lease: Lease & { readonly nextOffset: number },
  keys: readonly string[],
): Promise<void> {
  const { evidenceId } = lease;
  const held = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM evidence WHERE id = ${evidenceId}::uuid AND epoch = ${lease.epoch} FOR UPDATE`;
  if (held.length === 0) throw new LeaseLost('the evidence is read by another worker or was deleted');
  if (lease.nextOffset > 0) {
    await tx.evidenceRule.deleteMany({ where: { evidenceId, ruleKey: { notIn: [...keys] } } });
    return;
  }
  await tx.evidenceRule.deleteMany({ where: { evidenceId } });
  await addMarks(tx, evidenceId, keys);
}

export async function addMarks(
  tx: Prisma.TransactionClient,
  evidenceId: string,
  keys: readonly string[],
): Promise<void> {
  await tx.evidenceRule.createMany({
    data: keys.map((ruleKey) => ({ evidenceId, ruleKey })),
    skipDuplicates: true,
  });
}
