import type { IncidentContent } from '#lib/content/schema.ts';
import { type Condition, compileCondition } from './condition.ts';
import { ENTITY_FIELDS } from './factors.ts';
import type { Severity } from './severity.ts';

/** What the sums of one window are called in conditions, as in Splunk's risk incident rules. */
export const WINDOW_FIELDS = [
  'risk_object',
  'risk_object_type',
  'risk_score_sum',
  'risk_event_count',
  'max_risk_score',
  'source_count',
  'tactic_count',
  'technique_count',
  'source',
  'analyticstories',
  'annotations.mitre_attack',
  'annotations.mitre_attack.mitre_tactic_id',
] as const;

export const INCIDENT_FIELDS: readonly string[] = [...WINDOW_FIELDS, ...ENTITY_FIELDS];

export type IncidentRule = {
  readonly id: string;
  readonly name: string;
  /** Over event time. */
  readonly windowHours: number;
  /** Looks at the risk events of each analytic story by themselves. */
  readonly isPerStory: boolean;
  /** Empty: all. */
  readonly objectTypes: readonly string[];
  readonly condition: string;
  /** Null: by the bands of a sum. */
  readonly severity: Severity | null;
  /** Template with the fields of the window. */
  readonly sentence: string;
};

export type CompiledIncidentRule = IncidentRule & { readonly holds: Condition };

export function ruleOfContent(content: IncidentContent): IncidentRule {
  return {
    id: content.id,
    name: content.name,
    windowHours: content.window_hours,
    isPerStory: content.per === 'story',
    objectTypes: content.object_types,
    condition: content.condition,
    severity: content.severity === 'by-score' ? null : content.severity,
    sentence: content.sentence,
  };
}

/** Of a rule of one's own. */
export function ownSentence(name: string): string {
  return `${name.replaceAll('$', '')} on $risk_object$: risk $risk_score_sum$ from $source_count$ detections`;
}

/** Throws SplError, with positions in the condition. */
export function compileIncidentRule(rule: IncidentRule): CompiledIncidentRule {
  return { ...rule, holds: compileCondition(rule.condition, INCIDENT_FIELDS) };
}
