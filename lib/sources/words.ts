import type { Fits, Predicate } from './predicate.ts';

/**
 * A word that stands in every event that fits: what it is written with in any form of the event (XML, text, JSON with
 * escaped backslashes) is letters and digits only.
 */
export type Word = {
  readonly text: string;
  /** Whether more letters may stand right before and after it. */
  readonly isOpenLeft: boolean;
  readonly isOpenRight: boolean;
};

/** The words of a condition: all of each group stand in an event that fits, in any order; groups are alternatives. */
export type WordCondition =
  | { readonly kind: 'all' }
  | { readonly kind: 'word'; readonly word: Word }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly WordCondition[] };

/**
 * A condition on fields as one on words anywhere in the event. Takes more than the condition does, and all that it takes,
 * for fields whose values stand in the raw event; a condition on another field becomes `all`.
 */
export function wordsOf(predicate: Predicate, isInRaw: (fits: Fits) => boolean): WordCondition {
  switch (predicate.kind) {
    case 'all':
      return predicate;
    case 'raw':
      return allOf(wordsIn(['', predicate.literal, '']));
    case 'fits':
      return isInRaw(predicate) ? allOf(wordsIn(predicate.pieces)) : { kind: 'all' };
    case 'and':
      return join(
        'and',
        predicate.operands.map((operand) => wordsOf(operand, isInRaw)),
      );
    case 'or':
      return join(
        'or',
        predicate.operands.map((operand) => wordsOf(operand, isInRaw)),
      );
  }
}

const RUN = /[A-Za-z0-9]+/g;

/** Words of the literal pieces of a pattern; what lies between pieces is open. Text outside ASCII is left out. */
export function wordsIn(pieces: readonly string[]): readonly Word[] {
  return pieces.flatMap((piece, index) =>
    [...piece.matchAll(RUN)].map((match) => ({
      text: match[0].toLowerCase(),
      isOpenLeft: match.index === 0 ? index > 0 : !isAscii(piece[match.index - 1]),
      isOpenRight:
        match.index + match[0].length === piece.length
          ? index < pieces.length - 1
          : !isAscii(piece[match.index + match[0].length]),
    })),
  );
}

/** Beside a character outside ASCII a SIEM may see a longer word. */
const isAscii = (character: string | undefined): boolean => character !== undefined && character < '\x80';

const allOf = (words: readonly Word[]): WordCondition =>
  join(
    'and',
    words.map((word) => ({ kind: 'word', word })),
  );

function join(kind: 'and' | 'or', operands: readonly WordCondition[]): WordCondition {
  if (kind === 'or' && operands.some((one) => one.kind === 'all')) return { kind: 'all' };
  const flat = operands.flatMap((one) =>
    one.kind === kind ? one.operands : one.kind === 'all' ? [] : [one],
  );
  const distinct = [...new Map(flat.map((one) => [JSON.stringify(one), one])).values()];
  const [first] = distinct;
  if (!first) return { kind: 'all' };
  return distinct.length === 1 ? first : { kind, operands: distinct };
}
