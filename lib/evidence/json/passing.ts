const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const SPACE = 0x20;
const MINUS = 0x2d;
const DIGIT_0 = 0x30;
const LOWER_U = 0x75;
const LITERALS: ReadonlyMap<number, Buffer> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);

/** Of every byte, whether a string goes on after it by itself: neither a quote nor a backslash nor a control character. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, unit) =>
  Number(unit >= SPACE && unit !== QUOTE && unit !== BACKSLASH),
);
/** Of every byte, whether it may follow a backslash, `u` apart. */
const IS_ESCAPED = Uint8Array.from({ length: 256 }, (_, unit) =>
  Number('"\\/bfnrt'.includes(String.fromCharCode(unit))),
);

/** Bytes, four of which can be looked at in one go. */
export type Text = { readonly bytes: Uint8Array; readonly view: DataView };

export function textOf(bytes: Uint8Array): Text {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

// Each of these passes JSON in UTF-8 by RFC 8259 without building anything: where it gives an end, JSON.parse gives a value.
// Offsets are indices in the bytes; -1 stands for what JSON.parse refuses, or what the bytes do not hold whole.

/** Passes a string, a number, a word, or a list of these. */
export function passValue(text: Text, start: number): number {
  const first = text.bytes[start];
  if (first === QUOTE) return passString(text, start);
  return first === OPEN_BRACKET ? passList(text, start) : passPlain(text.bytes, start);
}

export function passString({ bytes, view }: Text, start: number): number {
  const end = bytes.length;
  const lastFour = end - 4;
  for (let at = start + 1; at < end; ) {
    while (at <= lastFour && arePlain(view.getInt32(at, true))) at += 4;
    while (at < end && IS_PLAIN[bytes[at] ?? 0] === 1) at++;
    if (at >= end) return -1;
    const unit = bytes[at];
    if (unit === QUOTE) return at + 1;
    if (unit !== BACKSLASH || at + 1 >= end) return -1;
    const escaped = bytes[at + 1] ?? 0;
    at += 2;
    if (IS_ESCAPED[escaped] === 1) continue;
    if (escaped !== LOWER_U || !isHex(bytes, at)) return -1;
    at += 4;
  }
  return -1;
}

/** Whether four bytes are all plain; may say no of some that are. A byte is zero if subtracting one borrows its highest bit. */
function arePlain(four: number): boolean {
  const quotes = four ^ 0x22222222;
  const backslashes = four ^ 0x5c5c5c5c;
  const marks =
    ((quotes - 0x01010101) & ~quotes) |
    ((backslashes - 0x01010101) & ~backslashes) |
    ((four - 0x20202020) & ~four);
  return (marks & 0x80808080) === 0;
}

export function passBlanks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && isBlank(bytes[at] ?? 0)) at++;
  return at;
}

/** Passes a number or a word. */
function passPlain(bytes: Uint8Array, start: number): number {
  const first = bytes[start] ?? 0;
  if (first === MINUS || isDigit(first)) return passNumber(bytes, start);
  const literal = LITERALS.get(first);
  if (!literal) return -1;
  for (let at = 0; at < literal.length; at++) if (bytes[start + at] !== literal[at]) return -1;
  return start + literal.length;
}

function passList(text: Text, start: number): number {
  const { bytes } = text;
  let at = passBlanks(bytes, start + 1);
  if (bytes[at] === CLOSE_BRACKET) return at + 1;
  for (;;) {
    at = bytes[at] === QUOTE ? passString(text, at) : passPlain(bytes, at);
    if (at < 0) return -1;
    at = passBlanks(bytes, at);
    if (bytes[at] === CLOSE_BRACKET) return at + 1;
    if (bytes[at] !== COMMA) return -1;
    at = passBlanks(bytes, at + 1);
  }
}

function passNumber(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  // A leading zero stands alone.
  let end = bytes[at] === DIGIT_0 ? at + 1 : passDigits(bytes, at);
  if (end === at) return -1;
  if (bytes[end] === 0x2e) {
    at = end + 1;
    end = passDigits(bytes, at);
    if (end === at) return -1;
  }
  if (bytes[end] === 0x65 || bytes[end] === 0x45) {
    at = bytes[end + 1] === 0x2b || bytes[end + 1] === MINUS ? end + 2 : end + 1;
    end = passDigits(bytes, at);
    if (end === at) return -1;
  }
  return end;
}

function passDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && isDigit(bytes[at] ?? 0)) at++;
  return at;
}

function isHex(bytes: Uint8Array, start: number): boolean {
  for (let at = start; at < start + 4; at++) {
    const unit = bytes[at] ?? 0;
    if (!isDigit(unit) && ((unit | 0x20) < 0x61 || (unit | 0x20) > 0x66)) return false;
  }
  return true;
}

function isDigit(unit: number): boolean {
  return unit >= DIGIT_0 && unit <= 0x39;
}

function isBlank(unit: number): boolean {
  return unit === SPACE || unit === 0x0a || unit === 0x0d || unit === 0x09;
}
