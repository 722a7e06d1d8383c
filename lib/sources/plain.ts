import type { SourceCoverage, SourceField, SourceQuery, TestStep } from './types.ts';

/** Plain objects of the sources' screens and API. Ticks are decimal strings of 100 ns since 1970 UTC, other times ISO. */

export type PullItem = {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly cause: 'schedule' | 'hand' | 'backfill';
  readonly fromTicks: string | null;
  readonly toTicks: string | null;
  readonly rowCount: number;
  readonly byteCount: number;
  readonly evidenceIds: readonly string[];
  readonly notes: readonly string[];
  readonly message: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
};

export type SourceListItem = {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly kindLabel: string;
  readonly isEnabled: boolean;
  readonly cron: string | null;
  readonly zone: string;
  readonly lookBackMinutes: number;
  readonly nextPullAt: string | null;
  readonly failingSince: string | null;
  readonly failure: string | null;
  readonly lastPull: PullItem | null;
  readonly rowTotal: number;
  readonly byteTotal: number;
};

export type BackfillProgress = {
  readonly sliceTotal: number;
  readonly sliceDone: number;
  readonly sliceFailed: number;
  readonly fromTicks: string;
  readonly toTicks: string;
  /** Null while nothing is known to tell by. */
  readonly secondsLeft: number | null;
};

export type SourceDetail = SourceListItem & {
  /** Never holds a secret. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly hasSecrets: boolean;
  readonly caCertificates: string | null;
  readonly proxyUrl: string | null;
  readonly tlsOffReason: string | null;
  readonly version: number;
  readonly coverage: readonly (SourceCoverage & { readonly detectionName: string })[];
  /** What a pull would send now. */
  readonly queries: readonly SourceQuery[];
  readonly test: readonly TestStep[] | null;
  readonly testedAt: string | null;
  /** The latest first. */
  readonly pulls: readonly PullItem[];
  readonly backfill: BackfillProgress | null;
};

/** A kind as the screen asks for it. */
export type KindItem = {
  readonly kind: string;
  readonly label: string;
  readonly description: string;
  readonly fields: readonly SourceField[];
};

/** Which query of which pull gave an evidence. */
export type PulledOrigin = {
  readonly sourceId: string;
  readonly sourceName: string;
  readonly at: string;
  readonly query: string;
  readonly language: string;
  readonly rowCount: number;
};
