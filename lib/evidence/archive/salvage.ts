import { ArchiveError, type RefusalCode } from './entry.ts';

const KEEPS_WHAT_CAME: ReadonlySet<RefusalCode> = new Set(['truncated', 'checksum', 'damaged']);

/**
 * The bytes of a member as far as they come: half a log is evidence too. Ends without an error where the content is cut
 * off or damaged after the first byte; `problem` then says why. Other errors are thrown.
 */
export class SalvagedBytes implements AsyncIterable<Uint8Array> {
  readonly #stream: AsyncIterable<Uint8Array>;
  problem: ArchiveError | null = null;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#stream = stream;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let hasBytes = false;
    try {
      for await (const chunk of this.#stream) {
        hasBytes ||= chunk.length > 0;
        yield chunk;
      }
    } catch (error) {
      if (!hasBytes || !(error instanceof ArchiveError) || !KEEPS_WHAT_CAME.has(error.code)) throw error;
      this.problem = error;
    }
  }
}
