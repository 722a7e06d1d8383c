import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { AppError } from '#lib/errors.ts';
import { type CatalogueEntry, variantOf } from './catalogue.ts';
import { currentCatalogue, markChanged } from './current.ts';
import { defaultVariant } from './default-variant.ts';
import { riskInForce } from './description.ts';
import type { DetectionChange } from './inputs.ts';
import { addRiskVersion } from './risk-versions.ts';
import { lockAllInvestigations, planReprocess, recomputeAll } from './settle.ts';

const TRANSACTION = { timeout: 120_000, maxWait: 30_000 };

/**
 * Enables or disables a detection, or lets another variant count. At once where the evidence was read for it already,
 * else when that is done. Throws AppError `not-found`, or `invalid-input` when the variant is not there or cannot run.
 */
export async function changeDetection(actor: Actor, id: string, change: DetectionChange): Promise<void> {
  requirePermission(actor, 'manage-detections');
  await db.$transaction(async (tx) => {
    await lockAllInvestigations(tx);
    const entry = (await currentCatalogue(tx)).entries.find((one) => one.id === id);
    if (!entry) throw new AppError('not-found', 'There is no such detection.');
    const wanted = wantedBy(change, entry);
    const score = change.riskScore;
    const isRiskChange = score !== undefined && score !== (entry.setRisk && riskInForce(entry).score);
    if (wanted === entry.wanted && !isRiskChange) return;
    if (wanted !== entry.wanted) await wantVariant(tx, actor, entry, wanted);
    if (isRiskChange) {
      const risk = score === null ? null : { impact: score, confidence: 100 };
      await addRiskVersion(tx, actor, id, entry.setRisk, risk, { reason: '', revertOf: null });
    }
    await markChanged(tx);
    await recomputeAll(tx);
    await planReprocess(tx);
  }, TRANSACTION);
}

async function wantVariant(
  tx: Prisma.TransactionClient,
  actor: Actor,
  entry: CatalogueEntry,
  wanted: string | null,
): Promise<void> {
  const data = { wantedVariant: wanted, stopped: wanted === null ? entry.stopped : null };
  await tx.detectionSetting.upsert({
    where: { detectionId: entry.id },
    create: { detectionId: entry.id, activeVariant: entry.active, ...data },
    update: data,
  });
  await writeAudit(tx, actor, {
    action: 'detection.change',
    objectType: 'detection',
    objectId: entry.id,
    before: { variant: entry.wanted },
    after: { variant: wanted },
  });
}

function wantedBy({ isEnabled, variant }: DetectionChange, entry: CatalogueEntry): string | null {
  if (isEnabled === false) return null;
  if (isEnabled === undefined && variant === undefined) return entry.wanted;
  const wanted = variant ?? entry.wanted ?? defaultVariant(entry);
  const chosen = variantOf(entry, wanted);
  if (!chosen) {
    const names = entry.variants.map(({ name }) => name).join(', ');
    throw new AppError('invalid-input', `There is no variant ${wanted}; there are ${names}.`, {
      field: 'variant',
    });
  }
  if (chosen.problem) throw new AppError('invalid-input', `It cannot run: ${chosen.problem.message}`);
  return chosen.name;
}

/** Has all stored evidence read again for every enabled detection, as if it were new. */
export async function reprocessAll(actor: Actor): Promise<void> {
  requirePermission(actor, 'manage-detections');
  await db.$transaction(async (tx) => {
    await tx.evidenceRule.deleteMany({});
    await planReprocess(tx);
    await writeAudit(tx, actor, {
      action: 'detection.reprocess',
      objectType: 'detection',
      objectId: 'all',
    });
  }, TRANSACTION);
}
