import { db } from '#lib/db/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import type { ArchiveMembers, PlaceInArchive } from './types.ts';

/** What archives hold, for the screens. Callers have checked the role. */

const MEMBERS_SHOWN = 500;

type Counts = { files: number; evidence: number; refused: number; locked: number };

/** One sentence for each archive: `12 files, 9 read as evidence, 3 refused`. */
export async function archiveMessages(archiveIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (archiveIds.length === 0) return new Map();
  const rows = await db.$queryRaw<(Counts & { archive_id: string })[]>`
    SELECT m.archive_id::text,
      count(*) FILTER (WHERE m.path <> '')::int AS files,
      count(*) FILTER (WHERE e.status NOT IN ('refused', 'failed'))::int AS evidence,
      count(*) FILTER (WHERE m.refused = 'password')::int AS locked,
      count(*) FILTER (WHERE m.path <> '' AND (m.refused <> 'password' OR e.status IN ('refused', 'failed')))::int AS refused
    FROM archive_member m LEFT JOIN evidence e ON e.id = m.evidence_id
    WHERE m.archive_id = ANY(${[...archiveIds]}::uuid[]) GROUP BY m.archive_id`;
  const problems = await db.archiveMember.findMany({
    where: { archiveId: { in: [...archiveIds] }, path: '' },
    orderBy: { seq: 'asc' },
  });
  const messages = new Map(rows.map((row) => [row.archive_id, sentence(row)]));
  for (const { archiveId, message } of problems) {
    messages.set(archiveId, `${messages.get(archiveId) ?? ''}. ${fromPostgres(message ?? '')}`);
  }
  return messages;
}

function sentence({ files, evidence, refused, locked }: Counts): string {
  const parts = [
    `${files.toLocaleString('en')} ${files === 1 ? 'file' : 'files'}`,
    `${evidence.toLocaleString('en')} read as evidence`,
    ...(refused > 0 ? [`${refused.toLocaleString('en')} refused`] : []),
    ...(locked > 0 ? [`${locked.toLocaleString('en')} wait for a password`] : []),
  ];
  return parts.join(', ');
}

/** The archive that each evidence came out of, and under which path. */
export async function placesOf(
  rows: readonly { readonly id: string; readonly parentId: string | null }[],
): Promise<ReadonlyMap<string, PlaceInArchive>> {
  const ids = rows.flatMap((row) => (row.parentId === null ? [] : row.id));
  if (ids.length === 0) return new Map();
  const places = await db.$queryRaw<{ evidence_id: string; id: string; name: string; path: string }[]>`
    SELECT DISTINCT ON (e.id) e.id::text AS evidence_id, a.id::text AS id, a.name, m.path
    FROM evidence e JOIN evidence a ON a.id = e.parent_id
    JOIN archive_member m ON m.archive_id = a.id AND m.evidence_id = e.id
    WHERE e.id = ANY(${ids}::uuid[]) ORDER BY e.id, m.seq`;
  return new Map(
    places.map(({ evidence_id, id, name, path }) => [
      evidence_id,
      { id, name: fromPostgres(name), path: fromPostgres(path) },
    ]),
  );
}

/** The first members of an archive, in its order. */
export async function membersOf(archiveId: string): Promise<ArchiveMembers> {
  const [total, lockedCount, rows] = await Promise.all([
    db.archiveMember.count({ where: { archiveId } }),
    db.archiveMember.count({ where: { archiveId, refused: 'password' } }),
    db.archiveMember.findMany({
      where: { archiveId },
      orderBy: { seq: 'asc' },
      take: MEMBERS_SHOWN,
      include: {
        evidence: { select: { id: true, status: true, form: true, message: true, parentId: true } },
      },
    }),
  ]);
  return {
    total,
    lockedCount,
    items: rows.map(({ path, sizeBytes, refused, message, evidence }) => ({
      path: fromPostgres(path),
      sizeBytes: sizeBytes === null ? null : Number(sizeBytes),
      refused,
      message: message === null ? null : fromPostgres(message),
      evidence: evidence && {
        id: evidence.id,
        status: evidence.status,
        form: evidence.form,
        message: evidence.message === null ? null : fromPostgres(evidence.message),
        isElsewhere: evidence.parentId !== archiveId,
      },
    })),
  };
}
