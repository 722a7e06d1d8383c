import { extendedNeedles } from './extended.ts';
import type { DetectionRule } from './rule.ts';

/**
 * Literals of which a block of evidence holds one if a rule can select something in it; undefined when every block has
 * to be parsed.
 */
export function evidenceNeedles(
  rules: readonly DetectionRule[],
  options: { readonly extended: boolean },
): readonly string[] | undefined {
  const needles = new Set<string>();
  for (const rule of rules) {
    // Of several groups the one with the longest literals is the rarest.
    const best = rule.search.needles.toSorted((a, b) => shortest(b) - shortest(a))[0];
    if (!best) return undefined;
    for (const needle of best) needles.add(needle);
    if (options.extended) for (const needle of extendedNeedles(rule)) needles.add(needle);
  }
  return [...needles];
}

function shortest(group: readonly string[]): number {
  return group.reduce((min, literal) => Math.min(min, literal.length), Number.POSITIVE_INFINITY);
}
