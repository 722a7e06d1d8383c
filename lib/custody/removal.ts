import type { Prisma } from '#lib/db/generated/client.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { findGoing, type Going, moveKept } from './archive-deletion.ts';
import { forgetUnseen } from './forget.ts';

/**
 * Takes evidence out of an investigation, an archive with its members: its sightings, then events that nothing else has
 * seen, and makes findings and risk anew. Returns what went, whose bytes are still there.
 */
export async function removeFromInvestigation(
  tx: Prisma.TransactionClient,
  { id, investigationId }: { readonly id: string; readonly investigationId: string },
): Promise<Going['gone']> {
  await lockInvestigation(tx, investigationId, 'exclusive');
  const going = await findGoing(tx, id);
  await moveKept(tx, going);
  await tx.$executeRaw`DELETE FROM evidence WHERE id = ANY(${going.gone.map((one) => one.id)}::uuid[])`;
  await forgetUnseen(tx, investigationId);
  return going.gone;
}
