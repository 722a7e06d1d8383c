import bitIterator from 'unbzip2-stream/lib/bit_iterator.js';
import bzip2 from 'unbzip2-stream/lib/bzip2.js';
import { TRUNCATED } from './byte-reader.ts';
import { ArchiveError } from './entry.ts';

/** More than a block of 900 kB can take when nothing in it packs. */
const BLOCK_MAX_BYTES = 1_200_000;
const PIECE_BYTES = 1024 * 1024;
const MAGIC = 'BZh';

/** Decodes block by block, as they are asked for. Streams that follow each other are one, as bzip2 itself has it. */
export async function* decompressBzip2(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = chunks[Symbol.asyncIterator]();
  const queue: Uint8Array[] = [];
  let receivedBytes = 0;
  let isEnded = false;
  const fill = async (bytes: number): Promise<void> => {
    while (!isEnded && receivedBytes < bytes) {
      const { done, value } = await input.next();
      if (done) isEnded = true;
      else if (value.length > 0) {
        queue.push(value);
        receivedBytes += value.length;
      }
    }
  };
  try {
    await fill(BLOCK_MAX_BYTES);
    const bits = bitIterator(() => {
      const next = queue.shift();
      if (!next) throw new ArchiveError('truncated', TRUNCATED);
      return next;
    });
    while (receivedBytes > bits.bytesRead) {
      const workLength = 100_000 * bzip2.header(bits);
      const work = new Int32Array(workLength);
      let checksum = 0;
      for (;;) {
        await fill(bits.bytesRead + BLOCK_MAX_BYTES);
        const output = new Pieces();
        const next = bzip2.decompress(bits, (byte) => output.push(byte), work, workLength, checksum);
        if (next === null) break;
        checksum = next;
        yield* output;
      }
      await fill(bits.bytesRead + MAGIC.length + 1);
    }
  } catch (error) {
    if (error instanceof Error && error.message.includes('crc32')) {
      throw new ArchiveError('checksum', 'Its checksum does not fit: the content was changed or damaged.');
    }
    throw error;
  } finally {
    await input.return?.();
  }
}

/** A block gives at most 51 times its size, by its runs. */
class Pieces {
  readonly #full: Uint8Array[] = [];
  #piece = new Uint8Array(PIECE_BYTES);
  #length = 0;

  push(byte: number): void {
    if (this.#length === PIECE_BYTES) {
      this.#full.push(this.#piece);
      this.#piece = new Uint8Array(PIECE_BYTES);
      this.#length = 0;
    }
    this.#piece[this.#length++] = byte;
  }

  *[Symbol.iterator](): Generator<Uint8Array> {
    yield* this.#full;
    yield this.#piece.subarray(0, this.#length);
  }
}
