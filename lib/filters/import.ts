import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { currentCatalogue } from '#lib/catalogue/current.ts';
import { AppError } from '#lib/errors.ts';
import { addVersion, changeRules, createRule, reapplyAll } from './commands.ts';
import { draftOf, requireFuture } from './draft.ts';
import type { ImportProblem } from './exchange.ts';
import { namedDetections } from './export.ts';
import { type DraftInput, type FilterImportInput, filterDraft } from './inputs.ts';
import { REASON_MIN } from './limits.ts';
import { readRules } from './read-file.ts';
import type { SavedFilter } from './types.ts';
import { requireSound } from './validate.ts';

/**
 * Saves each rule of a file as a new rule, by the checks that saving asks; one that needs a second person is proposed. What
 * cannot be saved is in `problems`, the rest is saved.
 */
export async function importFilters(
  actor: Actor,
  input: FilterImportInput,
): Promise<{
  readonly saved: readonly (SavedFilter & { readonly name: string })[];
  readonly problems: readonly ImportProblem[];
}> {
  requirePermission(actor, 'write-filters');
  const now = new Date();
  return changeRules(async (tx) => {
    const catalogue = await currentCatalogue(tx);
    const { rules, problems: unread } = readRules(input.text, namedDetections(catalogue), input.format);
    const problems = [...unread];
    const saved: (SavedFilter & { name: string })[] = [];
    for (const rule of rules) {
      const draft = draftOf(completed(rule, input), now);
      try {
        requireFuture(draft, now);
        await requireSound(tx, draft, catalogue);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        problems.push({ place: rule.name, message: error.message });
        continue;
      }
      const added = await addVersion(tx, actor, await createRule(tx, draft), draft, null, now);
      saved.push({ ...added, name: draft.name });
    }
    await writeAudit(tx, actor, {
      action: 'filter.import',
      objectType: 'filter',
      objectId: 'all',
      after: { saved: saved.map(({ number }) => number), problems: problems.length },
    });
    await reapplyAll(tx, now);
    return { saved, problems };
  });
}

function completed(
  rule: Parameters<typeof filterDraft.parse>[0] & object,
  input: FilterImportInput,
): DraftInput {
  const draft = filterDraft.parse(rule);
  return {
    ...draft,
    name: draft.name === '' ? 'Imported rule' : draft.name,
    reason: draft.reason.length < REASON_MIN ? input.reason : draft.reason,
    expiresAt: draft.expiresAt === undefined ? input.expiresAt : draft.expiresAt,
  };
}
