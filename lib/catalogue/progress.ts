import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import type { ReprocessProgress } from './types.ts';

const FAILURES_SHOWN = 20;

/** How far the stored evidence was read again for what was enabled, imported or switched last. */
export async function reprocessProgress(actor: Actor): Promise<ReprocessProgress | null> {
  requirePermission(actor, 'read');
  const [[row], failed] = await Promise.all([
    db.$queryRaw<{ files: number; done: number; bytes: bigint; bytes_done: bigint }[]>`
      SELECT count(*)::int AS files, count(*) FILTER (WHERE p.finished_at IS NOT NULL)::int AS done,
        COALESCE(sum(e.next_offset), 0)::bigint AS bytes,
        COALESCE(sum(CASE WHEN p.finished_at IS NULL THEN p.next_offset ELSE e.next_offset END), 0)::bigint AS bytes_done
      FROM reprocess p JOIN evidence e ON e.id = p.evidence_id`,
    db.reprocess.findMany({
      where: { message: { not: null } },
      select: { message: true, evidence: { select: { id: true, name: true } } },
      orderBy: { finishedAt: 'desc' },
      take: FAILURES_SHOWN,
    }),
  ]);
  if (!row || row.files === 0) return null;
  return {
    fileTotal: row.files,
    fileDone: row.done,
    byteTotal: Number(row.bytes),
    byteDone: Number(row.bytes_done),
    isDone: row.done === row.files,
    failures: failed.map(({ message, evidence }) => ({
      evidenceId: evidence.id,
      name: fromPostgres(evidence.name),
      message: message ?? '',
    })),
  };
}
