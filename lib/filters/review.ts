import type { Catalogue } from '#lib/catalogue/catalogue.ts';
import type { FilterRule, FilterRuleVersion } from '#lib/db/generated/client.ts';
import { SplError } from '#lib/spl/types.ts';
import { compileFilter } from './compile.ts';
import { sourceOf } from './rules.ts';
import { changedDetections } from './scoped-rule.ts';
import type { FilterState, ReviewReason } from './types.ts';

const DAY_MS = 86_400_000;
const EXPIRING_DAYS = 7;
const UNUSED_DAYS = 60;
/** A rule that covers more than this share of the findings in its scope hides a detection rather than its mistakes. */
const HIDES_MUCH_SHARE = 0.5;

/** What a rule is now, judged by its speaking version. */
export function stateOf(rule: FilterRule, version: FilterRuleVersion, now: Date): FilterState {
  if (rule.removedAt !== null) return 'removed';
  if (version.state === 'proposed') return 'proposed';
  if (version.state !== 'in_force') return 'rejected';
  if (version.expiresAt !== null && version.expiresAt <= now) return 'expired';
  const isOver = version.outcome === 'snooze' && version.snoozeUntil !== null && version.snoozeUntil <= now;
  return isOver ? 'snooze-over' : 'in-force';
}

/** Why a rule wants a look; nothing of one that is out of force for good. */
export function reviewOf(
  rule: FilterRule & { readonly versions: readonly FilterRuleVersion[] },
  version: FilterRuleVersion,
  share: number,
  catalogue: Catalogue,
  now: Date,
): ReviewReason[] {
  const state = stateOf(rule, version, now);
  if (state === 'removed' || state === 'rejected') return [];
  const isSoon = (end: Date): boolean => end.getTime() - now.getTime() <= EXPIRING_DAYS * DAY_MS;
  const isLongAgo = (at: Date): boolean => now.getTime() - at.getTime() >= UNUSED_DAYS * DAY_MS;
  const isInForce = state === 'in-force';
  const reasons: Record<ReviewReason, boolean> = {
    approval: rule.versions.some((one) => one.state === 'proposed'),
    expiring: isInForce && version.expiresAt !== null && isSoon(version.expiresAt),
    expired: state === 'expired',
    unused:
      isInForce && isLongAgo(version.createdAt) && (rule.lastHitAt === null || isLongAgo(rule.lastHitAt)),
    'hides-much': isInForce && share > HIDES_MUCH_SHARE,
    'columns-changed': isChanged(version, catalogue),
  };
  return (Object.keys(reasons) as ReviewReason[]).filter((reason) => reasons[reason]);
}

/** A detection no longer gives a column that the rule reads, or a lookup of it is gone. */
function isChanged(version: FilterRuleVersion, catalogue: Catalogue): boolean {
  const source = sourceOf(version);
  try {
    compileFilter(source.text, catalogue.lookups);
  } catch (error) {
    if (error instanceof SplError) return true;
    throw error;
  }
  return changedDetections(source.columns, catalogue).length > 0;
}
