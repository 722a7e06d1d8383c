import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { recomputeFindings } from '#lib/findings/recompute.ts';
import { sendReprocess } from '#lib/jobs/queue.ts';
import { type CatalogueEntry, variantOf } from './catalogue.ts';
import { currentCatalogue, currentKnowledge, markChanged } from './current.ts';

type Transaction = Prisma.TransactionClient;

/** A detection that selected more events than this of an investigation is stopped: its results are made in memory. */
export const SELECTED_MAX = 50_000;

/**
 * Makes findings and risk of an investigation equal to what its events and the catalogue give now; of all
 * investigations when it turns out that another variant counts from now on.
 */
export async function recompute(tx: Transaction, investigationId: string): Promise<void> {
  await lockInvestigation(tx, investigationId, 'exclusive');
  const isChanged = await settle(tx);
  const ids = isChanged ? await allInvestigations(tx) : [investigationId];
  await recomputeEach(tx, ids);
}

/** For changes of the catalogue; call it after the change, in its transaction. */
export async function recomputeAll(tx: Transaction): Promise<void> {
  await settle(tx);
  await recomputeEach(tx, await allInvestigations(tx));
}

/** Detections whose search passes one of its limits are switched off, and all is computed again without them. */
async function recomputeEach(tx: Transaction, investigationIds: readonly string[]): Promise<void> {
  const reasons = new Map<string, string>();
  for (const id of investigationIds) {
    const stopped = await recomputeFindings(tx, id, await currentKnowledge(tx), Date.now());
    for (const { detectionId, reason } of stopped) reasons.set(detectionId, `Switched off: ${reason}`);
  }
  if (reasons.size === 0) return;
  const { entries } = await currentCatalogue(tx);
  for (const entry of entries) {
    const reason = reasons.get(entry.id);
    if (reason !== undefined) await stop(tx, entry, reason);
  }
  await markChanged(tx);
  await recomputeEach(tx, await allInvestigations(tx));
}

/** Does what a new release, an imported file or a process that ended too early left to do. */
export async function catchUpWithCatalogue(): Promise<void> {
  await db.$transaction(
    async (tx) => {
      await lockAllInvestigations(tx);
      await recomputeAll(tx);
      await planReprocess(tx);
    },
    { timeout: 600_000, maxWait: 30_000 },
  );
}

/** In one order, so that two that lock all of them wait for each other. Every change of the catalogue begins so. */
export async function lockAllInvestigations(tx: Transaction): Promise<void> {
  for (const id of await allInvestigations(tx)) await lockInvestigation(tx, id, 'exclusive');
}

async function allInvestigations(tx: Transaction): Promise<string[]> {
  const rows = await tx.investigation.findMany({ select: { id: true }, orderBy: { id: 'asc' } });
  return rows.map(({ id }) => id);
}

/**
 * Has stored evidence read again that lacks rules which it should have been read with. Evidence that is being read or
 * still arrives sees to itself when it ends.
 */
export async function planReprocess(tx: Transaction): Promise<void> {
  const { selecting } = await currentCatalogue(tx);
  const keys = selecting.map(({ key }) => key);
  const open = await tx.reprocess.count({ where: { finishedAt: null } });
  // What was read before is history, not progress of what comes now.
  if (open === 0) await tx.reprocess.deleteMany({});
  const rows = await tx.$queryRaw<{ evidence_id: string }[]>`
    INSERT INTO reprocess (evidence_id, rule_keys)
    SELECT e.id, '{}' FROM evidence e
    WHERE e.status IN ('ready', 'failed') AND e.sha256 IS NOT NULL AND EXISTS (
      SELECT 1 FROM unnest(${keys}::char(16)[]) AS k(key)
      WHERE NOT EXISTS (SELECT 1 FROM evidence_rule r WHERE r.evidence_id = e.id AND r.rule_key = k.key))
    ORDER BY e.id
    ON CONFLICT (evidence_id) DO UPDATE SET lease_id = NULL, attempts = 0, next_offset = 0, next_block = 0,
      rule_keys = '{}', created_at = now(), finished_at = NULL, message = NULL
    WHERE reprocess.finished_at IS NOT NULL
    RETURNING evidence_id::text`;
  for (const row of rows) await sendReprocess(tx, { evidenceId: row.evidence_id });
}

/**
 * Lets wanted variants count whose evidence has all been read, and disabled ones no longer. Returns whether anything
 * changed.
 */
async function settle(tx: Transaction): Promise<boolean> {
  let isChanged = await stopOverfull(tx);
  const { entries } = await currentCatalogue(tx);
  for (const entry of entries) {
    const { id, wanted, active } = entry;
    if (wanted === active) continue;
    const key = variantOf(entry, wanted)?.key ?? null;
    if (wanted !== null && (key === null || !(await isReadEverywhere(tx, key)))) continue;
    await tx.detectionSetting.update({ where: { detectionId: id }, data: { activeVariant: wanted } });
    isChanged = true;
  }
  if (isChanged) await markChanged(tx);
  return isChanged;
}

/**
 * Switches off detections that selected more than they may, and says so; their events are given back. Returns whether
 * there was one.
 */
export async function stopOverfull(tx: Transaction): Promise<boolean> {
  const { entries } = await currentCatalogue(tx);
  const shown = (number: number): string => number.toLocaleString('en');
  let isChanged = false;
  for (const { detection_id: id, count } of await overfull(tx)) {
    const entry = entries.find((one) => one.id === id);
    if (!entry || entry.wanted === null) continue;
    const stopped = `Switched off: its search selects ${shown(count)} events and more of the stored evidence; a detection may select ${shown(SELECTED_MAX)}.`;
    await stop(tx, entry, stopped);
    isChanged = true;
  }
  if (isChanged) await markChanged(tx);
  return isChanged;
}

async function stop(tx: Transaction, entry: CatalogueEntry, stopped: string): Promise<void> {
  const data = { activeVariant: null, wantedVariant: null, stopped };
  await tx.detectionSetting.upsert({
    where: { detectionId: entry.id },
    create: { detectionId: entry.id, ...data },
    update: data,
  });
  await forget(tx, entry);
}

/** Whether no evidence lacks the rule, but for what could not be read again, and what may take long to arrive. */
async function isReadEverywhere(tx: Transaction, key: string): Promise<boolean> {
  const [lacking] = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM evidence e LEFT JOIN reprocess p ON p.evidence_id = e.id
    WHERE e.status IN ('reading', 'ready', 'failed') AND e.sha256 IS NOT NULL AND p.message IS NULL
      AND NOT EXISTS (SELECT 1 FROM evidence_rule r WHERE r.evidence_id = e.id AND r.rule_key = ${key})
    LIMIT 1`;
  return lacking === undefined;
}

/** Gives the room back; when the detection is enabled again, evidence is read for it again. */
async function forget(tx: Transaction, { id, variants }: CatalogueEntry): Promise<void> {
  const keys = variants.flatMap(({ key }) => key ?? []);
  await tx.evidenceRule.deleteMany({ where: { ruleKey: { in: keys } } });
  await tx.selection.deleteMany({ where: { detectionId: id } });
  await tx.coverage.deleteMany({ where: { detectionId: id } });
}

async function overfull(tx: Transaction): Promise<{ detection_id: string; count: number }[]> {
  return tx.$queryRaw<{ detection_id: string; count: number }[]>`
    SELECT detection_id, max(count)::int AS count FROM (
      SELECT detection_id, variant, investigation_id, count(*) AS count FROM selection
      WHERE mode = 'search' GROUP BY detection_id, variant, investigation_id HAVING count(*) > ${SELECTED_MAX}) counts
    GROUP BY detection_id ORDER BY detection_id`;
}
