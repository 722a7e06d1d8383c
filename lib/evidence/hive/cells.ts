import type { ByteSource } from '#lib/evidence/record.ts';
import { BASE_BLOCK_BYTES } from './base-block.ts';

const PAGE_BYTES = 16_384;
const PAGES_MAX = 128;
/**
 * Looking up the keys of a real hive reads a few thousand cells; a hostile one could send a reader round for hours. A cell
 * costs one, and one more for each KiB of it.
 */
const COST_MAX = 100_000;
const COST_UNIT_BYTES = 1024;
const CELL_HEADER_BYTES = 4;

/** Thrown when a hive makes a lookup read more cells than any real one. */
export class TooManyCells extends Error {
  override readonly name = 'TooManyCells';
}

/** Cells of a hive by their offset, through a cache of 2 MiB whatever the size of the hive. */
export class Cells {
  /** Offsets in the file of the cells that are not what something in the hive says they are. */
  readonly damaged: number[] = [];
  readonly #source: ByteSource;
  readonly #endBytes: number;
  readonly #pages = new Map<number, Buffer>();
  #cost = 0;

  constructor(source: ByteSource, binsBytes: number) {
    this.#source = source;
    this.#endBytes = Math.min(source.sizeBytes, BASE_BLOCK_BYTES + binsBytes);
  }

  /**
   * The content of an allocated cell, at most `maxBytes` of it; null, and noted as damaged, when none of at least `minBytes`
   * stands there.
   */
  async read(offset: number, minBytes: number, maxBytes: number): Promise<Buffer | null> {
    this.#cost += 1;
    if (this.#cost > COST_MAX) throw new TooManyCells();
    const at = BASE_BLOCK_BYTES + offset;
    const header = await this.#bytes(at, CELL_HEADER_BYTES);
    // Negative when allocated. Offset and size are multiples of 8.
    const size = header.length < CELL_HEADER_BYTES ? 0 : -header.readInt32LE();
    const content = size - CELL_HEADER_BYTES;
    if (offset % 8 !== 0 || content < minBytes || at + size > this.#endBytes) return this.reject(offset);
    const length = Math.min(content, maxBytes);
    this.#cost += Math.floor(length / COST_UNIT_BYTES);
    const bytes = await this.#bytes(at + CELL_HEADER_BYTES, length);
    return bytes.length < minBytes ? this.reject(offset) : bytes;
  }

  reject(offset: number): null {
    // What points out of the hive lacks what would stand after its end.
    this.damaged.push(Math.min(BASE_BLOCK_BYTES + offset, this.#source.sizeBytes));
    return null;
  }

  async #bytes(at: number, length: number): Promise<Buffer> {
    const end = Math.min(at + length, this.#endBytes);
    const first = Math.floor(at / PAGE_BYTES);
    const parts: Buffer[] = [];
    for (let page = first; page * PAGE_BYTES < end; page++) {
      const start = page * PAGE_BYTES;
      parts.push((await this.#page(page)).subarray(Math.max(0, at - start), end - start));
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : Buffer.concat(parts);
  }

  async #page(page: number): Promise<Buffer> {
    const known = this.#pages.get(page);
    if (known) return known;
    const buffer = Buffer.alloc(PAGE_BYTES);
    let filled = 0;
    while (filled < PAGE_BYTES) {
      const count = await this.#source.read(buffer, filled, PAGE_BYTES - filled, page * PAGE_BYTES + filled);
      if (count === 0) break;
      filled += count;
    }
    const [oldest] = this.#pages.keys();
    if (this.#pages.size >= PAGES_MAX && oldest !== undefined) this.#pages.delete(oldest);
    const bytes = buffer.subarray(0, filled);
    this.#pages.set(page, bytes);
    return bytes;
  }
}
