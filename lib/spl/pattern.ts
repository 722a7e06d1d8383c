/**
 * Text patterns with `*`, matched in linear time and without allocation, whatever the pattern and the text: evidence
 * is hostile, and most events do not match.
 *
 * Case is folded one UTF-16 unit at a time, so that positions stay right where lower-casing a whole text would change
 * its length, and a character outside ASCII never equals one in it: a match's ASCII literals stand in the raw bytes.
 */

const SAME = new Uint16Array(65_536);
const FOLDED = new Uint16Array(65_536);
for (let unit = 0; unit < 65_536; unit++) {
  SAME[unit] = unit;
  const lower = String.fromCharCode(unit).toLowerCase();
  const isSafe = lower.length === 1 && (unit < 128 || lower.charCodeAt(0) >= 128);
  FOLDED[unit] = isSafe ? lower.charCodeAt(0) : unit;
}

/** The text in which two texts are equal exactly when a pattern without wildcards takes the one for the other. */
export function foldCase(text: string): string {
  let folded = '';
  for (let index = 0; index < text.length; index++) {
    folded += String.fromCharCode(FOLDED[text.charCodeAt(index)] ?? 0);
  }
  return folded;
}

export type Range = readonly [start: number, end: number];

/** Whether an occurrence counts that stands at value[start, end). */
export type Acceptance = (value: string, start: number, end: number) => boolean;

/** A text to find, by Knuth, Morris and Pratt: linear also for aaaa in aaab. */
export class Literal {
  readonly text: string;
  readonly length: number;
  readonly #fold: Uint16Array;
  readonly #units: Uint16Array;
  /** For each prefix: length of its longest border, where the search goes on after a mismatch. */
  readonly #borders: Uint16Array;

  constructor(text: string, isCaseSensitive: boolean) {
    this.text = text;
    this.length = text.length;
    this.#fold = isCaseSensitive ? SAME : FOLDED;
    this.#units = new Uint16Array(text.length);
    for (let index = 0; index < text.length; index++) {
      this.#units[index] = this.#fold[text.charCodeAt(index)] ?? 0;
    }
    this.#borders = new Uint16Array(text.length);
    for (let index = 1, border = 0; index < text.length; index++) {
      while (border > 0 && this.#units[index] !== this.#units[border])
        border = this.#borders[border - 1] ?? 0;
      if (this.#units[index] === this.#units[border]) border++;
      this.#borders[index] = border;
    }
  }

  standsAt(value: string, position: number): boolean {
    if (position < 0 || position + this.length > value.length) return false;
    for (let index = 0; index < this.length; index++) {
      if (this.#fold[value.charCodeAt(position + index)] !== this.#units[index]) return false;
    }
    return true;
  }

  /** Start of the first occurrence inside value[from, to) that is accepted, else -1. */
  indexIn(value: string, from: number, to: number, accepts?: Acceptance): number {
    if (this.length === 0) return from;
    const fold = this.#fold;
    const units = this.#units;
    const last = units.length;
    const start = units[0];
    let matched = 0;
    for (let index = from; index < to; index++) {
      // Most of the time nothing is matched yet: look for the first unit only.
      if (matched === 0) {
        while (index < to && fold[value.charCodeAt(index)] !== start) index++;
        if (index === to) return -1;
      }
      const unit = fold[value.charCodeAt(index)];
      while (matched > 0 && units[matched] !== unit) matched = this.#borders[matched - 1] ?? 0;
      if (units[matched] === unit) matched++;
      if (matched === last) {
        const begin = index + 1 - last;
        if (accepts === undefined || accepts(value, begin, index + 1)) return begin;
        matched = this.#borders[last - 1] ?? 0;
      }
    }
    return -1;
  }
}

/** A whole-value pattern: `*` stands for any text, all else for itself. */
export class Pattern {
  /** The texts between the wildcards that must stand in a match. */
  readonly literals: readonly string[];
  readonly #isExact: boolean;
  readonly #first: Literal;
  readonly #middle: readonly Literal[];
  readonly #last: Literal;

  /** `wildcard` is `*` in searches and `%` in like(). */
  constructor(text: string, isCaseSensitive: boolean, wildcard = '*') {
    const parts = text.split(wildcard);
    const literals = parts.map((part) => new Literal(part, isCaseSensitive));
    const [first] = literals;
    this.#isExact = parts.length === 1;
    this.#first = first ?? new Literal('', isCaseSensitive);
    this.#last = literals.length > 1 ? (literals.at(-1) ?? this.#first) : new Literal('', isCaseSensitive);
    this.#middle = literals.slice(1, -1).filter((literal) => literal.length > 0);
    this.literals = parts.filter((part) => part !== '');
  }

  matches(value: string): boolean {
    return this.#find(value, null);
  }

  /** Where the literals stand in a value that matches. */
  rangesIn(value: string): readonly Range[] {
    const ranges: Range[] = [];
    return this.#find(value, ranges) ? ranges : [];
  }

  // Taking the leftmost place for each literal is enough: if any choice of places fits, this one does.
  #find(value: string, ranges: Range[] | null): boolean {
    const first = this.#first;
    const last = this.#last;
    const end = value.length - last.length;
    if (this.#isExact ? value.length !== first.length : end < first.length) return false;
    if (!first.standsAt(value, 0) || !last.standsAt(value, end)) return false;
    if (ranges !== null && first.length > 0) ranges.push([0, first.length]);
    let position = first.length;
    for (const literal of this.#middle) {
      const found = literal.indexIn(value, position, end);
      if (found < 0) return false;
      position = found + literal.length;
      ranges?.push([found, position]);
    }
    if (ranges !== null && last.length > 0) ranges.push([end, value.length]);
    return true;
  }
}
