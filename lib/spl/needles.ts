/**
 * Needles: literals that stand in the raw bytes of every event that matches, so that evidence without them is not
 * parsed. A needle that is not always there would hide findings; when in doubt there is none.
 */

const MIN_LENGTH = 4;
const MAX_ALTERNATIVES = 64;

/** Outside ASCII bytes depend on the encoding; < > & " ' and control characters are written as entities in XML. */
const SPLIT = /[^\x20-\x7e]|[<>&"']/;

const SPLIT_WORDS = /[^\x21-\x7e]|[<>&"']/;

/** The longest safe piece of the literals of one pattern, as one group of one; none when all pieces are short. */
export function needlesIn(literals: readonly string[], isOfWords = false): readonly (readonly string[])[] {
  let longest = '';
  for (const literal of literals) {
    const pieces = literal.split(isOfWords ? SPLIT_WORDS : SPLIT);
    for (const piece of pieces) if (piece.length > longest.length) longest = piece;
  }
  return longest.length < MIN_LENGTH ? [] : [[longest.toLowerCase()]];
}

/** One group for alternatives of which one must hold: only if each has a group. */
export function bestOf(
  branches: readonly (readonly (readonly string[])[])[],
): readonly (readonly string[])[] {
  const alternatives = new Set<string>();
  for (const groups of branches) {
    const [best] = [...groups].sort(
      (left, right) => left.length - right.length || shortest(right) - shortest(left),
    );
    if (best === undefined) return [];
    for (const literal of best) alternatives.add(literal);
  }
  return alternatives.size === 0 || alternatives.size > MAX_ALTERNATIVES ? [] : [[...alternatives]];
}

const shortest = (group: readonly string[]): number => Math.min(...group.map((literal) => literal.length));
