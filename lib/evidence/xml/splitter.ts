import { Finder } from './finder.ts';
import type { XmlLimits } from './limits.ts';
import type { TextWindow } from './window.ts';

/**
 * A stretch of the text; each begins where the one before ends.
 * `event`: from its start tag to its end tag. `cut`: an event that another one, or the end of the text, interrupts.
 * `too-long`: an event whose end is not in reach; `end` is where the search stopped, skipLong finds the rest.
 * `between`: what stands outside of events.
 */
export type Piece = {
  readonly kind: 'event' | 'cut' | 'too-long' | 'between';
  readonly start: number;
  readonly end: number;
  /** Of `between`: it holds the end of an event whose start was not found. */
  readonly hasLostEnd: boolean;
};

/** A tag of an Event element, or what begins with `<!`, in which tags do not count. */
type Mark = { readonly kind: 'start' | 'end' | 'declaration'; readonly start: number; readonly end: number };

const NAME = 'Event';
/** Longer prefixes and blanks inside a tag are not looked through. */
const PREFIX_MAX_UNITS = 64;
/** What may stand around the name in a tag: blanks or a prefix, and a few characters of markup. */
const TAG_UNITS = PREFIX_MAX_UNITS + 16;

const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const SLASH = 0x2f;
const COLON = 0x3a;

/**
 * Splits only at tags of Event, never at line breaks: script text has lines, and may hold `<Event` itself, escaped or
 * in CDATA. Each byte is searched a bounded number of times, whatever the text is.
 */
export class EventSplitter {
  /** Where the next piece begins. */
  position: number;
  readonly #window: TextWindow;
  readonly #limits: XmlLimits;
  readonly #unit: number;
  readonly #names: Finder;
  readonly #declarations: Finder;
  readonly #sectionEnds: Finder;
  readonly #commentEnds: Finder;
  /** Where the start tag ends of the event at `position`, whose end nextHeld did not find; the finders do not go back. */
  #begun: number | null = null;

  constructor(window: TextWindow, start: number, limits: XmlLimits) {
    this.position = start;
    this.#window = window;
    this.#limits = limits;
    this.#unit = window.encoding.unitBytes;
    this.#names = new Finder(window, NAME);
    this.#declarations = new Finder(window, '<!');
    this.#sectionEnds = new Finder(window, ']]>');
    this.#commentEnds = new Finder(window, '-->');
  }

  /** The next piece where the tags around it are held and nothing else stands before them. */
  nextHeld(): Piece | null {
    const start = this.position;
    if (this.#begun !== null || start >= this.#window.end) return null;
    const first = this.#markInWindow(start, start + this.#limits.blockBytes);
    if (first === null || first === 'unknown' || first.kind !== 'start') return null;
    if (first.start > start) {
      this.position = first.start;
      return { kind: 'between', start, end: first.start, hasLostEnd: false };
    }
    const last = this.#markInWindow(first.end, start + this.#limits.eventMaxBytes);
    if (last === null || last === 'unknown' || last.kind !== 'end') {
      this.#begun = first.end;
      return null;
    }
    this.position = last.end;
    return { kind: 'event', start, end: last.end, hasLostEnd: false };
  }

  /** The next piece, whole in the window unless it is too long; null at the end. */
  async next(): Promise<Piece | null> {
    const start = this.position;
    if (this.#begun !== null) {
      const event = await this.#eventFrom(start, this.#begun);
      this.#begun = null;
      this.position = event.end;
      return event;
    }
    await this.#window.load(start + this.#unit);
    if (start >= this.#window.end) return null;
    const { end, hasLostEnd } = await this.#findStart(start);
    const piece: Piece = end > start ? { kind: 'between', start, end, hasLostEnd } : await this.#event(start);
    this.position = piece.end;
    return piece;
  }

  /** Passes the rest of an event that is too long without holding it; returns where it ends. */
  async skipLong(): Promise<number> {
    for (;;) {
      this.#window.release(this.position);
      const limit = this.position + this.#limits.readBytes;
      const mark = await this.#findTag(this.position, limit);
      if (mark) this.position = mark.kind === 'end' ? mark.end : mark.start;
      else this.position = Math.min(limit, this.#window.end);
      if (mark || this.position >= this.#window.end) return this.position;
    }
  }

  /** Where the first event at or after `from` starts, or where a stretch without one is cut. */
  async #findStart(from: number): Promise<{ end: number; hasLostEnd: boolean }> {
    const limit = from + this.#limits.blockBytes;
    let hasLostEnd = false;
    let at = from;
    for (;;) {
      const mark = await this.#findMark(at, limit);
      if (mark === null) return { end: Math.max(at, Math.min(limit, this.#window.end)), hasLostEnd };
      if (mark.kind === 'start') return { end: mark.start, hasLostEnd };
      if (mark.kind === 'end') hasLostEnd = true;
      at = mark.kind === 'end' ? mark.end : await this.#passDeclaration(mark, from);
    }
  }

  async #event(start: number): Promise<Piece> {
    const limit = start + this.#limits.eventMaxBytes;
    let at = start + this.#unit * NAME.length;
    // Past the name of its own tag.
    const own = await this.#findMark(start, limit);
    if (own) at = own.end;
    return this.#eventFrom(start, at);
  }

  async #eventFrom(start: number, from: number): Promise<Piece> {
    const limit = start + this.#limits.eventMaxBytes;
    for (let at = from; ; ) {
      const held = this.#markInWindow(at, limit);
      const mark = held === 'unknown' ? await this.#findMark(at, limit) : held;
      if (mark === null) {
        const isCut = this.#window.isComplete && this.#window.end <= limit;
        const end = Math.min(limit, this.#window.end);
        return { kind: isCut ? 'cut' : 'too-long', start, end, hasLostEnd: false };
      }
      if (mark.kind === 'end') return { kind: 'event', start, end: mark.end, hasLostEnd: false };
      if (mark.kind === 'start') return { kind: 'cut', start, end: mark.start, hasLostEnd: false };
      at = await this.#passDeclaration(mark, start);
    }
  }

  async #findTag(from: number, limit: number): Promise<Mark | null> {
    for (let at = from; ; ) {
      const mark = await this.#findMark(at, limit);
      if (mark?.kind !== 'declaration') return mark;
      at = mark.end;
    }
  }

  /** The first mark that begins in [from, limit), or null. */
  async #findMark(from: number, limit: number): Promise<Mark | null> {
    for (;;) {
      const found = this.#markInWindow(from, limit);
      if (found !== 'unknown') return found;
      await this.#window.load(this.#window.end + this.#unit);
    }
  }

  /** As #findMark, in what is held: 'unknown' when that is not enough to tell. */
  #markInWindow(from: number, limit: number): Mark | null | 'unknown' {
    const { isComplete, end } = this.#window;
    const tagBytes = TAG_UNITS * this.#unit;
    for (let at = from; ; ) {
      const name = this.#names.find(at);
      const declaration = this.#declarations.find(from);
      if (declaration >= 0 && declaration < limit && (name < 0 || declaration < name)) {
        return { kind: 'declaration', start: declaration, end: declaration + 2 * this.#unit };
      }
      if (name < 0) return isComplete || end >= limit + tagBytes ? null : 'unknown';
      if (name >= limit + tagBytes) return null;
      if (!isComplete && name + tagBytes > end) return 'unknown';
      const mark = this.#tagAt(name, from);
      if (mark) return mark.start < limit ? mark : null;
      at = name + this.#unit;
    }
  }

  /** The tag whose name stands at `name`, or null when that is another name or no tag. */
  #tagAt(name: number, from: number): Mark | null {
    const unit = this.#unit;
    const window = this.#window;
    let after = name + NAME.length * unit;
    const next = window.unitAt(after);
    if (next !== GREATER_THAN && next !== SLASH && !isBlank(next)) return null;
    let before = name - unit;
    if (window.unitAt(before) === COLON) before = this.#prefixStart(before - unit);
    const isEnd = window.unitAt(before) === SLASH;
    if (isEnd) before -= unit;
    if (before < from || window.unitAt(before) !== LESS_THAN) return null;
    if (!isEnd) return { kind: 'start', start: before, end: after };
    for (let blanks = 0; blanks < PREFIX_MAX_UNITS && isBlank(window.unitAt(after)); blanks++) after += unit;
    return window.unitAt(after) === GREATER_THAN ? { kind: 'end', start: before, end: after + unit } : null;
  }

  /** The offset before a namespace prefix that ends at `last`. */
  #prefixStart(last: number): number {
    let at = last;
    for (let units = 0; units < PREFIX_MAX_UNITS && isNameUnit(this.#window.unitAt(at)); units++)
      at -= this.#unit;
    return at;
  }

  /** The end of a comment or CDATA section that closes in reach; else its `<!` is as good as text and is passed. */
  async #passDeclaration(mark: Mark, from: number): Promise<number> {
    const limit = from + this.#limits.eventMaxBytes;
    await this.#window.load(mark.start + TAG_UNITS * this.#unit);
    const opening = this.#window.text(mark.start, Math.min(mark.start + 9 * this.#unit, this.#window.end));
    const isSection = opening === '<![CDATA[';
    if (!isSection && !opening.startsWith('<!--')) return mark.end;
    const finder = isSection ? this.#sectionEnds : this.#commentEnds;
    const inside = mark.start + (isSection ? 9 : 4) * this.#unit;
    for (;;) {
      const end = finder.find(inside);
      if (end >= 0) return end < limit ? end + 3 * this.#unit : mark.end;
      if (this.#window.isComplete || this.#window.end >= limit) return mark.end;
      await this.#window.load(this.#window.end + this.#unit);
    }
  }
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

function isNameUnit(unit: number): boolean {
  return unit > 0x20 && unit !== LESS_THAN && unit !== GREATER_THAN && unit !== SLASH && unit !== COLON;
}
