/** Longer text is not looked at, in UTF-16 units. */
export const LONGEST_TEXT = 16 * 1024 * 1024;

/** How many times the result is read again: what one reading uncovers, the next one undoes. */
export const MOST_ROUNDS = 8;

/** How many steps are listed; more are undone but not listed. */
export const MOST_STEPS_LISTED = 2_000;

/** `before` and `after` of a step, in UTF-16 units. */
export const MOST_SHOWN = 200;

/** Nested brackets, casts, assignments and strings in strings; what is deeper stays as it is. */
export const DEEPEST_NESTING = 80;

/** Operands of one sum, items of one list. */
export const MOST_ITEMS = 500_000;

/** The result is never longer than this, in UTF-16 units. */
export function longestResult(inputLength: number): number {
  return 4 * inputLength + 64 * 1024;
}

/**
 * Work allowed for one text, counted in UTF-16 units touched beyond the first reading. When it is used up,
 * reading stops; what has been undone stays.
 */
export class Fuel {
  #left: number;

  constructor(inputLength: number) {
    this.#left = 8 * inputLength + 4 * 1024 * 1024;
  }

  get left(): number {
    return this.#left;
  }

  get isUsedUp(): boolean {
    return this.#left < 0;
  }

  /** Uses up `units`; false (and nothing is left) when there were not that many. */
  take(units: number): boolean {
    this.#left = Math.max(-1, this.#left - units);
    return this.#left >= 0;
  }
}
