import type { Prisma } from '#lib/db/generated/client.ts';

type Transaction = Prisma.TransactionClient;
type Counting = readonly { readonly id: string; readonly variant: string }[];

/**
 * Takes findings out of force whose detection is disabled or counts in another variant. They stay as they are, with
 * triage and history, and come back when their variant counts again. Those without triage and without events go.
 */
export async function supersedeOthers(
  tx: Transaction,
  investigationId: string,
  counting: Counting,
  now: Date,
): Promise<void> {
  const ids = counting.map(({ id }) => id);
  const variants = counting.map(({ variant }) => variant);
  await tx.$executeRaw`
    UPDATE finding f SET state = 'superseded', superseded_at = ${now}, chain_severity = NULL
    WHERE f.investigation_id = ${investigationId} AND f.state <> 'superseded' AND NOT EXISTS (
      SELECT 1 FROM unnest(${ids}::text[], ${variants}::text[]) AS c(id, variant)
      WHERE c.id = f.detection_id AND c.variant = f.variant)`;
  await tx.$executeRaw`
    DELETE FROM finding f
    WHERE f.investigation_id = ${investigationId} AND f.state = 'superseded' AND NOT f.is_touched
      AND NOT EXISTS (SELECT 1 FROM finding_event e WHERE e.finding_id = f.id)`;
}

type Carried = {
  readonly id: string;
  readonly old_id: string;
  readonly old_number: number;
  readonly status: string;
  readonly disposition: string | null;
  readonly reason: string | null;
  readonly owner_name: string | null;
};

/**
 * Gives findings that came into force, or that nobody has touched, the triage of a superseded finding of another variant
 * with which they share an event: of the same mode before others, the one superseded last, the one that shares most.
 */
export async function carryTriage(tx: Transaction, investigationId: string): Promise<void> {
  const carried = await tx.$queryRaw<Carried[]>`
    WITH pair AS (
      SELECT DISTINCT ON (n.id) n.id, o.id AS old_id
      FROM finding o
      JOIN finding_event oe ON oe.finding_id = o.id
      JOIN finding_event ne ON ne.investigation_id = oe.investigation_id AND ne.event_id = oe.event_id
      JOIN finding n ON n.id = ne.finding_id AND n.detection_id = o.detection_id AND n.variant <> o.variant
      WHERE o.investigation_id = ${investigationId} AND o.state = 'superseded' AND o.is_touched AND n.state = 'active'
        AND ((n.superseded_at IS NULL AND NOT n.is_touched) OR n.superseded_at < o.superseded_at)
      GROUP BY n.id, o.id
      ORDER BY n.id, (o.mode = n.mode) DESC, o.superseded_at DESC, count(*) DESC, o.number
    )
    UPDATE finding n SET status = o.status, disposition = o.disposition, reason = o.reason, owner_id = o.owner_id,
      closed_at = o.closed_at, recurred_at = o.recurred_at, is_touched = true, version = n.version + 1
    FROM pair JOIN finding o ON o.id = pair.old_id LEFT JOIN "user" u ON u.id = o.owner_id
    WHERE n.id = pair.id
    RETURNING n.id, o.id AS old_id, o.number AS old_number, n.status::text, n.disposition::text, n.reason,
      u.name AS owner_name`;
  await tx.$executeRaw`
    UPDATE finding SET superseded_at = NULL
    WHERE investigation_id = ${investigationId} AND state <> 'superseded' AND superseded_at IS NOT NULL`;
  for (const one of carried) {
    await tx.$executeRaw`
      INSERT INTO finding_note (id, finding_id, author_id, text, created_at)
      SELECT gen_random_uuid(), ${one.id}, o.author_id, o.text, o.created_at FROM finding_note o
      WHERE o.finding_id = ${one.old_id} AND NOT EXISTS (
        SELECT 1 FROM finding_note n WHERE n.finding_id = ${one.id} AND n.created_at = o.created_at AND n.text = o.text)`;
  }
  await tx.auditEntry.createMany({
    data: carried.map((one) => ({
      actorName: 'Jobsight',
      action: 'finding.carry',
      objectType: 'finding',
      objectId: one.id,
      investigationId,
      after: {
        from: `F-${one.old_number}`,
        status: one.status,
        disposition: one.disposition,
        reason: one.reason,
        owner: one.owner_name,
      },
    })),
  });
}
