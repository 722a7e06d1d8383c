import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import type { CompiledSearch } from '#lib/spl/types.ts';

/** What the engine needs of one variant of one detection; made from content by rules.ts. */
export type DetectionRule = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly variant: string;
  readonly search: CompiledSearch;
  /** Selects every event that the detection could judge; on system values alone. */
  readonly relevant: CompiledSearch;
  /** What is missing when nothing is relevant, for example "no 4104 here". */
  readonly blindLabel: string;
  /** Impact × confidence / 100, from 0 to 100. */
  readonly riskScore: number;
  readonly riskObjects: readonly { readonly field: string; readonly type: string }[];
  readonly techniques: readonly string[];
  /** Extended evaluation joins script blocks that Windows logged in parts. */
  readonly joinsScriptBlocks: boolean;
  /** The finding as a sentence. Events in time order. */
  sentence(row: ReadonlyMap<string, FieldValue>, events: readonly SearchableEvent[]): string;
  riskMessage(row: ReadonlyMap<string, FieldValue>, events: readonly SearchableEvent[]): string;
  /** What an analyst should look at next. */
  checkNext(row: ReadonlyMap<string, FieldValue>, events: readonly SearchableEvent[]): readonly string[];
};

export type ResultMode = 'strict' | 'lenient' | 'extended';

/** Detections that together tell a story on one host: each step at or after the one before, all within a time. */
export type ChainRule = {
  readonly id: string;
  readonly name: string;
  readonly withinHours: number;
  readonly steps: readonly { readonly detectionId: string; readonly label: string }[];
  readonly severity: 'high' | 'critical';
  /** Kinds of timeline events (lib/timeline) which, after the last step, show that it had its effect. */
  readonly confirmedBy: readonly string[];
  readonly confirmedSeverity: 'high' | 'critical';
};

/** Everything that the content says, ready to run. */
export type Knowledge = {
  readonly rules: readonly DetectionRule[];
  readonly chains: readonly ChainRule[];
};
