import type { TextWindow } from './window.ts';

/** Finds a text again and again without searching the same bytes twice. Must be asked with rising offsets. */
export class Finder {
  readonly #window: TextWindow;
  readonly #text: string;
  /** The last find, or -1; nothing stands between where it was asked for and #searched. */
  #hit = -1;
  #searched = 0;

  constructor(window: TextWindow, text: string) {
    this.#window = window;
    this.#text = text;
  }

  find(from: number): number {
    if (this.#hit >= from) return this.#hit;
    const { end, encoding } = this.#window;
    const begin = Math.max(from, this.#searched);
    const fits = begin + this.#text.length * encoding.unitBytes <= end;
    this.#hit = fits ? this.#window.indexOf(this.#text, begin) : -1;
    const unsearched = end - (this.#text.length - 1) * encoding.unitBytes;
    this.#searched = this.#hit >= 0 ? this.#hit : Math.max(begin, unsearched);
    return this.#hit;
  }
}
