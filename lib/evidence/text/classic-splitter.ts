import type { TextWindow } from '#lib/evidence/xml/window.ts';
import type { TextLimits } from './limits.ts';
import { type Piece, type Splitter, UNITS_BEFORE } from './piece.ts';

/**
 * The first line of an event and the name of the key in its second. Script text may hold times on lines of their own, but
 * hardly before such a key. A byte order mark may stand before it where files were put together.
 */
const HEAD =
  /\n(?:\ufeff|\xef\xbb\xbf)?(?=\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d(?:\.\d{1,7})? [AP]M[ \t]{0,4}\r?\n[A-Za-z]{2,40}=)/g;
/** Longer than what HEAD looks at. */
const HEAD_UNITS = 100;

/** Whether such an event begins in a text. */
export function isClassicText(text: string): boolean {
  return `\n${text}`.search(HEAD) >= 0;
}

/**
 * Splits classic text of Windows events at their first lines alone: messages have empty lines and lines of `key=value`.
 * Each byte is searched once.
 */
export class ClassicSplitter implements Splitter {
  position: number;
  readonly #window: TextWindow;
  readonly #limits: TextLimits;
  readonly #unit: number;
  /** Where events begin, found and not yet passed, ascending. */
  #heads: number[] = [];
  #lastHead = -1;
  #searched: number;

  /** @param start where the first piece begins; the window begins UNITS_BEFORE before it, as far as there are */
  constructor(window: TextWindow, start: number, limits: TextLimits) {
    this.position = start;
    this.#window = window;
    this.#limits = limits;
    this.#unit = window.encoding.unitBytes;
    this.#searched = Math.max(0, start - UNITS_BEFORE * this.#unit);
  }

  async next(): Promise<Piece | null> {
    const start = this.position;
    await this.#window.load(start + this.#unit);
    if (start >= this.#window.end) return null;
    // The head at `start` itself, if there is one, ends within this.
    const next = await this.#headAt(start, start + HEAD_UNITS * this.#unit);
    const isEvent = next === start;
    if (isEvent) this.#heads.shift();
    const limit = start + (isEvent ? this.#limits.recordMaxBytes : this.#limits.blockBytes);
    const head = await this.#headAt(start, limit);
    const end = head ?? (this.#window.isComplete ? Math.min(limit, this.#window.end) : limit);
    this.position = end;
    if (!isEvent) return this.#other(start, end);
    const isTooLong = end - start >= this.#limits.recordMaxBytes && end !== head && end < this.#window.end;
    return { kind: isTooLong ? 'too-long' : 'record', start, end, isBoundary: true };
  }

  async skipLong(): Promise<number> {
    for (;;) {
      const head = this.#heads[0];
      if (head !== undefined || (this.#window.isComplete && this.#searched >= this.#window.end)) {
        this.position = head ?? this.#window.end;
        return this.position;
      }
      this.#window.release(this.#searched);
      await this.#searchOn();
    }
  }

  /** The first head from `from` on if it stands before the limit, or null. */
  async #headAt(from: number, limit: number): Promise<number | null> {
    for (;;) {
      const head = this.#heads[0];
      if (head !== undefined) return head >= from && head < limit ? head : null;
      if (this.#searched >= limit || (this.#window.isComplete && this.#searched >= this.#window.end)) {
        return null;
      }
      await this.#searchOn();
    }
  }

  /** Searches what is held and not searched, or a read more. */
  async #searchOn(): Promise<void> {
    const isSearched = this.#window.end - this.#searched <= HEAD_UNITS * this.#unit;
    if (isSearched) await this.#window.load(this.#window.end + this.#unit);
    const from = this.#searched;
    // The beginning of the text is the beginning of a line.
    const added = from === 0 ? '\n' : '';
    for (const match of `${added}${this.#textFrom(from)}`.matchAll(HEAD)) {
      const head = from + (match.index + match[0].length - added.length) * this.#unit;
      if (head <= this.#lastHead || head < this.position) continue;
      this.#lastHead = head;
      this.#heads.push(head);
    }
    const { end, isComplete } = this.#window;
    // No head stands between one and the next that is found; the window may be released up to it.
    this.#searched = isComplete ? end : Math.max(from, end - HEAD_UNITS * this.#unit, this.#lastHead);
  }

  #textFrom(from: number): string {
    return this.#window.bytes(from, this.#window.end).toString(this.#unit === 1 ? 'latin1' : 'utf16le');
  }

  #other(start: number, end: number): Piece {
    const text = this.#window.text(start, end);
    // The zero bytes of preallocated space are blanks too.
    const isBlank = /^[\s\ufeff\0]*$/.test(text);
    return { kind: isBlank ? 'between' : 'junk', start, end, isBoundary: true };
  }
}
