import type { FieldValue } from '#lib/events/event.ts';
import { compileCondition, type FieldSource } from './condition.ts';
import { ENTITY_COLUMNS, type EntityRow } from './entities.ts';
import type { FactorOperation, FactorPart } from './types.ts';

/** Fields of a risk event, named as in Splunk's risk index, that conditions of factors may ask for. */
export const RISK_EVENT_FIELDS = [
  'risk_object',
  'risk_object_type',
  'risk_score',
  'risk_message',
  'source',
  'search_name',
  'detection_id',
  'analyticstories',
  'annotations.mitre_attack',
  'annotations.mitre_attack.mitre_tactic_id',
] as const;

/** Columns of the object's row in the asset or identity list; `risk_object_priority` is `priority` as Splunk ES calls it. */
export const ENTITY_FIELDS: readonly string[] = [
  ...new Set([...ENTITY_COLUMNS.asset, ...ENTITY_COLUMNS.identity]),
];
const SAME_AS: Readonly<Record<string, string>> = {
  risk_object_priority: 'priority',
  risk_object_category: 'category',
  risk_object_bunit: 'bunit',
};

export const FACTOR_FIELDS: readonly string[] = [
  ...RISK_EVENT_FIELDS,
  ...ENTITY_FIELDS,
  ...Object.keys(SAME_AS),
];

/** A factor as it is in force. */
export type FactorRule = {
  readonly number: number;
  readonly version: number;
  readonly name: string;
  readonly condition: string;
  readonly operation: FactorOperation;
  readonly value: number;
};

export type CompiledFactor = FactorPart & { readonly holds: (fields: FieldSource) => boolean };

/** Throws SplError, with positions in the condition. */
export function compileFactor({ condition, ...factor }: FactorRule): CompiledFactor {
  return { ...factor, holds: compileCondition(condition, FACTOR_FIELDS) };
}

/** What conditions see of an object beside the event: the columns of its row in a list. */
export function entityField(entity: EntityRow | null, name: string): FieldValue {
  const values = entity?.columns[SAME_AS[name] ?? name];
  if (!values || values.length === 0) return null;
  return values.length === 1 ? (values[0] ?? null) : values;
}

/** The factors whose condition holds, in the order of their numbers. */
export function factorsOf(factors: readonly CompiledFactor[], fields: FieldSource): readonly FactorPart[] {
  return factors
    .filter(({ holds }) => holds(fields))
    .map(({ number, version, name, operation, value }) => ({ number, version, name, operation, value }))
    .sort((a, b) => a.number - b.number);
}
