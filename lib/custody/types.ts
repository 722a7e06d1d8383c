import type { AlertLevel, AlertTool } from '#lib/evidence/alerts/alert.ts';

/** Plain objects of the evidence screens and API. Ticks are decimal strings of 100 ns since 1970 UTC; ids are UUIDs. */

import type { ColumnMapping } from '#lib/evidence/mapping/mapping.ts';

export type EvidenceStatus = 'arriving' | 'waiting' | 'reading' | 'asking' | 'ready' | 'refused' | 'failed';

/** What an analyst must say before an evidence is read on. */
export const EVIDENCE_QUESTIONS = ['time_zone', 'mapping'] as const;
export type EvidenceQuestion = (typeof EVIDENCE_QUESTIONS)[number];

export type EvidenceListItem = {
  readonly id: string;
  readonly name: string;
  /** Null while it arrives. */
  readonly sha256: string | null;
  readonly sizeBytes: number;
  /** Less than the size while it arrives. */
  readonly receivedBytes: number;
  readonly form: string | null;
  readonly status: EvidenceStatus;
  /** Null when it waits for no answer. */
  readonly question: EvidenceQuestion | null;
  /** What a refused or failed file is and what to do. */
  readonly message: string | null;
  readonly uploadedBy: string | null;
  /** The archive that it came out of. */
  readonly archive: PlaceInArchive | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly readBytes: number;
  /** Events, also those that came twice; alerts are beside them. */
  readonly recordCount: number;
  readonly alertCount: number;
  readonly problemCount: number;
  readonly lossCount: number;
  readonly firstTicks: string | null;
  readonly lastTicks: string | null;
  readonly findingCount: number;
  readonly hostCount: number;
};

export type PlaceInArchive = { readonly id: string; readonly name: string; readonly path: string };

/** What is in an archive. Nothing in it is a path of ours. */
export type ArchiveMembers = {
  /** The first 500. */
  readonly items: readonly {
    /** '' for the archive itself, or the rest of it. */
    readonly path: string;
    readonly sizeBytes: number | null;
    /** Code of why it is no evidence; null when it is, or was before it was deleted. */
    readonly refused: string | null;
    /** Why it was refused, or what is odd about it. */
    readonly message: string | null;
    readonly evidence: {
      readonly id: string;
      readonly status: EvidenceStatus;
      readonly form: string | null;
      readonly message: string | null;
      /** It was evidence before, by itself or out of another archive. */
      readonly isElsewhere: boolean;
    } | null;
  }[];
  readonly total: number;
  /** How many wait for a password. */
  readonly lockedCount: number;
};

/** What rules of other tools said, in place of events: notes on the timelines of hosts. */
export type EvidenceAlerts = {
  readonly tools: readonly AlertTool[];
  /** The worst first. */
  readonly levels: readonly { readonly level: AlertLevel; readonly count: number }[];
  /** The first 200. */
  readonly hosts: readonly { readonly id: string; readonly name: string; readonly count: number }[];
  readonly total: number;
  /** Alerts that came again in this file. */
  readonly repeatCount: number;
};

export type UnlockedArchive = { readonly unlockedCount: number; readonly stillLockedCount: number };

export type EvidenceDetail = EvidenceListItem & {
  /** Null for what is no archive. */
  readonly members: ArchiveMembers | null;
  /** IANA name of the zone of times that name none; null: nobody has said. */
  readonly timeZone: string | null;
  /** How columns are read that no known form claims; null: nobody has said. */
  readonly mapping: ColumnMapping | 'as-is' | null;
  /** Its columns are claimed by no known form. */
  readonly isMappable: boolean;
  /** Other evidence that waits for the same answer. */
  readonly alsoAsking: { readonly archive: number; readonly investigation: number };
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
  /** None when the evidence has alerts alone: there was nothing to judge, which is not blind. */
  readonly coverage: readonly DetectionCoverage[];
  /** Null when it has none. */
  readonly alerts: EvidenceAlerts | null;
  readonly hints: TamperHints;
  /** Records that came again in this file, by record number; recordCount has them. */
  readonly duplicateCount: number;
};

export const HINT_KINDS = [
  'log-cleared',
  'record-gap',
  'time-backwards',
  'chunk-checksum',
  'dirty-file',
] as const;
export type HintKind = (typeof HINT_KINDS)[number];

/** A sign of tampering, or of a copy that is not whole. */
export type TamperHint = {
  readonly kind: HintKind;
  /** Null for record numbers that several files of a host lack together. */
  readonly evidenceId: string | null;
  readonly evidenceName: string | null;
  readonly hostId: string | null;
  readonly hostName: string | null;
  readonly channel: string | null;
  /** From when to when it shows; null where it has no time. */
  readonly fromTicks: string | null;
  readonly toTicks: string | null;
  /** Of the record that shows it, or the first that is missing. */
  readonly recordId: string | null;
  /** Byte offset in the evidence. */
  readonly offset: number | null;
  readonly message: string;
};

export type TamperHints = {
  /** At most 1,000, by kind and time. */
  readonly items: readonly TamperHint[];
  /** All of them by kind; kinds without any are left out. */
  readonly counts: readonly { readonly kind: HintKind; readonly count: number }[];
  /** Record numbers that are missing between others. */
  readonly missingRecords: number;
  /** Logs whose record numbers are too scattered to tell gaps, as in an export of chosen events. */
  readonly scatteredLogs: number;
};

/** The columns of a table or the keys of JSON objects, for mapping them. */
export type EvidenceColumns = {
  readonly columns: readonly { readonly name: string; readonly samples: readonly string[] }[];
  /** By the names of the columns and what they hold. */
  readonly proposal: ColumnMapping;
};

/** The first events as they would be read. */
export type ReadingPreview = {
  readonly events: readonly {
    /** The time as the file gives it. */
    readonly given: string | null;
    readonly ticks: string | null;
    readonly host: string | null;
    readonly channel: string | null;
    readonly eventCode: number | null;
    readonly user: string | null;
    readonly summary: string;
  }[];
  /** Records that were looked at; how many of them have a time without a zone, and none that can be read. */
  readonly recordCount: number;
  readonly localCount: number;
  readonly untimedCount: number;
  /** Names of the detections that would have something to look at. */
  readonly detections: readonly string[];
  readonly detectionTotal: number;
};

export type MappingListItem = {
  readonly headerKey: string;
  readonly columns: readonly string[];
  readonly mapping: ColumnMapping | 'as-is';
  readonly updatedBy: string;
  readonly updatedAt: string;
  /** Evidence that was read with a mapping of this header. */
  readonly evidenceCount: number;
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
  /** Evidence that came out of it and goes with it. */
  readonly memberCount: number;
  readonly eventCount: number;
  readonly alertCount: number;
  readonly sharedEventCount: number;
  readonly findingsRemoved: number;
  readonly findingsKept: number;
};

export type EvidenceListPage = {
  readonly items: readonly EvidenceListItem[];
  readonly isWorkerRunning: boolean;
};
