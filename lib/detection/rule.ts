import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import type { CompiledSearch } from '#lib/spl/types.ts';
import type { ChainRule } from './chain-rule.ts';

/** What the engine needs of one variant of one detection; made from content by rules.ts. */
export type DetectionRule = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly variant: string;
  /** `extended`: all of its results are extended, and it runs only where those are asked for. */
  readonly evaluation: 'strict' | 'extended';
  readonly search: CompiledSearch;
  /** Selects every event that the detection could judge; on system values alone. */
  readonly relevant: CompiledSearch;
  /** What is missing when nothing is relevant, for example "no 4104 here". */
  readonly blindLabel: string;
  /** Impact × confidence / 100, from 0 to 100. */
  readonly riskScore: number;
  readonly impact: number;
  readonly confidence: number;
  readonly riskObjects: readonly { readonly field: string; readonly type: string }[];
  readonly techniques: readonly string[];
  /** Analytic stories that it belongs to. */
  readonly stories: readonly string[];
  /** Extended evaluation joins script blocks that Windows logged in parts. */
  readonly joinsScriptBlocks: boolean;
  /** Extended evaluation decodes script texts and command lines that do not match as logged. */
  readonly decodes: boolean;
  /** The finding as a sentence. Events in time order. */
  sentence(row: ReadonlyMap<string, FieldValue>, events: readonly SearchableEvent[]): string;
  riskMessage(row: ReadonlyMap<string, FieldValue>, events: readonly SearchableEvent[]): string;
  /** What an analyst should look at next. */
  checkNext(row: ReadonlyMap<string, FieldValue>, events: readonly SearchableEvent[]): readonly string[];
};

/**
 * `strict`: the search as published gives the row. `lenient`: only with a field filled. `extended`: only after joining or
 * decoding, or by a detection of our own.
 */
export type ResultMode = 'strict' | 'lenient' | 'extended';

/** Everything that the content says, ready to run. */
export type Knowledge = {
  readonly rules: readonly DetectionRule[];
  readonly chains: readonly ChainRule[];
};

/** Splunk's score of a risk event: impact × confidence / 100, each of 0 to 100. */
export function riskOf(
  impact: number,
  confidence: number,
): Pick<DetectionRule, 'riskScore' | 'impact' | 'confidence'> {
  return { riskScore: (impact * confidence) / 100, impact, confidence };
}
