import type { FindingListItem } from '#lib/findings/types.ts';
import type { Severity } from '#lib/risk/severity.ts';

export type Overview = {
  readonly findingTotal: number;
  readonly openTotal: number;
  readonly closedTotal: number;
  readonly falsePositiveTotal: number;
  readonly hostTotal: number;
  readonly hostsOverThreshold: number;
  readonly chainHostTotal: number;
  readonly evidenceTotal: number;
  readonly recordTotal: number;
  readonly lossTotal: number;
  readonly firstTicks: string | null;
  readonly lastTicks: string | null;
  readonly bySeverity: readonly { readonly severity: Severity; readonly count: number }[];
  readonly byStatus: readonly { readonly status: string; readonly count: number }[];
  /** Of enabled detections that found something, the one with most open findings first. */
  readonly byDetection: readonly {
    readonly detectionId: string;
    readonly name: string;
    readonly open: number;
    readonly closed: number;
    readonly falsePositive: number;
  }[];
  /** Enabled detections that found nothing. */
  readonly silentDetections: number;
  /** Findings by day of first event, in UTC. */
  readonly byDay: readonly { readonly day: string; readonly count: number; readonly risk: number }[];
  readonly topHosts: readonly {
    readonly hostId: string | null;
    readonly name: string;
    readonly peakScore: number;
    readonly severity: Severity;
    readonly findings: number;
  }[];
  readonly newest: readonly FindingListItem[];
};

export type AttackMatrix = {
  readonly attackVersion: string;
  readonly tactics: readonly {
    readonly id: string;
    readonly name: string;
    readonly techniques: readonly {
      readonly id: string;
      readonly name: string;
      readonly parentId: string | null;
      readonly url: string;
      /** Strict findings. */
      readonly findingCount: number;
      /** Findings of the extended evaluation, chains among them. */
      readonly extendedCount: number;
      readonly hostCount: number;
      readonly risk: number;
      readonly detections: readonly { readonly id: string; readonly name: string }[];
    }[];
  }[];
};
