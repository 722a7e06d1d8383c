import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { WORKER_GONE_MS } from '#lib/jobs/liveness.ts';

/** What monitoring looks at: counts by their labels, as they are now. */
export type Gauges = {
  readonly evidence: readonly { readonly status: string; readonly count: number }[];
  /** Bytes of evidence that wait or are being read, less what was read. */
  readonly unreadBytes: number;
  /** Active strict findings that no filter rule hides. */
  readonly findings: readonly {
    readonly status: string;
    readonly severity: string;
    readonly count: number;
  }[];
  readonly workers: number;
};

const investigationId = DEFAULT_INVESTIGATION;

export async function readGauges(actor: Actor): Promise<Gauges> {
  requirePermission(actor, 'read');
  const [evidence, unread, findings, workers] = await Promise.all([
    db.evidence.groupBy({ by: ['status'], where: { investigationId }, _count: { _all: true } }),
    db.evidence.aggregate({
      where: { investigationId, status: { in: ['waiting', 'reading'] } },
      _sum: { sizeBytes: true, nextOffset: true },
    }),
    db.finding.groupBy({
      by: ['status', 'severity'],
      where: { investigationId, state: 'active', mode: 'strict', isHidden: false },
      _count: { _all: true },
    }),
    db.workerHeartbeat.count({ where: { seenAt: { gte: new Date(Date.now() - WORKER_GONE_MS) } } }),
  ]);
  return {
    evidence: evidence.map(({ status, _count }) => ({ status, count: _count._all })),
    unreadBytes: Number((unread._sum.sizeBytes ?? 0n) - (unread._sum.nextOffset ?? 0n)),
    findings: findings.map(({ status, severity, _count }) => ({ status, severity, count: _count._all })),
    workers,
  };
}
