import type { FindingFilters } from '#lib/filters/types.ts';
import type { Severity } from '#lib/risk/severity.ts';

/** Plain objects of the findings screens and API. Ticks are decimal strings of 100 ns since 1970 UTC. */

export const FINDING_STATUSES = ['new', 'in_progress', 'on_hold', 'closed'] as const;
export type FindingStatus = (typeof FINDING_STATUSES)[number];

export const DISPOSITIONS = ['true_positive', 'benign_positive', 'false_positive', 'undetermined'] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

export const FINDING_MODES = ['strict', 'lenient', 'extended'] as const;
export type FindingMode = (typeof FINDING_MODES)[number];

export type FindingState = 'active' | 'superseded' | 'evidence_deleted';

export type Person = { readonly id: string; readonly name: string };

export type FindingListItem = {
  readonly id: string;
  /** Shown as F-12. */
  readonly number: number;
  readonly sentence: string;
  readonly detectionId: string;
  readonly detectionName: string;
  readonly detectionType: string;
  readonly variant: string;
  readonly mode: FindingMode;
  readonly state: FindingState;
  readonly severity: Severity;
  readonly chainSeverity: Severity | null;
  readonly riskScore: number;
  readonly dest: string | null;
  readonly hostId: string | null;
  readonly user: string | null;
  readonly techniques: readonly string[];
  readonly count: number;
  readonly firstTicks: string | null;
  readonly lastTicks: string | null;
  readonly status: FindingStatus;
  readonly disposition: Disposition | null;
  readonly owner: Person | null;
  readonly recurredAt: string | null;
  /** A filter rule in force hides it. */
  readonly isHidden: boolean;
};

/** What becomes of findings that filter rules hide. */
export const HIDDEN_CHOICES = ['exclude', 'include', 'only'] as const;
export type HiddenChoice = (typeof HIDDEN_CHOICES)[number];

export const FINDING_SORTS = [
  'number',
  'severity',
  'detection',
  'dest',
  'user',
  'count',
  'risk',
  'first',
  'last',
  'status',
] as const;
export type FindingSort = (typeof FINDING_SORTS)[number];

/** What the list can be narrowed to; several values of one facet are joined by or, facets by and. */
export type FindingFilter = {
  readonly q?: string;
  readonly severity?: readonly Severity[];
  readonly detection?: readonly string[];
  /** Of a detection: TTP, Anomaly, …; Chain of a chain. */
  readonly type?: readonly string[];
  readonly host?: readonly string[];
  readonly status?: readonly FindingStatus[];
  readonly disposition?: readonly Disposition[];
  readonly mode?: readonly FindingMode[];
  readonly technique?: readonly string[];
  /** User ids; `none` is nobody. */
  readonly owner?: readonly string[];
  /** `exclude` when not given. */
  readonly hidden?: HiddenChoice;
};

export type FacetValue = { readonly value: string; readonly label: string; readonly count: number };
export type FindingFacets = Readonly<
  Record<'severity' | 'detection' | 'type' | 'host' | 'status' | 'owner' | 'mode', readonly FacetValue[]>
>;

export type FindingPage = {
  readonly items: readonly FindingListItem[];
  /** Give it back for the next page; null on the last. */
  readonly nextCursor: string | null;
  /** Matching the filter, and all of the investigation. */
  readonly total: number;
  readonly totalAll: number;
  /** Of those that match, hidden by filter rules: left out of `total` unless they are asked for. */
  readonly hiddenTotal: number;
  readonly facets: FindingFacets;
};

/** A field's value as the search gives it: multivalue fields are arrays. */
export type RowValue = string | number | readonly (string | number)[] | null;

export type FindingEventItem = {
  readonly id: string;
  readonly ticks: string | null;
  readonly channel: string;
  readonly eventCode: number;
  readonly recordId: string | null;
  readonly summary: string;
  readonly fields: readonly (readonly [name: string, value: RowValue])[];
  /** The event as Windows Event XML; of other logs the text as it was read. */
  readonly xml: string;
  readonly sightings: readonly {
    readonly evidenceId: string;
    readonly evidenceName: string;
    /** Null while the evidence arrives. */
    readonly sha256: string | null;
    readonly offset: number;
    readonly line: number | null;
  }[];
};

export type WhyItFired = {
  readonly field: string;
  readonly term: string;
  readonly value: string;
  /** UTF-16 offsets of what matched. */
  readonly ranges: readonly (readonly [number, number])[];
};

/** A detection that could judge the events of a finding, and the first of its terms that they do not satisfy. */
export type UnmatchedDetection = {
  readonly detectionId: string;
  readonly detectionName: string;
  readonly term: string;
  readonly field: string | null;
  /** What the event has in the field; null: nothing. */
  readonly value: string | null;
};

/** One step from what was logged to what matched. */
export type DecodingStepItem = { readonly method: string; readonly before: string; readonly after: string };

export type FindingTechnique = {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly tactics: readonly { readonly id: string; readonly name: string }[];
};

export type HistoryItem = {
  readonly at: string;
  readonly actorName: string;
  readonly action: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
};

export type ChainReference = {
  readonly findingId: string;
  readonly findingNumber: number;
  readonly sentence: string;
  readonly severity: Severity;
};

/** Events of one finding on one host that play one part in a chain. */
export type ChainStep = ChainReference & {
  /** The part that it plays. */
  readonly label: string;
  readonly host: { readonly id: string; readonly name: string };
  /** Of the first event. */
  readonly ticks: string;
  readonly eventCount: number;
  readonly mode: FindingMode;
  readonly isThis: boolean;
  readonly techniques: readonly string[];
};

/** A chain; it is a finding of its own. */
export type FindingChain = ChainReference & {
  readonly name: string;
  /** Hosts with a step of it, in the order of their first steps. */
  readonly hosts: readonly { readonly id: string; readonly name: string }[];
  /** In order of time, at most the first 200. */
  readonly steps: readonly ChainStep[];
  readonly stepTotal: number;
};

/** A chain as its hosts tell it. */
export type HostChain = ChainReference & {
  readonly name: string;
  readonly firstTicks: string;
  readonly lastTicks: string;
};

export type FindingDetail = FindingListItem & {
  readonly version: number;
  readonly reason: string | null;
  readonly filled: readonly string[];
  /** Columns of the search's row, in order. */
  readonly row: readonly (readonly [name: string, value: RowValue])[];
  readonly search: string;
  /** `extended`: the detection is none of the published ones. */
  readonly evaluation: 'strict' | 'extended';
  readonly why: readonly WhyItFired[];
  /** In order; empty when what was logged matched. */
  readonly decoding: readonly DecodingStepItem[];
  /** Forms of evidence whose fields got the names that searches use here: Splunk would not match that source. */
  readonly mappedFrom: readonly string[];
  readonly unmatched: readonly UnmatchedDetection[];
  /** At most the first 100; eventTotal says how many there are. */
  readonly events: readonly FindingEventItem[];
  readonly eventTotal: number;
  /** The chain that this finding is, else the worst that it is a member of. */
  readonly chain: FindingChain | null;
  /** Further chains that it is a member of. */
  readonly otherChains: readonly ChainReference[];
  readonly techniqueDetails: readonly FindingTechnique[];
  readonly killChain: readonly string[];
  readonly nist: readonly string[];
  readonly cis: readonly string[];
  readonly impact: number;
  readonly confidence: number;
  readonly riskObjects: readonly {
    readonly type: string;
    readonly name: string;
    readonly hostId: string | null;
    readonly peakScore: number;
    readonly peakStartTicks: string;
    readonly peakEndTicks: string;
    readonly severity: Severity;
    readonly parts: readonly { readonly label: string; readonly count: number; readonly score: number }[];
  }[];
  readonly checkNext: readonly string[];
  readonly knownFalsePositives: string;
  readonly episodes: readonly {
    readonly startTicks: string;
    readonly endTicks: string;
    readonly count: number;
  }[];
  readonly notes: readonly {
    readonly id: string;
    readonly author: string;
    readonly text: string;
    readonly createdAt: string;
  }[];
  readonly history: readonly HistoryItem[];
  readonly createdAt: string;
  /** Who may own it. */
  readonly people: readonly Person[];
  /** Filter rules in force that cover it. */
  readonly filters: FindingFilters;
};
