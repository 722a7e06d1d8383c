import { UnitBytes } from '#lib/evidence/xml/units.ts';
import type { TextWindow } from '#lib/evidence/xml/window.ts';
import type { Counted, KnownLayouts } from './layouts.ts';
import type { JsonLimits } from './limits.ts';
import { isListUnit, ObjectScanner } from './scanner.ts';

const LINE_FEED = 0x0a;
const OPEN_BRACE = 0x7b;
/** Where the line began before what is known of it; it holds back no line that another object may begin. */
const UNKNOWN_COLUMN = Number.POSITIVE_INFINITY;

/**
 * A stretch of the text, in order; what is between two of them are blanks and the marks of a list.
 * `object`: from its opening to its closing brace. `too-deep`: the same, nested beyond the limit. `broken`: an object
 * without a fitting end. `too-long`: an object beyond the limit. `between`: what stands outside of objects.
 */
export type Piece = {
  readonly kind: 'object' | 'too-deep' | 'broken' | 'too-long' | 'between';
  readonly start: number;
  readonly end: number;
  /** Of `broken` and `too-long`: `end` is where the search stopped; skipLost finds where reading can go on. */
  readonly isOpen: boolean;
  /** Of `between`: an object follows. */
  readonly isBeforeObject: boolean;
  /** Of an `object` that is valid JSON for certain: all that a census needs of it. */
  readonly counted: Counted | null;
};

/**
 * Splits a text into its outermost JSON objects, however they are laid out: one a line, in an array, or one after the
 * other. After a broken one it goes on at the next line that begins with an object no further to the right. Each byte is
 * looked at a bounded number of times, whatever the text is.
 */
export class ObjectSplitter {
  /** Up to where the text is split. */
  position: number;
  readonly #window: TextWindow;
  readonly #limits: JsonLimits;
  readonly #unit: number;
  readonly #scanner = new ObjectScanner();
  /** Column of the object that is read or comes next, where blanks and marks of a list tell it from the line's start. */
  #column = UNKNOWN_COLUMN;
  readonly #units: UnitBytes;
  readonly #layouts: KnownLayouts | null;

  /** @param layouts to pass objects by, for text in UTF-8 whose objects are counted */
  constructor(window: TextWindow, start: number, limits: JsonLimits, layouts: KnownLayouts | null) {
    this.position = start;
    this.#window = window;
    this.#limits = limits;
    this.#unit = window.encoding.unitBytes;
    this.#units = new UnitBytes(window);
    this.#layouts = layouts;
  }

  /** The next piece if it is an object that is laid out as others before, after marks of a list. */
  nextHeld(): Piece | null {
    if (this.#layouts === null) return null;
    const { bytes, start: heldStart } = this.#window.held;
    let from = this.position - heldStart;
    const limit = Math.min(bytes.length, from + this.#limits.blockBytes);
    while (from < limit && isListUnit(bytes[from] ?? 0)) from++;
    const to = from < limit ? this.#layouts.pass(bytes, from) : -1;
    if (to < 0 || to - from > this.#limits.recordMaxBytes) return null;
    this.#column = 0;
    this.position = heldStart + to;
    const counted = this.#layouts.count(bytes, from, to);
    return objectPiece('object', heldStart + from, this.position, false, counted);
  }

  /** The next piece, whole in the window unless it is open; null at the end. */
  async next(): Promise<Piece | null> {
    const limit = this.position + this.#limits.blockBytes;
    const start = await this.#passMarks(this.position, limit);
    if (start >= limit || start >= this.#window.end) {
      const rest = this.position;
      this.position = start;
      this.#column = UNKNOWN_COLUMN;
      return start > rest ? between(rest, start, false) : null;
    }
    const piece =
      this.#window.unitAt(start) === OPEN_BRACE ? await this.#object(start) : await this.#junk(start, limit);
    this.position = piece.end;
    return piece;
  }

  /** Passes the rest of an open piece without holding it; returns where reading goes on. */
  async skipLost(piece: Piece): Promise<number> {
    const finder = new RestartFinder(this.#column);
    const isLong = piece.kind === 'too-long';
    while (this.position < this.#window.end || !this.#window.isComplete) {
      this.#window.release(this.position);
      await this.#window.load(this.position + 2 * this.#unit);
      const units = this.#units.between(this.position, this.#window.end);
      const found = isLong ? this.#feedLong(piece.start, units) : finder.feed(units);
      const passed =
        found ?? (isLong ? this.#scanner.length - (this.position - piece.start) / this.#unit : units.length);
      const isStuck = found === null && passed === 0 && this.#window.isComplete;
      this.position = isStuck ? this.#window.end : this.position + passed * this.#unit;
      if (found !== null) break;
    }
    this.#column = UNKNOWN_COLUMN;
    return this.position;
  }

  /** How many of the units the long object takes, or null when it goes on after them. */
  #feedLong(start: number, units: Uint8Array): number | null {
    const scanner = this.#scanner;
    scanner.feed(units);
    const length = scanner.restart ?? (scanner.state === 'open' ? null : scanner.length);
    // The line may have begun in what was passed already.
    return length === null ? null : Math.max(0, length - (this.position - start) / this.#unit);
  }

  /** Where something else than blanks and marks of a list stands, or the limit. */
  async #passMarks(from: number, limit: number): Promise<number> {
    for (let at = from; ; ) {
      if (at >= this.#window.end && !this.#window.isComplete) await this.#window.load(at + this.#unit);
      const unit = this.#window.unitAt(at);
      if (at >= this.#window.end || !isListUnit(unit)) return at;
      this.#column = unit === LINE_FEED ? 0 : this.#column + 1;
      at += this.#unit;
      if (at >= limit) return at;
    }
  }

  /** What is no object, up to the next brace. */
  async #junk(start: number, limit: number): Promise<Piece> {
    this.#column = UNKNOWN_COLUMN;
    for (let from = start; ; ) {
      const units = this.#units.between(from, Math.min(this.#window.end, limit));
      const brace = units.indexOf(OPEN_BRACE);
      const stretch = brace < 0 ? units : units.subarray(0, brace);
      this.#column = columnAfter(stretch, this.#column);
      from += stretch.length * this.#unit;
      const isAtEnd = this.#window.isComplete && from >= this.#window.end;
      if (brace < 0 && (isAtEnd || from >= limit)) {
        // A block may end here, and reading that begins here knows no column.
        this.#column = UNKNOWN_COLUMN;
        return between(start, from, false);
      }
      if (brace >= 0) return between(start, from, true);
      await this.#window.load(from + this.#unit);
    }
  }

  #learn(start: number, end: number): Counted | null {
    const { bytes, start: heldStart } = this.#window.held;
    return this.#layouts?.learn(bytes, start - heldStart, end - heldStart) ?? null;
  }

  async #object(start: number): Promise<Piece> {
    const scanner = this.#scanner;
    scanner.begin(this.#column);
    for (;;) {
      const from = start + scanner.length * this.#unit;
      scanner.feed(this.#units.between(from, this.#window.end));
      const end = start + scanner.length * this.#unit;
      const isTooLong = end - start > this.#limits.recordMaxBytes;
      if (scanner.state === 'closed') {
        this.#column = UNKNOWN_COLUMN;
        if (scanner.restart !== null && !isTooLong && !scanner.isTooDeep && !this.#isJson(start, end)) {
          return objectPiece('broken', start, start + scanner.restart * this.#unit);
        }
        const kind = isTooLong ? 'too-long' : scanner.isTooDeep ? 'too-deep' : 'object';
        return objectPiece(kind, start, end, false, kind === 'object' ? this.#learn(start, end) : null);
      }
      if (scanner.state === 'open' && !isTooLong && !this.#window.isComplete) {
        await this.#window.load(this.#window.end + this.#unit);
        continue;
      }
      if (scanner.restart !== null && !scanner.isTooDeep) {
        this.#column = UNKNOWN_COLUMN;
        return objectPiece('broken', start, start + scanner.restart * this.#unit);
      }
      if (scanner.state === 'open' && isTooLong) return objectPiece('too-long', start, end, true);
      const restart = await this.#findRestart(end);
      if (restart === null) return objectPiece('broken', start, end, true);
      this.#column = UNKNOWN_COLUMN;
      return objectPiece('broken', start, restart);
    }
  }

  /** Whether an object that holds lines like the beginnings of others is one indeed: damage may have joined several. */
  #isJson(start: number, end: number): boolean {
    try {
      JSON.parse(this.#window.text(start, end));
      return true;
    } catch {
      return false;
    }
  }

  /** The line where reading can go on after a broken object, or the end; null when that is further away than a block. */
  async #findRestart(from: number): Promise<number | null> {
    const finder = new RestartFinder(this.#column);
    const limit = from + this.#limits.blockBytes;
    let at = from;
    while (at < limit) {
      await this.#window.load(at + this.#unit);
      if (at >= this.#window.end) return at;
      // Not beyond the limit: how much the window holds depends on where reading began.
      const units = this.#units.between(at, Math.min(this.#window.end, limit));
      const found = finder.feed(units);
      if (found !== null) return at + (found - finder.column) * this.#unit;
      at += units.length * this.#unit;
    }
    return null;
  }
}

/** Finds, in units that come in parts, a brace that begins a line and stands no further to the right than a column. */
class RestartFinder {
  readonly #limit: number;
  #column = -1;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Of the brace that was found. */
  get column(): number {
    return this.#column;
  }

  /** Index in the units given, or null. */
  feed(units: Uint8Array): number | null {
    for (let at = 0; at < units.length; at++) {
      const unit = units[at] ?? 0;
      if (unit === LINE_FEED) this.#column = 0;
      else if (this.#column < 0) continue;
      else if (unit === OPEN_BRACE && this.#column <= this.#limit) return at;
      else this.#column = isListUnit(unit) ? this.#column + 1 : -1;
    }
    return null;
  }
}

/** The column after a stretch between objects; text other than the marks of a list makes it unknown. */
function columnAfter(units: Uint8Array, before: number): number {
  const line = units.lastIndexOf(LINE_FEED);
  const inLine = units.subarray(line + 1);
  if (!inLine.every(isListUnit)) return UNKNOWN_COLUMN;
  return (line < 0 ? before : 0) + inLine.length;
}

function between(start: number, end: number, isBeforeObject: boolean): Piece {
  return { kind: 'between', start, end, isOpen: false, isBeforeObject, counted: null };
}

function objectPiece(
  kind: Piece['kind'],
  start: number,
  end: number,
  isOpen = false,
  counted: Counted | null = null,
): Piece {
  return { kind, start, end, isOpen, isBeforeObject: false, counted };
}
