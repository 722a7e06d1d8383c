import type { FindingListItem, Person } from '#lib/findings/types.ts';

/** Plain objects of the filter rules' screens and API. Ticks are decimal strings of 100 ns since 1970 UTC, other times ISO. */

/** What happens to a finding that a rule covers. `snooze` hides until a moment of our clock. */
export const FILTER_OUTCOMES = ['hide', 'lower', 'snooze'] as const;
export type FilterOutcome = (typeof FILTER_OUTCOMES)[number];

/** How a condition of the form compares; all but `regex` ignore case, as `search` does. */
export const FILTER_OPERATORS = [
  'is',
  'is-not',
  'one-of',
  'none-of',
  'starts-with',
  'ends-with',
  'contains',
  'wildcard',
  'regex',
  'cidr',
  'exists',
  'missing',
  'at-least',
  'at-most',
] as const;
export type FilterOperator = (typeof FILTER_OPERATORS)[number];

export type FilterCondition = {
  readonly field: string;
  readonly operator: FilterOperator;
  /** None for exists and missing, several for one-of and none-of, else one. */
  readonly values: readonly string[];
};

/** A row is covered when all conditions of one item hold: AND inside, OR between. */
export type FilterForm = { readonly items: readonly { readonly conditions: readonly FilterCondition[] }[] };

/** A place in the text of a rule; UTF-16 offsets. */
export type TextRange = { readonly from: number; readonly to: number };

export type FilterProblem = TextRange & {
  /** What is wrong. */
  readonly message: string;
  /** What to write instead. */
  readonly remedy: string | null;
};

export const WARNING_SEVERITIES = ['high', 'medium', 'low'] as const;

/** How an attacker or a mistake could get past a rule. */
export type FilterWarning = {
  /** Name of the check, such as `leading-wildcard`. */
  readonly check: string;
  readonly severity: (typeof WARNING_SEVERITIES)[number];
  readonly message: string;
  readonly place: TextRange | null;
  /** A better text of the whole rule, if there is one. */
  readonly better: string | null;
};

/** What the text says, checked without any data. */
export type FilterCheck = {
  readonly problems: readonly FilterProblem[];
  readonly warnings: readonly FilterWarning[];
  /** The text as a form; null where the form cannot show it, and why. */
  readonly form: FilterForm | null;
  readonly formReason: string | null;
  /** The text in its one way of writing. */
  readonly formatted: string | null;
};

/** Maintenance window in event time. */
export type FilterWindow = {
  readonly fromTicks: string | null;
  readonly toTicks: string | null;
  /** Zone in which it was written, an IANA name. */
  readonly zone: string;
};

/** All that a version of a rule says; what is sent to preview and to save. */
export type FilterDraft = {
  readonly name: string;
  /** Body of the filter macro: a row that it drops is covered. */
  readonly text: string;
  readonly outcome: FilterOutcome;
  readonly factor: number | null;
  readonly snoozeUntil: string | null;
  readonly detectionIds: readonly string[];
  /** Whether it counts in this investigation only. */
  readonly isThisInvestigation: boolean;
  readonly hosts: readonly string[];
  readonly window: FilterWindow | null;
  readonly reason: string;
  readonly ticket: string | null;
  readonly ownerId: string | null;
  readonly expiresAt: string | null;
};

/** A finding as a preview names it. */
export type CoveredFinding = Pick<
  FindingListItem,
  | 'id'
  | 'number'
  | 'sentence'
  | 'detectionName'
  | 'dest'
  | 'user'
  | 'severity'
  | 'riskScore'
  | 'firstTicks'
  | 'disposition'
>;

export type FilterConflict = CoveredFinding & {
  /** `true-positive`: closed as one. `higher-risk`: severity high or above, or a step of a chain. */
  readonly conflict: 'true-positive' | 'higher-risk';
};

export type NamedCount = { readonly name: string; readonly count: number };

export type CoveredPart = { readonly count: number; readonly sample: readonly CoveredFinding[] };

/** What a draft would do to the stored findings; computed by the same engine that applies it. */
export type FilterPreview = FilterCheck & {
  /** Findings in scope, and those of them that the draft covers. */
  readonly considered: number;
  readonly covered: number;
  readonly byHost: readonly NamedCount[];
  readonly byUser: readonly NamedCount[];
  readonly byDetection: readonly NamedCount[];
  readonly firstTicks: string | null;
  readonly lastTicks: string | null;
  readonly sample: readonly CoveredFinding[];
  /** Against the version in force; of a new rule all is added. */
  readonly added: CoveredPart;
  readonly removed: CoveredPart;
  readonly conflicts: readonly FilterConflict[];
  readonly conflictTotal: number;
  /** Covered findings that another rule in force hides already. */
  readonly hiddenAlready: number;
  /** Sum of the covered findings' scores before and after. */
  readonly riskBefore: number;
  readonly riskAfter: number;
  /** Findings in scope for which `NOT f=v` and `f!=v` differ, because they lack a field that the text compares. */
  readonly missingField: readonly { readonly field: string; readonly count: number }[];
};

export type FilterVersionState = 'proposed' | 'in_force' | 'rejected' | 'ended';

export type FilterVersion = FilterDraft & {
  readonly number: number;
  readonly state: FilterVersionState;
  /** Numbers of the findings because of which it needed approval. */
  readonly conflicts: readonly number[];
  readonly revertOf: number | null;
  readonly author: string;
  readonly authorId: string | null;
  readonly createdAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly decision: string | null;
  readonly owner: Person | null;
};

/** `expired`, `snooze-over`: in force, but its time is over. */
export const FILTER_STATES = [
  'in-force',
  'proposed',
  'expired',
  'snooze-over',
  'rejected',
  'removed',
] as const;
export type FilterState = (typeof FILTER_STATES)[number];

/** Why a rule wants a look. */
export const REVIEW_REASONS = [
  'approval',
  'expiring',
  'expired',
  'unused',
  'hides-much',
  'columns-changed',
] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

export type FilterListItem = {
  readonly id: string;
  /** Shown as R-3. */
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly state: FilterState;
  readonly outcome: FilterOutcome;
  readonly factor: number | null;
  readonly snoozeUntil: string | null;
  readonly detections: readonly { readonly id: string; readonly name: string }[];
  readonly hosts: readonly string[];
  readonly isThisInvestigation: boolean;
  readonly owner: Person | null;
  readonly ticket: string | null;
  readonly reason: string;
  readonly author: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly version: number;
  /** Findings covered now, and hit in the last 7 and 30 days. */
  readonly covered: number;
  readonly hits7: number;
  readonly hits30: number;
  readonly lastHitAt: string | null;
  readonly riskTaken: number;
  /** Share of the findings in its scope that it covers, 0 to 1. */
  readonly share: number;
  readonly review: readonly ReviewReason[];
};

export type FilterPage = {
  readonly items: readonly FilterListItem[];
  readonly total: number;
  /** Give it back for the next page; null on the last. */
  readonly nextCursor?: string | null;
  readonly review: Readonly<Record<ReviewReason, number>>;
};

export type FilterDetail = FilterListItem & {
  /** The latest first. */
  readonly versions: readonly FilterVersion[];
  /** The findings that it covers, the latest first, at most 200. */
  readonly findings: readonly CoveredFinding[];
};

/** What an editor needs to know of an output field of the chosen detections. */
export type FilterField = {
  readonly name: string;
  /** Whether an attacker chooses what stands in it. */
  readonly isAttackerControlled: boolean;
  /** Whether it names the host or the user: a rule on such a field alone covers all that is done there. */
  readonly role?: 'host' | 'user' | null;
  readonly description: string;
  /** The most frequent values of stored findings. */
  readonly values: readonly NamedCount[];
};

export type FilterProposal = {
  readonly text: string;
  readonly form: FilterForm;
  /** `user is svc-backup and dest is win10-02` */
  readonly words: string;
  readonly coversChosen: number;
  readonly chosen: number;
  /** Others of the same detection that it would cover too. */
  readonly coversOthers: number;
  readonly warnings: readonly FilterWarning[];
};

/** Rules in force that cover a finding, as its page tells it. */
export type FindingFilters = {
  readonly isHidden: boolean;
  readonly factor: number;
  readonly rules: readonly {
    readonly id: string;
    readonly number: number;
    readonly name: string;
    readonly version: number;
    readonly outcome: FilterOutcome;
    readonly until: string | null;
    readonly reason: string;
    readonly author: string;
  }[];
};

/** A version as it was saved. */
export type SavedFilter = {
  readonly id: string;
  readonly number: number;
  readonly version: number;
  readonly state: FilterVersionState;
};
