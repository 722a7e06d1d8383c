import { db } from '#lib/db/client.ts';
import type { FilterRule, FilterRuleVersion, Prisma } from '#lib/db/generated/client.ts';
import { AppError } from '#lib/errors.ts';

/** A rule by its id or number (`3` or `R-3`). Throws AppError `not-found`. */
export async function findRule(idOrNumber: string, tx: Prisma.TransactionClient = db): Promise<FilterRule> {
  const number = /^(?:R-)?(\d{1,9})$/i.exec(idOrNumber)?.[1];
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(idOrNumber);
  const found =
    number !== undefined
      ? await tx.filterRule.findUnique({ where: { number: Number(number) } })
      : isId
        ? await tx.filterRule.findUnique({ where: { id: idOrNumber } })
        : null;
  if (!found) throw new AppError('not-found', 'There is no such filter rule.');
  return found;
}

/** The version that speaks for a rule: the one in force, else one that waits for approval, else the newest. */
export function speakingVersion<V extends Pick<FilterRuleVersion, 'state' | 'number'>>(
  versions: readonly V[],
): V | null {
  const newest = versions.toSorted((a, b) => b.number - a.number);
  return (
    newest.find(({ state }) => state === 'in_force') ??
    newest.find(({ state }) => state === 'proposed') ??
    newest[0] ??
    null
  );
}
