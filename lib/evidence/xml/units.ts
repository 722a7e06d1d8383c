import type { TextWindow } from './window.ts';

/** Stands for every character that is not ASCII. */
const OTHER = 0xff;

/** A window's code units as bytes, one each, for scanners that only look for ASCII. */
export class UnitBytes {
  readonly #window: TextWindow;
  /** UTF-16 as bytes, for a part of the window. */
  #narrowed = { start: 0, end: 0, units: new Uint8Array() };

  constructor(window: TextWindow) {
    this.#window = window;
  }

  /** The units between two offsets of the window, valid until it loads. */
  between(start: number, end: number): Uint8Array {
    if (this.#window.encoding.unitBytes === 1) return this.#window.bytes(start, end);
    if (start < this.#narrowed.start || end > this.#narrowed.end) {
      const bytes = this.#window.bytes(start, this.#window.end);
      const units = new Uint8Array(bytes.length / 2);
      for (let at = 0; at < units.length; at++) {
        units[at] = bytes[at * 2 + 1] === 0 ? (bytes[at * 2] ?? 0) : OTHER;
      }
      this.#narrowed = { start, end: this.#window.end, units };
    }
    const from = (start - this.#narrowed.start) / 2;
    return this.#narrowed.units.subarray(from, from + (end - start) / 2);
  }
}
