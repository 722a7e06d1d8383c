import { extendedNeedles } from './extended.ts';
import type { DetectionRule } from './rule.ts';

/**
 * Literals of which a block of evidence holds one if a rule or a further search can select something in it; undefined
 * when every block has to be parsed.
 */
export function evidenceNeedles(
  rules: readonly DetectionRule[],
  { extended, further = [] }: { readonly extended: boolean; readonly further?: readonly Needled[] },
): readonly string[] | undefined {
  const needles = new Set<string>();
  for (const search of [...rules.map((rule) => rule.search), ...further]) {
    const rarest = rarestNeedles(search);
    if (!rarest) return undefined;
    for (const needle of rarest) needles.add(needle);
  }
  if (extended) for (const needle of rules.flatMap(extendedNeedles)) needles.add(needle);
  return [...needles];
}

type Needled = Pick<DetectionRule['search'], 'needles'>;

/** Of several groups the one with the longest literals: it is the rarest. Undefined when the search has none. */
export function rarestNeedles(search: Needled): readonly string[] | undefined {
  return search.needles.toSorted((a, b) => shortest(b) - shortest(a))[0];
}

function shortest(group: readonly string[]): number {
  return group.reduce((min, literal) => Math.min(min, literal.length), Number.POSITIVE_INFINITY);
}
