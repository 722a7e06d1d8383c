import type { TextLimits } from '#lib/evidence/text/limits.ts';
import type { Piece, Splitter } from '#lib/evidence/text/piece.ts';
import { Finder } from '#lib/evidence/xml/finder.ts';
import type { TextWindow } from '#lib/evidence/xml/window.ts';

const NAME = 'Obj';
/** Longest tag that is understood: RefId, and a name whose characters are all escaped. */
const TAG_UNITS = 600;
/** PowerShell writes exported objects two columns in, and what is in them six and more. */
const COLUMN_MAX = 4;

const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const SLASH = 0x2f;
const LINE_FEED = 0x0a;
const TAB = 0x09;
const SPACE = 0x20;

type Tag = {
  readonly kind: 'start' | 'empty' | 'end';
  readonly start: number;
  readonly end: number;
  /** It may begin an object that was exported by itself, not one that another holds. */
  readonly isOuter: boolean;
};

/**
 * Splits an export into its objects by the tags of Obj alone: in CLIXML no text holds a `<`, and a line break only as an
 * escape. An object without its end is left where the next begins a line.
 */
export class ObjectSplitter implements Splitter {
  position: number;
  readonly #window: TextWindow;
  readonly #limits: TextLimits;
  readonly #unit: number;
  readonly #names: Finder;
  readonly #closes: Finder;

  constructor(window: TextWindow, start: number, limits: TextLimits) {
    this.position = start;
    this.#window = window;
    this.#limits = limits;
    this.#unit = window.encoding.unitBytes;
    this.#names = new Finder(window, NAME);
    this.#closes = new Finder(window, '>');
  }

  async next(): Promise<Piece | null> {
    const start = this.position;
    await this.#window.load(start + this.#unit);
    if (start >= this.#window.end) return null;
    const limit = start + this.#limits.blockBytes;
    const first = await this.#findOuter(start, limit);
    const piece =
      first?.start === start
        ? await this.#object(first)
        : this.#between(
            start,
            first?.start ?? Math.max(start + this.#unit, Math.min(limit, this.#window.end)),
            first,
          );
    this.position = piece.end;
    return piece;
  }

  async skipLong(): Promise<number> {
    for (;;) {
      this.#window.release(this.position);
      const limit = this.position + this.#limits.readBytes;
      const outer = await this.#findOuter(this.position, limit);
      this.position = outer?.start ?? Math.min(limit, this.#window.end);
      if (outer || this.position >= this.#window.end) return this.position;
    }
  }

  async #object(first: Tag): Promise<Piece> {
    const { start } = first;
    const limit = start + this.#limits.recordMaxBytes;
    let depth = 0;
    let at = first.start;
    let isFirst = true;
    for (;;) {
      const tag = await this.#findTag(at, limit);
      if (tag === null) {
        const isCut = this.#window.isComplete && this.#window.end <= limit;
        const end = Math.min(limit, this.#window.end);
        return { kind: isCut ? 'junk' : 'too-long', start, end, isBoundary: true };
      }
      if (!isFirst && tag.isOuter && tag.kind !== 'end' && this.#beginsLine(tag.start)) {
        return { kind: 'junk', start, end: tag.start, isBoundary: true };
      }
      if (tag.kind === 'start') depth += 1;
      if (tag.kind === 'end') depth -= 1;
      at = tag.end;
      isFirst = false;
      if (depth === 0) return { kind: 'record', start, end: tag.end, isBoundary: true };
    }
  }

  #between(start: number, end: number, next: Tag | null): Piece {
    const isKnown = isFiller(this.#window.text(start, end));
    // Blanks before an object belong to its block: they tell that it begins a line.
    return { kind: isKnown ? 'between' : 'junk', start, end, isBoundary: next === null };
  }

  async #findOuter(from: number, limit: number): Promise<Tag | null> {
    for (let at = from; ; ) {
      const tag = await this.#findTag(at, limit);
      if (tag === null || (tag.kind !== 'end' && tag.isOuter)) return tag;
      at = tag.end;
    }
  }

  /** The first tag of Obj that begins in [from, limit), or null. */
  async #findTag(from: number, limit: number): Promise<Tag | null> {
    const tagBytes = TAG_UNITS * this.#unit;
    for (let at = from; ; ) {
      const name = this.#names.find(at);
      if (name < 0) {
        const { end, isComplete } = this.#window;
        if (isComplete || end >= limit + tagBytes) return null;
        await this.#window.load(end + this.#unit);
        continue;
      }
      if (name >= limit + 2 * this.#unit) return null;
      await this.#window.load(name + tagBytes);
      const tag = this.#tagAt(name, from);
      if (tag) return tag.start < limit ? tag : null;
      at = name + this.#unit;
    }
  }

  /** The tag whose name stands at `name`, or null when that is another name or no tag. */
  #tagAt(name: number, from: number): Tag | null {
    const unit = this.#unit;
    const window = this.#window;
    const after = window.unitAt(name + NAME.length * unit);
    if (after !== GREATER_THAN && after !== SLASH && !isBlank(after)) return null;
    let before = name - unit;
    const isEnd = window.unitAt(before) === SLASH;
    if (isEnd) before -= unit;
    if (before < from || window.unitAt(before) !== LESS_THAN) return null;
    const close = this.#closes.find(name);
    if (close < 0 || close - name > TAG_UNITS * unit) return null;
    const end = close + unit;
    if (isEnd) return { kind: 'end', start: before, end, isOuter: false };
    const own = window.text(name, close);
    const isOuter = !/\sN\s*=/.test(own) && this.#mayBeOuter(before);
    return { kind: own.endsWith('/') ? 'empty' : 'start', start: before, end, isOuter };
  }

  /** Whether a tag stands at the beginning of a line, or no line break is before it. */
  #mayBeOuter(tag: number): boolean {
    const column = this.#columnOf(tag);
    return column === null || column <= COLUMN_MAX;
  }

  #beginsLine(tag: number): boolean {
    return this.#columnOf(tag) !== null;
  }

  /** Blanks before a tag that is the first on its line, a tab counting as four; null when something else is before it. */
  #columnOf(tag: number): number | null {
    let column = 0;
    for (let at = tag - this.#unit; column <= COLUMN_MAX; at -= this.#unit) {
      const unit = this.#window.unitAt(at);
      // What was held before begins with a line.
      if (unit === LINE_FEED || unit < 0) return column;
      if (unit !== SPACE && unit !== TAB) return null;
      column += unit === TAB ? 4 : 1;
    }
    return column;
  }
}

/** The root element, declarations, comments and blanks, and references to objects that came before. */
function isFiller(text: string): boolean {
  const rest = text.replace(
    /<\?[^>]{0,300}\?>|<!--[^>]{0,300}-->|<\/?Objs(?:\s[^>]{0,300})?>|<Ref\s[^>]{0,100}\/>/g,
    '',
  );
  return /^[\s\ufeff\0]*$/.test(rest);
}

function isBlank(unit: number): boolean {
  return unit === SPACE || unit === LINE_FEED || unit === 0x0d || unit === TAB;
}
