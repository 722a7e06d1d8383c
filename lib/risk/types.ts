import type { FindingStatus, Person } from '#lib/findings/types.ts';
import type { Severity } from './severity.ts';

/** Something that wants a person at once. Ticks are decimal strings of 100 ns since 1970 UTC. */
export type IncidentItem = {
  /** What raised it. */
  readonly kind: 'chain';
  /** The finding as which it is triaged. */
  readonly findingId: string;
  readonly findingNumber: number;
  readonly name: string;
  readonly sentence: string;
  readonly severity: Severity;
  readonly status: FindingStatus;
  readonly owner: Person | null;
  /** In the order in which they come in. */
  readonly hosts: readonly { readonly id: string; readonly name: string }[];
  readonly stories: readonly string[];
  readonly techniques: readonly string[];
  readonly firstTicks: string | null;
  readonly lastTicks: string | null;
};

export type IncidentPage = {
  readonly items: readonly IncidentItem[];
  readonly nextCursor: string | null;
  readonly total: number;
};
