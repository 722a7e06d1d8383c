import { passBlanks, passString, passValue, type Text, textOf } from './passing.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** Objects of more values are not outlined. */
export const VALUES_MAX = 512;

/**
 * An object without its values, which are scalars and lists of scalars. Objects of one outline have the same keys in the
 * same places, so that they differ in nothing but what their values are.
 */
export type Outline = {
  /** What stands before each value, byte for byte, and after the last one. */
  readonly runs: readonly Buffer[];
  /** The keys that lead to each value, joined by dots. */
  readonly paths: readonly string[];
};

/**
 * The outline of the object between two offsets, null for one whose keys do not tell its values: with an escape in a key, the
 * same path twice, lists of more than scalars; and for what is no valid JSON. Nesting must be bounded by who asks.
 */
export function outlineOf(bytes: Buffer, start: number, end: number): Outline | null {
  const outliner = new Outliner(bytes, start);
  return outliner.pass(start, '') === end ? outliner.outline(end) : null;
}

class Outliner {
  readonly #bytes: Buffer;
  readonly #text: Text;
  readonly #runs: Buffer[] = [];
  readonly #paths = new Set<string>();
  #runStart: number;

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.#text = textOf(bytes);
    this.#runStart = start;
  }

  outline(end: number): Outline {
    return { runs: [...this.#runs, this.#run(end)], paths: [...this.#paths] };
  }

  /** Passes the object at `start`; -1 when it has no outline. */
  pass(start: number, path: string): number {
    const bytes = this.#bytes;
    const keys = new Set<string>();
    let at = passBlanks(bytes, start + 1);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    for (;;) {
      const keyEnd = bytes[at] === QUOTE ? passString(this.#text, at) : -1;
      if (keyEnd < 0) return -1;
      const hasEscape = bytes.subarray(at, keyEnd).includes(BACKSLASH);
      const key = bytes.toString('utf8', at + 1, keyEnd - 1);
      const colon = passBlanks(bytes, keyEnd);
      if (hasEscape || keys.has(key) || bytes[colon] !== COLON) return -1;
      keys.add(key);
      at = this.#value(passBlanks(bytes, colon + 1), path === '' ? key : `${path}.${key}`);
      if (at < 0) return -1;
      at = passBlanks(bytes, at);
      if (bytes[at] === CLOSE_BRACE) return at + 1;
      if (bytes[at] !== COMMA) return -1;
      at = passBlanks(bytes, at + 1);
    }
  }

  #value(start: number, path: string): number {
    if (this.#bytes[start] === OPEN_BRACE) return this.pass(start, path);
    const end = passValue(this.#text, start);
    if (end < 0 || this.#paths.has(path) || this.#paths.size === VALUES_MAX) return -1;
    this.#paths.add(path);
    this.#runs.push(this.#run(start));
    this.#runStart = end;
    return end;
  }

  #run(end: number): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#runStart, end));
  }
}
