import { byTimeThenId, isBetterCopy, type SelectedEvent } from './detect.ts';
import { earliestParts, JOINED_TEXT_MAX, textSize } from './script-blocks.ts';

/** Parts of script blocks that wait for the others, up to a limit: the earliest, whatever order they come in. */
export class PartStore {
  readonly #maxCharacters: number;
  #parts = new Map<string, SelectedEvent>();
  #size = 0;
  /** Parts that were let go. One that is seen again later counts again. */
  leftOut = 0;

  constructor(maxCharacters: number = JOINED_TEXT_MAX) {
    this.#maxCharacters = maxCharacters;
  }

  /** In order of time. */
  get parts(): readonly SelectedEvent[] {
    return [...this.#parts.values()].sort(byTimeThenId);
  }

  /** @returns ids of parts that were let go for want of room */
  add(part: SelectedEvent): readonly string[] {
    const known = this.#parts.get(part.id);
    if (known && !isBetterCopy(part.record, known.record)) return [];
    this.#size += textSize(part.record) - (known ? textSize(known.record) : 0);
    this.#parts.set(part.id, part);
    // Twice the limit, so that it is not sorted at every part.
    return this.#size > 2 * this.#maxCharacters ? this.trim() : [];
  }

  /** Lets go what is beyond the limit. */
  trim(): readonly string[] {
    const all = this.parts;
    const kept = earliestParts(all, this.#maxCharacters);
    const left = all.slice(kept.length).map(({ id }) => id);
    this.#parts = new Map(kept.map((part) => [part.id, part]));
    this.#size = kept.reduce((sum, { record }) => sum + textSize(record), 0);
    this.leftOut += left.length;
    return left;
  }
}
