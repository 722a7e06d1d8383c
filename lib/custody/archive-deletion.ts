import type { Prisma } from '#lib/db/generated/client.ts';

export type Going = {
  /** The evidence itself, and what came out of it alone. */
  readonly gone: readonly { readonly id: string; readonly sha256: string | null }[];
  /** Ids of what came out of it and stays, because another archive holds it too. */
  readonly kept: readonly string[];
};

/** What goes when an evidence is deleted: of an archive also its members, and theirs. */
export async function findGoing(tx: Prisma.TransactionClient, evidenceId: string): Promise<Going> {
  const inside = await tx.$queryRaw<{ id: string; sha256: string | null }[]>`
    WITH RECURSIVE inside AS (
      SELECT id, sha256 FROM evidence WHERE id = ${evidenceId}::uuid
      UNION
      SELECT e.id, e.sha256 FROM evidence e JOIN inside ON e.parent_id = inside.id
    )
    SELECT id::text, sha256 FROM inside`;
  if (inside.length <= 1) return { gone: inside, kept: [] };
  const going = new Set(inside.map(({ id }) => id));
  const places = await tx.$queryRaw<{ evidence_id: string; archive_id: string }[]>`
    SELECT evidence_id::text, archive_id::text FROM archive_member WHERE evidence_id = ANY(${[...going]}::uuid[])`;
  // What stays keeps its own members: until nothing changes.
  for (let before = 0; before !== going.size; ) {
    before = going.size;
    for (const { evidence_id, archive_id } of places) {
      if (evidence_id !== evidenceId && !going.has(archive_id)) going.delete(evidence_id);
    }
  }
  return {
    gone: inside.filter(({ id }) => going.has(id)),
    kept: inside.flatMap(({ id }) => (going.has(id) ? [] : id)),
  };
}

/** Gives members that stay to another archive that holds them; to none that came out of the same one, so that no circle is made. */
export async function moveKept(tx: Prisma.TransactionClient, { gone, kept }: Going): Promise<void> {
  if (kept.length === 0) return;
  const ids = gone.map(({ id }) => id);
  const inside = [...ids, ...kept];
  await tx.$executeRaw`
    UPDATE evidence e SET parent_id = (
      SELECT m.archive_id FROM archive_member m
      WHERE m.evidence_id = e.id AND m.archive_id <> ALL(${inside}::uuid[]) ORDER BY m.archive_id LIMIT 1)
    WHERE e.id = ANY(${kept}::uuid[]) AND e.parent_id = ANY(${ids}::uuid[])`;
}
