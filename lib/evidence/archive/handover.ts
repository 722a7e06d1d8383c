/**
 * Chunks from a writer to one reader, one at a time: the writer waits until its chunk was used. Unlike a TransformStream
 * it gives the reader all that was written before an error.
 */
export class Handover implements AsyncIterable<Uint8Array> {
  #offered: { readonly chunk: Uint8Array; readonly used: () => void } | null = null;
  #end: { readonly error: unknown } | null = null;
  #isLeft = false;
  #wake: () => void = () => undefined;

  put(chunk: Uint8Array): Promise<void> {
    if (this.#isLeft) return Promise.resolve();
    return new Promise((used) => {
      this.#offered = { chunk, used };
      this.#wake();
    });
  }

  /** @param error thrown to the reader, unless null */
  end(error: unknown): void {
    this.#end = { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        if (this.#offered) {
          const { chunk, used } = this.#offered;
          this.#offered = null;
          yield chunk;
          used();
        } else if (this.#end) {
          if (this.#end.error !== null) throw this.#end.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.#isLeft = true;
      this.#offered?.used();
    }
  }
}
