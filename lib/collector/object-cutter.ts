import { DEPTH_MAX } from '#lib/evidence/json/limits.ts';

/** The bytes are not JSON objects one after the other, or one is nested deeper than the reader reads. */
export class NotObjects extends Error {
  override readonly name = 'NotObjects';
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const BLANKS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);

/** Cuts bytes that come in chunks into the JSON objects that stand in them, with blanks or nothing between. */
export class ObjectCutter {
  #parts: Buffer[] = [];
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  /** Bytes of the object that has begun; 0 between objects. */
  heldBytes = 0;

  /** Objects that end in this chunk; what JSON they are is not checked. Throws NotObjects. */
  *push(chunk: Buffer): Generator<Buffer> {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.#depth === 0) {
        if (BLANKS.has(byte)) continue;
        if (byte !== OPEN_BRACE) throw new NotObjects();
        start = at;
        this.#depth = 1;
      } else if (this.#take(byte)) {
        yield Buffer.concat([...this.#parts, chunk.subarray(start, at + 1)]);
        this.#parts = [];
        this.heldBytes = 0;
      }
    }
    if (this.#depth === 0) return;
    const rest = chunk.subarray(start);
    this.#parts.push(rest);
    this.heldBytes += rest.length;
  }

  /** Whether the byte closes the object. */
  #take(byte: number): boolean {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) this.#isInString = false;
      return false;
    }
    if (byte === QUOTE) this.#isInString = true;
    // Brackets and braces differ in one bit.
    else if ((byte | 0x20) === OPEN_BRACE) {
      this.#depth += 1;
      if (this.#depth > DEPTH_MAX) throw new NotObjects();
    } else if ((byte | 0x20) === 0x7d) {
      this.#depth -= 1;
      return this.#depth === 0;
    }
    return false;
  }
}
