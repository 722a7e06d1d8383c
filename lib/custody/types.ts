/** Plain objects of the evidence screens and API. Ticks are decimal strings of 100 ns since 1970 UTC; ids are UUIDs. */

export type EvidenceStatus = 'waiting' | 'reading' | 'ready' | 'refused' | 'failed';

export type EvidenceListItem = {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly form: string | null;
  readonly status: EvidenceStatus;
  /** What a refused or failed file is and what to do. */
  readonly message: string | null;
  readonly uploadedBy: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly readBytes: number;
  readonly recordCount: number;
  readonly problemCount: number;
  readonly lossCount: number;
  readonly firstTicks: string | null;
  readonly lastTicks: string | null;
  readonly findingCount: number;
  readonly hostCount: number;
};

export type EvidenceDetail = EvidenceListItem & {
  readonly readerVersion: string | null;
  readonly problems: readonly {
    readonly offset: number;
    readonly line: number | null;
    readonly code: string;
    readonly message: string;
    readonly skippedBytes: number;
    readonly isLoss: boolean;
  }[];
  readonly hosts: readonly {
    readonly id: string;
    readonly name: string;
    readonly count: number;
    readonly firstTicks: string | null;
    readonly lastTicks: string | null;
  }[];
  readonly kinds: readonly { readonly channel: string; readonly eventCode: number; readonly count: number }[];
  readonly coverage: readonly DetectionCoverage[];
};

/** Blind is not clean: what a detection could judge. */
export type DetectionCoverage = {
  readonly detectionId: string;
  readonly detectionName: string;
  readonly outcome: 'matched' | 'ran' | 'blind';
  readonly relevantCount: number;
  readonly selectedCount: number;
  readonly firstTicks: string | null;
  readonly lastTicks: string | null;
  /** Says in words what was there or what is missing. */
  readonly label: string;
};

/** What goes when an evidence is deleted; the dialog says it before. */
export type DeletionConsequences = {
  readonly name: string;
  readonly eventCount: number;
  readonly sharedEventCount: number;
  readonly findingsRemoved: number;
  readonly findingsKept: number;
};

export type EvidenceListPage = {
  readonly items: readonly EvidenceListItem[];
  readonly isWorkerRunning: boolean;
};
