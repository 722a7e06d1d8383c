import type { TextLimits } from '#lib/evidence/text/limits.ts';
import type { Piece, Splitter } from '#lib/evidence/text/piece.ts';
import { UnitBytes } from '#lib/evidence/xml/units.ts';
import type { TextWindow } from '#lib/evidence/xml/window.ts';
import type { Header } from './header.ts';
import { RowScanner } from './scanner.ts';

const LINE_FEED = 0x0a;
/** What PowerShell 5.1 writes before the header. */
const TYPE_LINE = '#TYPE ';

/**
 * Splits a table into its records, whose quoted cells may hold line breaks. Where a quoted cell has no end in reach, each
 * line counts as a record of its own: the one with the lost quote is left out, those after it are read. Each byte is
 * looked at a bounded number of times.
 */
export class RowSplitter implements Splitter {
  position: number;
  readonly #window: TextWindow;
  readonly #limits: TextLimits;
  readonly #unit: number;
  readonly #header: Header;
  readonly #scanner: RowScanner;
  /** Up to here a quoted cell was sought in vain: lines are records. */
  #linesUntil = 0;
  readonly #units: UnitBytes;

  constructor(window: TextWindow, start: number, limits: TextLimits, header: Header) {
    this.position = start;
    this.#window = window;
    this.#limits = limits;
    this.#unit = window.encoding.unitBytes;
    this.#units = new UnitBytes(window);
    this.#header = header;
    this.#scanner = new RowScanner(header.delimiter);
  }

  async next(): Promise<Piece | null> {
    const start = this.position;
    await this.#window.load(start + this.#unit);
    if (start >= this.#window.end) return null;
    const bodyStart = start === 0 ? this.#header.markBytes : start;
    if (bodyStart > start) {
      this.position = bodyStart;
      return { kind: 'between', start, end: bodyStart, isBoundary: true };
    }
    const { end, isTooLong } = start < this.#linesUntil ? await this.#line(start) : await this.#row(start);
    this.position = end;
    const kind = isTooLong ? 'too-long' : this.#isBetween(start, end) ? 'between' : 'record';
    // Reading that begins among these lines would seek the end of a quoted cell further on.
    return { kind, start, end, isBoundary: end >= this.#linesUntil };
  }

  async skipLong(): Promise<number> {
    for (;;) {
      const lineEnd = this.#lineEnd(this.position);
      this.position = lineEnd ?? this.#window.end;
      if (lineEnd !== null || this.#window.isComplete) return this.position;
      this.#window.release(this.position);
      await this.#window.load(this.position + this.#unit);
    }
  }

  async #row(start: number): Promise<{ end: number; isTooLong: boolean }> {
    const scanner = this.#scanner;
    scanner.begin();
    for (;;) {
      scanner.feed(this.#units.between(start + scanner.length * this.#unit, this.#window.end));
      const end = start + scanner.length * this.#unit;
      const isTooLong = end - start > this.#limits.recordMaxBytes;
      const isOpen = !scanner.isClosed && scanner.isOpen && scanner.firstLine > 0;
      if (isOpen && (isTooLong || this.#window.isComplete)) {
        this.#linesUntil = end;
        return this.#line(start);
      }
      if (isTooLong || scanner.isClosed || this.#window.isComplete) {
        return { end, isTooLong: isTooLong && !scanner.isClosed };
      }
      await this.#window.load(this.#window.end + this.#unit);
    }
  }

  async #line(start: number): Promise<{ end: number; isTooLong: boolean }> {
    for (let from = start; ; ) {
      const lineEnd = this.#lineEnd(from);
      if (lineEnd !== null) return { end: lineEnd, isTooLong: false };
      const { end, isComplete } = this.#window;
      const isTooLong = end - start > this.#limits.recordMaxBytes;
      if (isComplete || isTooLong) return { end, isTooLong };
      from = end;
      await this.#window.load(end + this.#unit);
    }
  }

  /** Where the line that goes on at an offset ends in what is held, or null. */
  #lineEnd(from: number): number | null {
    const at = this.#units.between(from, this.#window.end).indexOf(LINE_FEED);
    return at < 0 ? null : from + (at + 1) * this.#unit;
  }

  /** Empty lines, the lines up to the header, and headers of tables that were put after this one. */
  #isBetween(start: number, end: number): boolean {
    if (start < this.#header.end) return true;
    const bytes = this.#window.bytes(start, end);
    if (bytes.equals(this.#header.bytes)) return true;
    const beginning = this.#window.text(start, Math.min(end, start + 8 * this.#unit));
    return (
      beginning.startsWith(TYPE_LINE) || (end - start <= 4 * this.#unit && /^[\s\ufeff\0]*$/.test(beginning))
    );
  }
}
