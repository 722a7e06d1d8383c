import type { ByteSource } from '#lib/evidence/record.ts';

const LINE_FEED = 10;
/** Room is made by moving what is held while at least a fifth of the buffer is free, else by growing by a quarter. */
const ROOM_FACTOR = 1.25;

/** How characters stand in the bytes. */
export type XmlEncoding = {
  readonly name: 'utf8' | 'utf16le';
  readonly unitBytes: 1 | 2;
  /** UTF-16 in big-endian order: its bytes are swapped as they are read. */
  readonly isSwapped: boolean;
};

/** By byte order mark, else by where the zero byte of the first character stands (XML 1.0, appendix F). */
export function detectEncoding(head: Uint8Array): XmlEncoding {
  const [first, second] = head;
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== undefined && second !== 0);
  if (isLittle || isBig) return { name: 'utf16le', unitBytes: 2, isSwapped: isBig };
  return { name: 'utf8', unitBytes: 1, isSwapped: false };
}

/**
 * The part of a text that is in memory. Places are byte offsets in the source; text is searched in bytes, so that
 * only events are decoded. Lines are counted as the window moves on, each byte once.
 */
export class TextWindow {
  readonly encoding: XmlEncoding;
  /** Offset after the last byte held; always on a code unit. */
  end: number;
  /** Whether the source has no more whole code unit after `end`. */
  isComplete = false;
  readonly #source: ByteSource;
  readonly #readBytes: number;
  #buffer: Buffer;
  #bufferStart: number;
  #start: number;
  #line = 1;
  #lineOffset: number;
  /** The first line feed at or after #lineOffset, in text of single bytes; when none is held, where to search on. */
  #lineFeed: number;
  #held: Buffer;

  constructor(source: ByteSource, encoding: XmlEncoding, start: number, readBytes: number) {
    this.encoding = encoding;
    this.#source = source;
    this.#readBytes = readBytes;
    this.#buffer = Buffer.alloc(readBytes * 2);
    this.#held = this.#buffer.subarray(0, 0);
    this.#bufferStart = start;
    this.#start = start;
    this.#lineOffset = start;
    this.#lineFeed = start;
    this.end = start;
  }

  /** Holds the bytes up to `offset` too, and up to a read more; less only when the source ends. */
  async load(offset: number): Promise<void> {
    while (this.end < offset && !this.isComplete) {
      this.#makeRoom(this.#readBytes);
      const at = this.end - this.#bufferStart;
      let filled = 0;
      while (filled < this.#readBytes) {
        const count = await this.#source.read(
          this.#buffer,
          at + filled,
          this.#readBytes - filled,
          this.end + filled,
        );
        if (count === 0) break;
        filled += count;
      }
      this.isComplete = filled < this.#readBytes || this.end + filled >= this.#source.sizeBytes;
      const whole = filled - (filled % this.encoding.unitBytes);
      if (this.encoding.isSwapped) this.#buffer.subarray(at, at + whole).swap16();
      this.end += whole;
    }
    if (this.#held.length !== this.end - this.#bufferStart || this.#held.buffer !== this.#buffer.buffer) {
      this.#held = this.#buffer.subarray(0, this.end - this.#bufferStart);
    }
  }

  /** All bytes up to the end of what is held, with the offset of the first: cheaper than asking for some of them. */
  get held(): { readonly bytes: Buffer; readonly start: number } {
    return { bytes: this.#held, start: this.#bufferStart };
  }

  /** Forgets what stands before the offset. */
  release(offset: number): void {
    this.lineAt(offset);
    this.#start = offset;
  }

  /** The bytes between two offsets, valid until the next load. UTF-16 is little-endian here, whatever the source is. */
  bytes(start: number, end: number): Buffer {
    return this.#buffer.subarray(start - this.#bufferStart, end - this.#bufferStart);
  }

  text(start: number, end: number): string {
    return this.bytes(start, end).toString(this.encoding.name);
  }

  /** The code unit at an offset, or -1 outside of what is held. */
  unitAt(offset: number): number {
    if (offset < this.#start || offset >= this.end) return -1;
    const at = offset - this.#bufferStart;
    const low = this.#buffer[at] ?? 0;
    return this.encoding.unitBytes === 1 ? low : low | ((this.#buffer[at + 1] ?? 0) << 8);
  }

  /** The offset of the first occurrence of an ASCII text at or after `from` in what is held, or -1. */
  indexOf(text: string, from: number): number {
    const at = this.#buffer.indexOf(text, from - this.#bufferStart, this.encoding.name);
    const offset = at + this.#bufferStart;
    // Behind the end stands what was held before.
    return at < 0 || offset + text.length * this.encoding.unitBytes > this.end ? -1 : offset;
  }

  /** The line at an offset, from 1. Offsets must be asked for in rising order. */
  lineAt(offset: number): number {
    const end = Math.min(offset, this.end);
    if (this.encoding.unitBytes === 1) this.#passLineFeeds(end);
    else this.#line += countWideLineFeeds(this.bytes(this.#lineOffset, end));
    this.#lineOffset = Math.max(this.#lineOffset, end);
    return this.#line;
  }

  /** Counts the line feeds before `end`. Searched natively: a look at each byte takes ten times as long. */
  #passLineFeeds(end: number): void {
    while (this.#lineFeed < end) {
      if (this.#buffer[this.#lineFeed - this.#bufferStart] === LINE_FEED) {
        this.#line += 1;
        this.#lineFeed += 1;
        continue;
      }
      const found = this.#buffer.indexOf(LINE_FEED, this.#lineFeed - this.#bufferStart);
      this.#lineFeed = found < 0 ? this.end : Math.min(this.end, found + this.#bufferStart);
    }
  }

  /** Reads the source up to the window for its lines. Costs one pass over those bytes, holds none of them. */
  async countLinesBefore(): Promise<void> {
    const before = new TextWindow(this.#source, this.encoding, 0, this.#readBytes);
    const target = this.#start;
    while (before.end < target && !before.isComplete) {
      await before.load(before.end + 1);
      before.release(Math.min(before.end, target));
    }
    this.#line = before.#line;
  }

  #makeRoom(count: number): void {
    if (this.end - this.#bufferStart + count <= this.#buffer.length) return;
    const held = this.bytes(this.#start, this.end);
    const needed = held.length + count;
    if (needed * ROOM_FACTOR <= this.#buffer.length) {
      this.#buffer.copyWithin(0, this.#start - this.#bufferStart, this.end - this.#bufferStart);
    } else {
      const grown = Buffer.allocUnsafe(Math.ceil(needed * ROOM_FACTOR));
      held.copy(grown);
      this.#buffer = grown;
    }
    this.#bufferStart = this.#start;
  }
}

function countWideLineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    count += bytes[at] === LINE_FEED && bytes[at + 1] === 0 ? 1 : 0;
  }
  return count;
}
