import path from 'node:path';
import { z } from 'zod';
import { readYaml } from '#lib/content/yaml-file.ts';
import type { DetectionRule } from '#lib/detection/rule.ts';
import type { FilterField, NamedCount } from './types.ts';

const schema = z.array(
  z.strictObject({
    names: z.array(z.string().min(1)).min(1),
    role: z.enum(['host', 'user']).optional(),
    attacker: z.boolean().default(false),
    passing: z.boolean().default(false),
    says: z.string(),
  }),
);

// The product runs from its root; a bundle's import.meta.url would point elsewhere.
const known = new Map(
  readYaml(path.join('lib', 'filters', 'fields.yaml'), schema).flatMap((entry) =>
    entry.names.map((name) => [name, entry] as const),
  ),
);

const ROLES: Readonly<Record<string, FilterField['role']>> = { system: 'host', user: 'user' };

/**
 * The output fields of detections, by name. Without columns that are known at compile time a detection adds none.
 *
 * @param values the most frequent ones of a field
 */
export function fieldsOfRules(
  rules: readonly Pick<DetectionRule, 'search' | 'riskObjects'>[],
  values: (name: string) => readonly NamedCount[] = () => [],
): FilterField[] {
  const roles = new Map(
    rules.flatMap(({ riskObjects }) => riskObjects.map(({ field, type }) => [field, ROLES[type]] as const)),
  );
  const names = [...new Set(rules.flatMap(({ search }) => search.columns ?? []))].sort();
  return names.map((name) => ({
    name,
    isAttackerControlled: known.get(name)?.attacker ?? false,
    role: known.get(name)?.role ?? roles.get(name) ?? null,
    description: known.get(name)?.says ?? '',
    values: values(name),
  }));
}

/** Whether it is known of all rules which columns they have: only then an unknown field is a mistake. */
export const areColumnsKnown = (rules: readonly Pick<DetectionRule, 'search'>[]): boolean =>
  rules.every(({ search }) => search.columns !== null);

/** Whether the field has another value each time, so that no rule should rest on it. */
export const isPassing = (name: string): boolean => known.get(name)?.passing ?? false;
