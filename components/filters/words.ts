import type {
  FilterListItem,
  FilterOperator,
  FilterOutcome,
  FilterState,
  FilterVersionState,
  ReviewReason,
} from '#lib/filters/types.ts';

/** The words that the screens use for the closed unions of filter rules. */

export const OPERATOR_WORDS: Readonly<Record<FilterOperator, string>> = {
  is: 'is',
  'is-not': 'is not',
  'one-of': 'is one of',
  'none-of': 'is none of',
  'starts-with': 'begins with',
  'ends-with': 'ends with',
  contains: 'contains',
  wildcard: 'fits the pattern (*)',
  regex: 'fits the regular expression',
  cidr: 'is in the network',
  exists: 'is there',
  missing: 'is missing',
  'at-least': 'is at least',
  'at-most': 'is at most',
};

export const OUTCOME_WORDS: Readonly<Record<FilterOutcome, string>> = {
  hide: 'Hide',
  lower: 'Lower the risk',
  snooze: 'Snooze',
};

export const OUTCOME_HINTS: Readonly<Record<FilterOutcome, string>> = {
  hide: 'Covered findings leave the queue and the risk. They stay, can be counted and shown.',
  lower: 'Covered findings stay in the queue with a part of their risk.',
  snooze: 'Covered findings are hidden until a moment, then they come back.',
};

export const STATE_WORDS: Readonly<Record<FilterState, string>> = {
  'in-force': 'In force',
  proposed: 'Waits for approval',
  expired: 'Expired',
  'snooze-over': 'Snooze is over',
  rejected: 'Rejected',
  removed: 'Removed',
};

export const VERSION_STATE_WORDS: Readonly<Record<FilterVersionState, string>> = {
  in_force: 'in force',
  proposed: 'waits for approval',
  rejected: 'rejected',
  ended: 'ended',
};

export const REVIEW_WORDS: Readonly<Record<ReviewReason, string>> = {
  approval: 'Waits for approval',
  expiring: 'Expires within 7 days',
  expired: 'Expired',
  unused: 'No hit for 60 days',
  'hides-much': 'Covers a large share',
  'columns-changed': 'Detection has other fields now',
};

/** `Hide`, `Risk × 0.5`, `Snooze` */
export function outcomeWords({ outcome, factor }: Pick<FilterListItem, 'outcome' | 'factor'>): string {
  return outcome === 'lower' ? `Risk × ${factor ?? 1}` : OUTCOME_WORDS[outcome];
}

export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 1) return 'under 1 %';
  return `${Math.round(value)} %`;
}
