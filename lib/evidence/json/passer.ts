const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SPACE = 0x20;
const LOWER_U = 0x75;
const LITERALS: ReadonlyMap<number, Buffer> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);
const ESCAPED: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));

/** Told of the members of the objects that it watches. Levels count from 0, the object that is passed. */
export type Watcher = {
  /** A member, whose key stands between two offsets, without quotes. @returns whether to watch the object in it too */
  enter(level: number, keyStart: number, keyEnd: number, valueStart: number): boolean;
  /** The value of the member that was entered last at this level ends here. */
  leave(level: number, valueEnd: number): void;
};

/**
 * Passes JSON in UTF-8 by RFC 8259 without building anything: where it gives an end, JSON.parse gives a value. Nesting must
 * be bounded by who asks. Offsets are indices in the bytes; -1 stands for text that JSON.parse refuses.
 */
export class JsonPasser {
  /** Whether a key that was passed is written with an escape, so that its bytes do not tell it. */
  hasEscapedKey = false;
  readonly #bytes: Uint8Array;
  #escapes = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Passes the object that begins at `start`. */
  passObject(start: number, watcher: Watcher | null, level = 0): number {
    const bytes = this.#bytes;
    let at = this.#passBlanks(start + 1);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    for (;;) {
      if (bytes[at] !== QUOTE) return -1;
      const escapes = this.#escapes;
      const keyEnd = this.#passString(at);
      if (keyEnd < 0) return -1;
      if (this.#escapes > escapes) this.hasEscapedKey = true;
      const colon = this.#passBlanks(keyEnd);
      if (bytes[colon] !== COLON) return -1;
      const valueStart = this.#passBlanks(colon + 1);
      const isWatched = watcher?.enter(level, at + 1, keyEnd - 1, valueStart) ?? false;
      const valueEnd = this.#passValue(valueStart, isWatched ? watcher : null, level + 1);
      if (valueEnd < 0) return -1;
      watcher?.leave(level, valueEnd);
      at = this.#passBlanks(valueEnd);
      if (bytes[at] === CLOSE_BRACE) return at + 1;
      if (bytes[at] !== COMMA) return -1;
      at = this.#passBlanks(at + 1);
    }
  }

  #passValue(start: number, watcher: Watcher | null, level: number): number {
    const first = this.#bytes[start] ?? 0;
    if (first === QUOTE) return this.#passString(start);
    if (first === OPEN_BRACE) return this.passObject(start, watcher, level);
    if (first === OPEN_BRACKET) return this.#passArray(start);
    const literal = LITERALS.get(first);
    if (!literal) return this.#passNumber(start);
    for (let at = 0; at < literal.length; at++) if (this.#bytes[start + at] !== literal[at]) return -1;
    return start + literal.length;
  }

  #passArray(start: number): number {
    let at = this.#passBlanks(start + 1);
    if (this.#bytes[at] === CLOSE_BRACKET) return at + 1;
    for (;;) {
      at = this.#passValue(at, null, 0);
      if (at < 0) return -1;
      at = this.#passBlanks(at);
      if (this.#bytes[at] === CLOSE_BRACKET) return at + 1;
      if (this.#bytes[at] !== COMMA) return -1;
      at = this.#passBlanks(at + 1);
    }
  }

  #passString(start: number): number {
    const bytes = this.#bytes;
    for (let at = start + 1; ; at++) {
      let unit = bytes[at] ?? 0;
      while (unit >= SPACE && unit !== QUOTE && unit !== BACKSLASH) unit = bytes[++at] ?? 0;
      if (unit === QUOTE) return at + 1;
      // Control characters, and the end of the bytes.
      if (unit !== BACKSLASH) return -1;
      this.#escapes += 1;
      at += 1;
      const escaped = bytes[at] ?? 0;
      if (ESCAPED.has(escaped)) continue;
      if (escaped !== LOWER_U) return -1;
      for (let digit = 1; digit <= 4; digit++) if (!isHexDigit(bytes[at + digit] ?? 0)) return -1;
      at += 4;
    }
  }

  #passNumber(start: number): number {
    const bytes = this.#bytes;
    let at = bytes[start] === 0x2d ? start + 1 : start;
    // A leading zero stands alone.
    let end = bytes[at] === 0x30 ? at + 1 : this.#passDigits(at);
    if (end === at) return -1;
    if (bytes[end] === 0x2e) {
      at = end + 1;
      end = this.#passDigits(at);
      if (end === at) return -1;
    }
    if (bytes[end] === 0x65 || bytes[end] === 0x45) {
      at = bytes[end + 1] === 0x2b || bytes[end + 1] === 0x2d ? end + 2 : end + 1;
      end = this.#passDigits(at);
      if (end === at) return -1;
    }
    return end;
  }

  #passDigits(start: number): number {
    let at = start;
    while (isDigit(this.#bytes[at] ?? 0)) at++;
    return at;
  }

  #passBlanks(start: number): number {
    let at = start;
    for (;;) {
      const unit = this.#bytes[at];
      if (unit !== SPACE && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return at;
      at++;
    }
  }
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function isHexDigit(unit: number): boolean {
  return isDigit(unit) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x66);
}
