/**
 * Which events of a text may hold one of the literals: true for an event that has to be read.
 * @param units code units, or bytes each as a character
 * @param starts where each event begins in them, ascending; what follows up to the next one counts as its own
 */
export type NeedleSearch = (units: string, starts: readonly number[]) => readonly boolean[];

/** How a character may stand in XML besides itself. A numeric reference to it is covered by HIDING. */
const ENTITY: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);

/**
 * What can break a literal up: numeric references (those to line breaks and tabs apart, which no literal has), CDATA,
 * comments and processing instructions.
 */
const HIDING = '&#(?!(?:9|10|13|x9|xa|xd);)|<[!?]';

/**
 * The search for literals compared without case, or null when nothing can be skipped: without literals, or with one
 * that bytes cannot be searched for (empty, or not printable ASCII).
 */
export function createNeedleSearch(needles: readonly string[] | undefined): NeedleSearch | null {
  if (!needles || needles.length === 0 || !needles.every((needle) => /^[ -~]+$/.test(needle))) return null;
  const forms = needles.map((needle) => [...needle].map(characterForm).join(''));
  const expression = new RegExp([HIDING, ...forms].join('|'), 'gi');
  return (units, starts) => {
    const isHit = starts.map(() => false);
    let event = 0;
    expression.lastIndex = starts[0] ?? units.length;
    for (let match = expression.exec(units); match; match = expression.exec(units)) {
      while ((starts[event + 1] ?? units.length) <= match.index) event += 1;
      isHit[event] = true;
      expression.lastIndex = starts[event + 1] ?? units.length;
    }
    return isHit;
  };
}

function characterForm(character: string): string {
  const entity = ENTITY.get(character);
  const escaped = character.replace(
    /[^a-zA-Z0-9]/,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return entity ? `(?:${escaped}|${entity})` : escaped;
}
