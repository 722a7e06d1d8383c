import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { currentCatalogue } from '#lib/catalogue/current.ts';
import { db } from '#lib/db/client.ts';
import { findFinding } from '#lib/findings/find.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { isPassing } from './fields.ts';
import { fieldsWithValues } from './known-fields.ts';
import { type ProposalRow, proposeRules } from './propose.ts';
import { subjectPages } from './subjects.ts';
import type { FilterProposal } from './types.ts';

/** Each proposal is asked of so many findings that were not chosen. */
const OTHERS_MAX = 20_000;

/** Rules that cover the findings, by id or number, and no true positive of their detections; the best first. */
export async function proposeFilters(
  actor: Actor,
  { findingIds }: { readonly findingIds: readonly string[] },
): Promise<readonly FilterProposal[]> {
  requirePermission(actor, 'read');
  const chosen = new Set(
    (await Promise.all(findingIds.map((id) => findFinding(id)))).map((finding) => finding.id),
  );
  const detections = await db.finding.findMany({
    where: { id: { in: [...chosen] } },
    select: { detectionId: true },
    distinct: ['detectionId'],
  });
  const detectionIds = detections.map(({ detectionId }) => detectionId);
  const catalogue = await currentCatalogue();
  const chainIds = catalogue.knowledge.chains.map(({ id }) => id);
  const rows: ProposalRow[] = [];
  let others = 0;
  for await (const page of subjectPages(db, DEFAULT_INVESTIGATION, chainIds, detectionIds)) {
    for (const { id, row, disposition } of page) {
      const isChosen = chosen.has(id);
      const isTruePositive = disposition === 'true_positive';
      if (!isChosen && !isTruePositive && ++others > OTHERS_MAX) continue;
      rows.push({ row, isChosen, isTruePositive });
    }
  }
  const fields = await fieldsWithValues(detectionIds, catalogue);
  return proposeRules(
    rows,
    fields.filter(({ name }) => !isPassing(name)),
  );
}
