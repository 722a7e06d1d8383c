import type { Catalogue } from '#lib/catalogue/catalogue.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import type { DetectionRule } from '#lib/detection/rule.ts';
import { AppError } from '#lib/errors.ts';
import { checkText } from './check.ts';
import { areColumnsKnown, fieldsOfRules } from './fields.ts';
import { isWholeHost } from './lint.ts';
import type { FilterCheck, FilterDraft, FilterField } from './types.ts';

/** The detections that a draft is for. */
export const rulesOfDraft = (
  { detectionIds }: Pick<FilterDraft, 'detectionIds'>,
  { knowledge }: Pick<Catalogue, 'knowledge'>,
): readonly DetectionRule[] =>
  detectionIds.length === 0 ? knowledge.rules : knowledge.rules.filter(({ id }) => detectionIds.includes(id));

/** What the text says, with all that is known of detections and lookups. */
export function checkDraft(
  draft: Pick<FilterDraft, 'text' | 'detectionIds' | 'expiresAt' | 'snoozeUntil' | 'outcome'>,
  fields: readonly FilterField[],
  catalogue: Pick<Catalogue, 'knowledge' | 'lookups'>,
): FilterCheck {
  const isKnown = areColumnsKnown(rulesOfDraft(draft, catalogue));
  return checkText(draft.text, isKnown ? fields : [], { draft, lookups: catalogue.lookups });
}

/** Throws AppError `invalid-input` for a draft that cannot be saved. */
export async function requireSound(
  tx: Prisma.TransactionClient,
  draft: FilterDraft,
  catalogue: Catalogue,
): Promise<void> {
  const unknown = draft.detectionIds.find((id) => !catalogue.entries.some((entry) => entry.id === id));
  if (unknown !== undefined) {
    throw new AppError('invalid-input', `There is no detection ${unknown}.`, { field: 'detectionIds' });
  }
  if (draft.ownerId !== null && !(await tx.user.findUnique({ where: { id: draft.ownerId } }))) {
    throw new AppError('invalid-input', 'There is no such user to own the rule.', { field: 'ownerId' });
  }
  const fields = fieldsOfRules(rulesOfDraft(draft, catalogue));
  const { problems, warnings } = checkDraft(draft, fields, catalogue);
  const [problem] = problems;
  if (problem) {
    const message = [problem.message, problem.remedy].filter((part) => part !== null).join(' ');
    throw new AppError('invalid-input', message, { field: 'text', problems });
  }
  const isEndless = draft.expiresAt === null && draft.outcome !== 'snooze';
  const isAll = warnings.some(({ check }) => check === 'covers-everything');
  if (isEndless && (isAll || isWholeHost(draft.text, fields))) {
    throw new AppError(
      'invalid-input',
      'A rule that covers a whole host must end: give it an expiry, or add what the harmless activity looks like.',
      { field: 'expiresAt' },
    );
  }
}
