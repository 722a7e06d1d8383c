import type { DetectionCoverage, TamperHint } from '#lib/custody/types.ts';
import type { AlertLevel, AlertTool } from '#lib/evidence/alerts/alert.ts';
import type { FindingListItem, FindingMode, HostChain } from '#lib/findings/types.ts';
import type { Severity } from '#lib/risk/severity.ts';

/** Plain objects of the host screens and API. Ticks are decimal strings of 100 ns since 1970 UTC. */

export type HostListItem = {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly peakScore: number;
  readonly peakStartTicks: string | null;
  readonly severity: Severity;
  readonly findingCount: number;
  readonly openFindingCount: number;
  readonly eventCount: number;
  readonly firstTicks: string | null;
  readonly lastTicks: string | null;
  readonly hasChain: boolean;
  /** Of the worst chain with a step on this host. */
  readonly chainSeverity: Severity | null;
  /** Detections that had nothing to look at on this host. */
  readonly blindDetections: readonly string[];
};

export type HostPage = {
  readonly items: readonly HostListItem[];
  readonly nextCursor: string | null;
  readonly total: number;
};

export type TimelineEvent = {
  readonly id: string;
  readonly ticks: string;
  readonly lane: string;
  readonly kind: string | null;
  readonly channel: string;
  readonly eventCode: number;
  readonly recordId: string | null;
  readonly summary: string;
  readonly user: string | null;
  /** Findings that the event is part of. */
  readonly findings: readonly {
    readonly id: string;
    readonly number: number;
    readonly severity: Severity;
    readonly mode: FindingMode;
  }[];
};

/** What a rule of another tool said of the host: a note, no event and no finding of ours. */
export type TimelineAlert = {
  readonly id: string;
  readonly evidenceId: string;
  readonly evidenceName: string;
  readonly ticks: string;
  readonly tool: AlertTool;
  readonly title: string;
  readonly level: AlertLevel;
  /** ATT&CK, as the tool names it. */
  readonly tags: readonly string[];
  readonly channel: string | null;
  readonly eventCode: number | null;
  readonly recordId: string | null;
  readonly details: string;
  /** The kept event that it is about. */
  readonly eventId: string | null;
};

export type HostTimeline = {
  /** The range shown: as asked for, else around the findings, else all that is kept. */
  readonly fromTicks: string;
  readonly toTicks: string;
  readonly lanes: readonly string[];
  readonly events: readonly TimelineEvent[];
  /** Kept events in the range, of which `events` are the first 2,000. */
  readonly keptTotal: number;
  /** Kept events outside the range. */
  readonly outsideTotal: number;
  /** All records read of this host in the range, whether kept or only counted. */
  readonly eventTotal: number;
  /** Logon events that are kept but stand more than 24 h from any finding, and so are not shown. */
  readonly farLogonTotal: number;
  /** All events by time; buckets without events are left out. */
  readonly volume: readonly {
    readonly fromTicks: string;
    readonly toTicks: string;
    readonly count: number;
  }[];
  /** Hours without any event between hours that have some. */
  readonly gaps: readonly { readonly fromTicks: string; readonly toTicks: string }[];
  readonly alerts: {
    /** The worst 2,000 in the range, in the order of time. */
    readonly items: readonly TimelineAlert[];
    /** All of them in the range, the worst first. */
    readonly levels: readonly { readonly level: AlertLevel; readonly count: number }[];
    readonly total: number;
    /** Outside the range, or without a time. */
    readonly outsideTotal: number;
  };
  /** Signs of tampering in the range. */
  readonly hints: readonly TamperHint[];
};

export type SurroundingEvent = {
  readonly id: string;
  readonly ticks: string;
  readonly channel: string;
  readonly eventCode: number;
  readonly recordId: string | null;
  readonly provider: string | null;
  /** The host as the event names it. */
  readonly host: string;
  readonly summary: string;
  /** The event as XML; null when it was not asked for. */
  readonly raw: string | null;
  readonly evidenceId: string;
  readonly evidenceName: string;
  readonly offset: number;
  readonly line: number | null;
};

/** Every event of a host around a time, read from the stored evidence, in the order of time. */
export type SurroundingEvents = {
  readonly aroundTicks: string;
  readonly fromTicks: string;
  readonly toTicks: string;
  readonly items: readonly SurroundingEvent[];
  /** Where to go on; null at the end. */
  readonly nextCursor: string | null;
  /** More blocks hold one time than are read at once; what was left out cannot be reached by paging. */
  readonly isCutShort: boolean;
  readonly readBytes: number;
  /** Blocks of stored evidence that may hold more of them and were not read for this page, and their size. */
  readonly leftBlocks: number;
  readonly leftBytes: number;
  /** Evidence of the host that is not read to the end yet, so that its events may be missing here. */
  readonly unindexed: readonly { readonly id: string; readonly name: string }[];
};

export type HostDetail = HostListItem & {
  readonly totalScore: number;
  readonly peakEndTicks: string | null;
  /** The peak without the stacking cap. */
  readonly peakUncapped: number;
  readonly riskEvents: readonly {
    readonly findingId: string;
    readonly findingNumber: number;
    readonly detectionName: string;
    readonly message: string;
    readonly score: number;
    readonly ticks: string;
    readonly isInPeak: boolean;
  }[];
  readonly findings: readonly FindingListItem[];
  readonly coverage: readonly DetectionCoverage[];
  readonly evidence: readonly { readonly id: string; readonly name: string; readonly count: number }[];
  /** The worst chain that has a step on this host. */
  readonly chain: HostChain | null;
};
