import type { ByteSource } from '../record.ts';
import { ArchiveError } from './entry.ts';

const CHUNK_BYTES = 256 * 1024;

/** The bytes of a source in order, from an offset. */
export async function* chunksOf(
  source: ByteSource,
  options: { readonly offset?: number; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Uint8Array> {
  for (let offset = options.offset ?? 0; offset < source.sizeBytes; ) {
    options.signal?.throwIfAborted();
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, source.sizeBytes - offset));
    const count = await source.read(chunk, 0, chunk.length, offset);
    if (count === 0) return;
    offset += count;
    yield chunk.subarray(0, count);
  }
}

export const TRUNCATED = 'It is cut off: the end of the archive is missing.';

/** Takes a stream of chunks apart; holds one chunk, and what is asked for at once. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  /** What the stream threw: it would look ended afterwards. */
  #failure: unknown = null;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next bytes; fewer only at the end. */
  async take(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let left = length;
    while (left > 0) {
      const part = await this.#next(left);
      if (!part) break;
      parts.push(part);
      left -= part.length;
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  /** Gives bytes back that were taken. */
  unread(bytes: Uint8Array): void {
    this.#rest = Buffer.concat([bytes, this.#rest]);
  }

  /** The next bytes in chunks. Throws ArchiveError `truncated` when there are fewer. */
  async *stream(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0; ) {
      const part = await this.#next(left);
      if (!part) throw new ArchiveError('truncated', TRUNCATED);
      left -= part.length;
      yield part;
    }
  }

  /** All that is left. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (let part = await this.#next(CHUNK_BYTES); part; part = await this.#next(CHUNK_BYTES)) yield part;
  }

  /** Ends the stream that is read from. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #next(most: number): Promise<Uint8Array | null> {
    while (this.#rest.length === 0) {
      if (this.#failure !== null) throw this.#failure;
      const { done, value } = await this.#chunks.next().catch((error: unknown) => {
        this.#failure = error;
        throw error;
      });
      if (done) return null;
      this.#rest = value;
    }
    const part = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }
}
