import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { AppError } from '#lib/errors.ts';
import { type CatalogueEntry, variantOf } from './catalogue.ts';
import { currentCatalogue, markChanged } from './current.ts';
import { defaultVariant } from './default-variant.ts';
import type { DetectionChange } from './inputs.ts';
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
    const riskScore = change.riskScore === undefined ? entry.riskScore : change.riskScore;
    if (wanted === entry.wanted && riskScore === entry.riskScore) return;
    const data = { wantedVariant: wanted, riskScore, stopped: wanted === null ? entry.stopped : null };
    await tx.detectionSetting.upsert({
      where: { detectionId: id },
      create: { detectionId: id, activeVariant: entry.active, ...data },
      update: data,
    });
    await markChanged(tx);
    await writeAudit(tx, actor, {
      action: 'detection.change',
      objectType: 'detection',
      objectId: id,
      before: { variant: entry.wanted, riskScore: entry.riskScore },
      after: { variant: wanted, riskScore },
    });
    await recomputeAll(tx);
    await planReprocess(tx);
  }, TRANSACTION);
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
