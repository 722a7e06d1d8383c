import type { Disposition, FacetValue, FindingStatus, HistoryItem, Person } from '#lib/findings/types.ts';
import type { Severity } from './severity.ts';

/** Plain objects of the risk screens and API. Ticks are decimal strings of 100 ns since 1970 UTC. */

export const RISK_OBJECT_TYPES = ['system', 'user', 'other'] as const;
export type RiskObjectType = (typeof RISK_OBJECT_TYPES)[number];

export const FACTOR_OPERATIONS = ['add', 'multiply'] as const;
export type FactorOperation = (typeof FACTOR_OPERATIONS)[number];

export const ENTITY_KINDS = ['asset', 'identity'] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

/** A factor that applies to a risk event, as it was then. */
export type FactorPart = {
  /** Shown as RF-2. */
  readonly number: number;
  readonly version: number;
  readonly name: string;
  readonly operation: FactorOperation;
  readonly value: number;
};

/** Another name that counts as a risk object, and what says so. */
export type ObjectAlias = { readonly name: string; readonly from: string };

export type LineProblem = { readonly line: number; readonly message: string };

export const INCIDENT_STATES = ['active', 'withdrawn'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** Something that wants a person at once. */
export type IncidentItem = {
  /** What raised it: sums of risk, or a chain. */
  readonly kind: 'risk' | 'chain';
  /** Shown as I-12; null of a chain, which is triaged as its finding. */
  readonly number: number | null;
  /** Of a chain. */
  readonly findingId: string | null;
  readonly findingNumber: number | null;
  /** The rule, or the chain. */
  readonly ruleId: string;
  readonly name: string;
  readonly sentence: string;
  readonly severity: Severity;
  readonly state: IncidentState;
  readonly status: FindingStatus;
  readonly disposition: Disposition | null;
  readonly owner: Person | null;
  readonly object: { readonly type: string; readonly name: string } | null;
  /** Highest sum of a window of the rule; null of a chain. */
  readonly score: number | null;
  readonly eventCount: number;
  /** In the order in which they come in. */
  readonly hosts: readonly { readonly id: string; readonly name: string }[];
  readonly stories: readonly string[];
  readonly techniques: readonly string[];
  readonly firstTicks: string | null;
  readonly lastTicks: string | null;
};

export const INCIDENT_SORTS = ['severity', 'score', 'first', 'last', 'status'] as const;
export type IncidentSort = (typeof INCIDENT_SORTS)[number];

export type IncidentFacets = Readonly<
  Record<'severity' | 'rule' | 'status' | 'state' | 'owner' | 'object', readonly FacetValue[]>
>;

export type IncidentPage = {
  readonly items: readonly IncidentItem[];
  readonly nextCursor: string | null;
  readonly total: number;
  readonly totalAll: number;
  readonly facets: IncidentFacets;
};

/** A risk event, as incidents and objects show it. */
export type RiskEventItem = {
  readonly findingId: string;
  readonly findingNumber: number;
  readonly episode: number;
  readonly detectionId: string;
  readonly detectionName: string;
  readonly objectType: string;
  readonly objectName: string;
  /** What the finding's row has; the object may have another name. */
  readonly loggedName: string;
  readonly message: string;
  readonly techniques: readonly string[];
  readonly stories: readonly string[];
  readonly baseScore: number;
  readonly factors: readonly FactorPart[];
  readonly filterFactor: number;
  readonly score: number;
  readonly ticks: string;
  readonly status: FindingStatus;
};

export type IncidentMemberItem = RiskEventItem & { readonly isInPeak: boolean };

export type IncidentDetail = IncidentItem & {
  readonly number: number;
  readonly version: number;
  readonly reason: string | null;
  readonly condition: string | null;
  readonly windowHours: number | null;
  readonly story: string;
  /** Without the stacking cap. */
  readonly uncappedScore: number;
  readonly sourceCount: number;
  readonly tacticCount: number;
  readonly peakStartTicks: string;
  readonly peakEndTicks: string;
  /** In order of time, at most 1,000. */
  readonly members: readonly IncidentMemberItem[];
  readonly recurredAt: string | null;
  readonly createdAt: string;
  /** What was computed, the latest first. */
  readonly changes: readonly {
    readonly at: string;
    readonly state: IncidentState;
    readonly score: number;
    readonly severity: Severity;
    readonly eventCount: number;
  }[];
  /** What people did. */
  readonly history: readonly HistoryItem[];
  readonly people: readonly Person[];
};

/** A system or user with the highest sum that its risk events reach within 24 h, and when that was. */
export type RiskObjectItem = {
  /** `system`, `user` or `other`, as detections name it. */
  readonly type: string;
  readonly name: string;
  readonly hostId: string | null;
  readonly peakScore: number;
  /** Without the stacking cap. */
  readonly peakUncapped: number;
  readonly peakStartTicks: string;
  readonly peakEndTicks: string;
  readonly totalScore: number;
  readonly eventCount: number;
  readonly severity: Severity;
  readonly priority: string | null;
  readonly category: readonly string[];
  readonly aliases: readonly ObjectAlias[];
  readonly incidentCount: number;
  /** Sums of equal parts of the time from the first to the last risk event of all objects. */
  readonly sparkline: readonly number[];
};

export type RiskObjectPage = {
  readonly items: readonly RiskObjectItem[];
  readonly nextCursor: string | null;
  readonly total: number;
  readonly totalAll: number;
  /** What the sparklines span; null without risk. */
  readonly fromTicks: string | null;
  readonly toTicks: string | null;
  readonly facets: Readonly<Record<'type' | 'severity' | 'priority', readonly FacetValue[]>>;
};

/** A step of the waterfall from base scores to the sum of a window; `change` adds up. */
export type RiskStep = {
  readonly kind: 'base' | 'factor' | 'lowered' | 'hidden' | 'cap' | 'rounding' | 'sum';
  readonly label: string;
  readonly change: number;
  /** What it is about: a detection, a factor, a filter rule. */
  readonly detectionId: string | null;
  readonly factorNumber: number | null;
  readonly filterNumber: number | null;
  readonly eventCount: number;
};

/** An object with everything that its sum is made of. */
export type RiskObjectDetail = Omit<RiskObjectItem, 'incidentCount' | 'sparkline'> & {
  readonly isCapped: boolean;
  /** From base scores of the highest 24 h to their sum. */
  readonly steps: readonly RiskStep[];
  /** All, in order of time, at most 1,000. */
  readonly events: readonly IncidentMemberItem[];
  /** Risk events that filter rules hide, in the same window; they add nothing. */
  readonly hidden: readonly (RiskEventItem & { readonly filterNumbers: readonly number[] })[];
  readonly entity: {
    readonly kind: EntityKind;
    readonly place: string;
    readonly columns: readonly (readonly [name: string, values: readonly string[]])[];
  } | null;
  readonly incidents: readonly IncidentItem[];
  /** What the what-if controls offer. */
  readonly filters: readonly { readonly number: number; readonly name: string }[];
  readonly detections: readonly {
    readonly id: string;
    readonly name: string;
    readonly impact: number;
    readonly confidence: number;
  }[];
};

/** What risk would be if something were otherwise, beside what it is. */
export type WhatIf = {
  readonly objectTotal: number;
  /** Objects whose highest sum changes, the largest change first, at most 100. */
  readonly objects: readonly {
    readonly type: string;
    readonly name: string;
    readonly before: number;
    readonly after: number;
    readonly severityBefore: Severity;
    readonly severityAfter: Severity;
  }[];
  readonly sumBefore: number;
  readonly sumAfter: number;
  readonly incidentsBefore: number;
  readonly incidentsAfter: number;
  readonly raised: readonly string[];
  readonly withdrawn: readonly { readonly number: number | null; readonly sentence: string }[];
  /** Risk events that the change touches. */
  readonly eventCount: number;
  /** What was looked at. */
  readonly fromTicks: string | null;
  readonly toTicks: string | null;
};

/** One version of a factor or an own incident rule. */
type Version = {
  readonly version: number;
  readonly name: string;
  readonly condition: string;
  readonly isEnabled: boolean;
  readonly isRemoved: boolean;
  readonly reason: string;
  readonly revertOf: number | null;
  readonly author: string;
  readonly createdAt: string;
};

export type FactorVersion = Version & { readonly operation: FactorOperation; readonly value: number };

export type FactorItem = FactorVersion & {
  readonly id: string;
  /** Shown as RF-2. */
  readonly number: number;
  /** Risk events that it applies to now. */
  readonly eventCount: number;
  /** The latest first. */
  readonly versions: readonly FactorVersion[];
};

export type IncidentRuleVersionItem = Version & {
  readonly windowHours: number;
  readonly severity: Severity | null;
};

export type IncidentRuleItem = {
  readonly id: string;
  readonly isShipped: boolean;
  readonly name: string;
  readonly description: string;
  readonly condition: string;
  readonly windowHours: number;
  readonly severity: Severity | null;
  readonly isEnabled: boolean;
  readonly version: number | null;
  readonly incidentCount: number;
  /** The latest first; empty for a shipped one. */
  readonly versions: readonly IncidentRuleVersionItem[];
};

export type RiskSettingsDetail = {
  readonly isCapped: boolean;
  readonly factors: readonly FactorItem[];
  readonly rules: readonly IncidentRuleItem[];
  readonly entities: readonly {
    readonly kind: EntityKind;
    readonly count: number;
    readonly files: readonly { readonly name: string; readonly count: number; readonly importedAt: string }[];
  }[];
  readonly fields: { readonly factor: readonly string[]; readonly incident: readonly string[] };
  readonly history: readonly HistoryItem[];
};

export type EntityItem = {
  readonly id: string;
  readonly kind: EntityKind;
  readonly columns: readonly (readonly [name: string, values: readonly string[]])[];
  readonly fileName: string;
  readonly line: number;
};

export type EntityPage = {
  readonly items: readonly EntityItem[];
  readonly nextCursor: string | null;
  readonly total: number;
};

export type EntityImportResult = {
  readonly kind: EntityKind;
  readonly importedCount: number;
  readonly removedCount: number;
  readonly problems: readonly LineProblem[];
  readonly problemTotal: number;
  readonly otherColumns: readonly string[];
};
