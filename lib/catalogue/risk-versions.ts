import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import type { SetRisk } from './catalogue.ts';
import { currentCatalogue, markChanged } from './current.ts';
import type { DetectionRiskChange } from './inputs.ts';
import { lockAllInvestigations, recomputeAll } from './settle.ts';
import type { DetectionRiskVersionItem } from './types.ts';

/**
 * Sets impact and confidence of a detection, takes its author's again (null), or goes back to a version; findings and risk
 * are made anew at once. Throws AppError `not-found`.
 */
export async function setDetectionRisk(actor: Actor, id: string, change: DetectionRiskChange): Promise<void> {
  requirePermission(actor, 'manage-detections');
  await db.$transaction(
    async (tx) => {
      await lockAllInvestigations(tx);
      const entry = (await currentCatalogue(tx)).entries.find((one) => one.id === id);
      if (!entry) throw new AppError('not-found', 'There is no such detection.');
      const after = 'revertTo' in change ? await riskOfVersion(tx, id, change.revertTo) : change.risk;
      await addRiskVersion(tx, actor, id, entry.setRisk, after, {
        reason: change.reason,
        revertOf: 'revertTo' in change ? change.revertTo : null,
      });
      await markChanged(tx);
      await recomputeAll(tx);
    },
    { timeout: 120_000, maxWait: 30_000 },
  );
}

/** Writes the next version with its audit entry; the caller marks the catalogue as changed. */
export async function addRiskVersion(
  tx: Prisma.TransactionClient,
  actor: Actor,
  detectionId: string,
  before: SetRisk | null,
  after: SetRisk | null,
  about: { readonly reason: string; readonly revertOf: number | null },
): Promise<void> {
  const newest = await tx.detectionRiskVersion.aggregate({ where: { detectionId }, _max: { number: true } });
  const number = (newest._max.number ?? 0) + 1;
  await tx.detectionRiskVersion.create({
    data: {
      detectionId,
      number,
      impact: after?.impact ?? null,
      confidence: after?.confidence ?? null,
      reason: toPostgres(about.reason),
      revertOf: about.revertOf,
      authorName: toPostgres(actor.name),
    },
  });
  await writeAudit(tx, actor, {
    action: 'detection.risk',
    objectType: 'detection',
    objectId: detectionId,
    before: { impact: before?.impact ?? null, confidence: before?.confidence ?? null },
    after: {
      impact: after?.impact ?? null,
      confidence: after?.confidence ?? null,
      version: number,
      reason: toPostgres(about.reason),
    },
  });
}

/** The newest first. Callers have checked the role. */
export async function listRiskVersions(detectionId: string): Promise<DetectionRiskVersionItem[]> {
  const rows = await db.detectionRiskVersion.findMany({
    where: { detectionId },
    orderBy: { number: 'desc' },
    take: 100,
  });
  return rows.map((row) => ({
    number: row.number,
    impact: row.impact,
    confidence: row.confidence,
    reason: fromPostgres(row.reason),
    revertOf: row.revertOf,
    author: fromPostgres(row.authorName),
    createdAt: row.createdAt.toISOString(),
  }));
}

async function riskOfVersion(
  tx: Prisma.TransactionClient,
  detectionId: string,
  number: number,
): Promise<SetRisk | null> {
  const version = await tx.detectionRiskVersion.findUnique({
    where: { detectionId_number: { detectionId, number } },
  });
  if (!version) throw new AppError('not-found', `There is no version ${number} of this detection's risk.`);
  const { impact, confidence } = version;
  return impact === null || confidence === null ? null : { impact, confidence };
}
