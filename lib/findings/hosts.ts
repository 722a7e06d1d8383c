import type { Prisma } from '#lib/db/generated/client.ts';

/**
 * Joins a short host name to a fully qualified one when that is the only one that begins with it, and undoes joins that
 * are no longer certain. Computed from the names alone, so the order in which evidence came makes no difference.
 */
export async function joinHosts(tx: Prisma.TransactionClient, investigationId: string): Promise<void> {
  await tx.$executeRaw`
    WITH qualified AS (
      SELECT split_part(name, '.', 1) AS short, min(id::text)::uuid AS id, count(*) AS count
      FROM host WHERE investigation_id = ${investigationId} AND position('.' in name) > 0
      GROUP BY split_part(name, '.', 1)
    )
    UPDATE host SET joined_to_id = target.id
    FROM (
      SELECT h.id AS host_id, q.id
      FROM host h LEFT JOIN qualified q ON q.short = h.name AND q.count = 1
      WHERE h.investigation_id = ${investigationId} AND position('.' in h.name) = 0
    ) target
    WHERE host.id = target.host_id AND host.joined_to_id IS DISTINCT FROM target.id`;
}
