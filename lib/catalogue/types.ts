/** Plain objects of the detections screens and API. Ticks are decimal strings of 100 ns since 1970 UTC. */
import type { ImportProblem } from '#lib/content/import/types.ts';
import type { DETECTION_STATUSES } from './inputs.ts';

/**
 * `runs`; `no-data`: runs, but its data is not in the evidence; `cannot-run`; `being-read`: counts when the stored
 * evidence was read for it; `stopped`: was switched off because it selected too much.
 */
export type DetectionStatus = (typeof DETECTION_STATUSES)[number];

/** Whether a search can run here, and finds what it looks at, enabled or not. */
export type RunStatus = Extract<DetectionStatus, 'runs' | 'no-data' | 'cannot-run'>;

/** Why a search cannot run, with the place in it. */
export type SearchProblem = {
  readonly message: string;
  readonly from: number;
  readonly to: number;
  /** The line of the place with a caret under it. */
  readonly excerpt: string;
};

export type DetectionItem = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly version: number;
  readonly isShipped: boolean;
  readonly isEnabled: boolean;
  readonly status: DetectionStatus;
  readonly problem: SearchProblem | null;
  readonly techniques: readonly string[];
  readonly riskScore: number;
  /** The variant that counts; null when none does. */
  readonly variant: string | null;
  readonly variants: readonly string[];
  readonly findingCount: number;
  readonly lastTicks: string | null;
  /** Events of the stored evidence that it can judge. */
  readonly relevantCount: number;
};

/** How far stored evidence was read again. Null: nothing to do, and nothing was done. */
export type ReprocessProgress = {
  readonly fileTotal: number;
  readonly fileDone: number;
  readonly byteTotal: number;
  readonly byteDone: number;
  readonly isDone: boolean;
  /** What could not be read again. */
  readonly failures: readonly {
    readonly evidenceId: string;
    readonly name: string;
    readonly message: string;
  }[];
};

export type DetectionPage = {
  readonly items: readonly DetectionItem[];
  /** How many match, of which `items` has the first 500. */
  readonly total: number;
  readonly byStatus: Readonly<Record<DetectionStatus, number>>;
  readonly reprocess: ReprocessProgress | null;
};

export type DetectionVariantItem = {
  readonly name: string;
  readonly isShipped: boolean;
  readonly isCounting: boolean;
  readonly search: string;
  /** With all macros written out; null when it cannot run. */
  readonly expandedSearch: string | null;
  readonly problem: SearchProblem | null;
  /** What has to be read again before it can count. */
  readonly unreadFiles: number;
  readonly unreadBytes: number;
};

export type DetectionDetail = DetectionItem & {
  readonly description: string;
  readonly howToImplement: string;
  readonly knownFalsePositives: string;
  readonly stories: readonly string[];
  readonly dataSources: readonly string[];
  readonly references: readonly string[];
  readonly killChain: readonly string[];
  readonly nist: readonly string[];
  readonly cis: readonly string[];
  readonly risk: {
    readonly impact: number;
    readonly confidence: number;
    readonly message: string;
    readonly objects: readonly { readonly field: string; readonly type: string }[];
    /** What a manager set in its place. */
    readonly set: { readonly impact: number; readonly confidence: number } | null;
    /** The newest first. */
    readonly versions: readonly DetectionRiskVersionItem[];
  };
  /** The variant that counts, or that would when it is enabled. */
  readonly wantedVariant: string | null;
  readonly stopped: string | null;
  /** Whether it can be exported as a Sigma rule. */
  readonly hasSigma: boolean;
  readonly searches: readonly DetectionVariantItem[];
  readonly versions: readonly {
    readonly number: number;
    readonly variant: string;
    readonly fileName: string;
    readonly sha256: string;
    readonly importedBy: string;
    readonly importedAt: string;
  }[];
  /** Hosts that have events for it; the first 200. */
  readonly covered: readonly CoveredHost[];
  /** Hosts that have none; the first 200. */
  readonly blind: readonly { readonly id: string; readonly name: string }[];
  readonly coveredTotal: number;
  readonly blindTotal: number;
  readonly blindLabel: string;
  /** More events than this may not be selected; `relevantCount` is the most that can be. */
  readonly selectedMax: number;
  readonly history: readonly {
    readonly at: string;
    readonly actorName: string;
    readonly action: string;
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
  }[];
};

/** Impact and confidence that a manager set; null: as the author says. */
export type DetectionRiskVersionItem = {
  readonly number: number;
  readonly impact: number | null;
  readonly confidence: number | null;
  readonly reason: string;
  /** The version that it goes back to. */
  readonly revertOf: number | null;
  readonly author: string;
  readonly createdAt: string;
};

export type CoveredHost = {
  readonly id: string;
  readonly name: string;
  readonly relevantCount: number;
  readonly selectedCount: number;
  readonly firstTicks: string | null;
  readonly lastTicks: string | null;
};

/** Findings of two variants over the stored evidence, told apart by the events that they rest on. */
export type VariantComparison = {
  readonly counting: string | null;
  readonly other: string;
  /** Null: too many events to compare. */
  readonly result: {
    readonly countingTotal: number;
    readonly otherTotal: number;
    /** Findings of both that rest on the same events. */
    readonly sameTotal: number;
    /** Those of one that rest on events of no finding, or of other findings, of the other; the first 100 of each. */
    readonly onlyCounting: readonly ComparedFinding[];
    readonly onlyOther: readonly ComparedFinding[];
  } | null;
  /** What was not read for one of them, so that the numbers may be too small. */
  readonly unreadFiles: number;
};

export type ComparedFinding = {
  readonly sentence: string;
  readonly dest: string | null;
  readonly user: string | null;
  readonly mode: string;
  readonly count: number;
  readonly firstTicks: string | null;
};

export type ImportedItem = {
  readonly id: string;
  readonly name: string;
  readonly fileName: string;
  /** `shipped`: the search is one that the product has already. */
  readonly outcome: 'added' | 'updated' | 'unchanged' | 'shipped';
  readonly version: number;
  readonly variant: string;
  readonly isEnabled: boolean;
  readonly status: RunStatus;
  readonly problem: SearchProblem | null;
};

export type ImportResult = {
  readonly items: readonly ImportedItem[];
  readonly macros: readonly string[];
  readonly lookups: readonly string[];
  /** What could not be read, or not fully. */
  readonly problems: readonly ImportProblem[];
};
