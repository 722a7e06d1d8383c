/** Numbers that look random and are the same for the same seed (mulberry32, of the public domain). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to, without, `limit`; 0 when that is 0. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** A number from 0 up to, without, 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** One of a list. Throws when it is empty. */
  pick<T>(list: readonly T[]): T {
    const [one] = list.slice(this.below(list.length));
    if (one === undefined) throw new Error('the list is empty');
    return one;
  }
}
