import { recompute } from '#lib/catalogue/settle.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { findGoing, type Going, moveKept } from './archive-deletion.ts';

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
  await tx.$executeRaw`
    DELETE FROM event e WHERE e.investigation_id = ${investigationId} AND NOT EXISTS (
      SELECT 1 FROM sighting s WHERE s.investigation_id = e.investigation_id AND s.event_id = e.id)`;
  await tx.$executeRaw`
    DELETE FROM long_text t WHERE NOT EXISTS (SELECT 1 FROM event_text x WHERE x.hash = t.hash)`;
  await recompute(tx, investigationId);
  await tx.$executeRaw`
    DELETE FROM host h WHERE h.investigation_id = ${investigationId}
      AND NOT EXISTS (SELECT 1 FROM event_count c WHERE c.host_id = h.id)
      AND NOT EXISTS (SELECT 1 FROM event e WHERE e.host_id = h.id)
      AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.host_id = h.id)
      AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.host_id = h.id)`;
  return going.gone;
}
