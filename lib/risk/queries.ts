import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import type { RiskObjectQuery } from './inputs.ts';
import type { Severity } from './severity.ts';

/** A system or user with the highest sum that its risk events reach within 24 h, and when that was. */
export type RiskObjectItem = {
  /** `system` or `user`, as detections name it. */
  readonly type: string;
  readonly name: string;
  readonly hostId: string | null;
  readonly peakScore: number;
  readonly peakStartTicks: string;
  readonly peakEndTicks: string;
  readonly totalScore: number;
  readonly eventCount: number;
  readonly severity: Severity;
};

export type RiskObjectPage = {
  readonly items: readonly RiskObjectItem[];
  readonly nextCursor: string | null;
  readonly total: number;
};

/** Risk objects, the highest peak first. */
export async function listRiskObjects(actor: Actor, query: RiskObjectQuery): Promise<RiskObjectPage> {
  requirePermission(actor, 'read');
  const where = { investigationId: DEFAULT_INVESTIGATION, objectType: query.type };
  const offset = Number(query.cursor ?? 0);
  const [rows, total] = await Promise.all([
    db.riskObject.findMany({
      where,
      orderBy: [{ peakScore: 'desc' }, { objectType: 'asc' }, { objectName: 'asc' }],
      skip: offset,
      take: query.limit + 1,
    }),
    db.riskObject.count({ where }),
  ]);
  return {
    items: rows.slice(0, query.limit).map((row) => ({
      type: row.objectType,
      name: fromPostgres(row.objectName),
      hostId: row.hostId,
      peakScore: row.peakScore,
      peakStartTicks: row.peakStartTicks.toString(),
      peakEndTicks: row.peakEndTicks.toString(),
      totalScore: row.totalScore,
      eventCount: row.eventCount,
      severity: row.severity,
    })),
    nextCursor: rows.length > query.limit ? String(offset + query.limit) : null,
    total,
  };
}
