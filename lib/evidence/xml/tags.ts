/** Attributes in order, their values as they stand in the text, references not replaced. */
export type Attributes = readonly (readonly [name: string, value: string])[];

export type StartTag = {
  readonly name: string;
  readonly attributes: Attributes;
  readonly isEmpty: boolean;
  /** Where the tag ends in the text. */
  readonly end: number;
};

const NO_ATTRIBUTES: Attributes = [];
const SLASH = 0x2f;
const GREATER_THAN = 0x3e;
const EQUALS = 0x3d;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const LESS_THAN = 0x3c;

/** Reads the start tag that begins at `tag`; null when it is malformed. Attribute values may be in either quotes. */
export function readStartTag(text: string, tag: number): StartTag | null {
  let at = nameEnd(text, tag + 1);
  const name = text.slice(tag + 1, at);
  if (name === '') return null;
  if (text.charCodeAt(at) === GREATER_THAN)
    return { name, attributes: NO_ATTRIBUTES, isEmpty: false, end: at + 1 };
  const attributes: (readonly [string, string])[] = [];
  for (;;) {
    at = skipBlanks(text, at);
    const code = text.charCodeAt(at);
    if (code === GREATER_THAN) return { name, attributes, isEmpty: false, end: at + 1 };
    if (code === SLASH && text.charCodeAt(at + 1) === GREATER_THAN)
      return { name, attributes, isEmpty: true, end: at + 2 };
    const keyEnd = nameEnd(text, at);
    const equals = skipBlanks(text, keyEnd);
    const open = skipBlanks(text, equals + 1);
    const quote = text[open];
    if (keyEnd === at || text.charCodeAt(equals) !== EQUALS || (quote !== '"' && quote !== "'")) return null;
    const close = text.indexOf(quote, open + 1);
    if (close < 0) return null;
    const value = text.slice(open + 1, close);
    // A value never holds this raw; it does when its closing quote was lost.
    if (value.includes('<')) return null;
    attributes.push([text.slice(at, keyEnd), value]);
    at = close + 1;
  }
}

/** Where the end tag of `name` at `tag` ends, or -1 when another or none stands there. */
export function readEndTag(text: string, tag: number, name: string): number {
  if (!text.startsWith(name, tag + 2)) return -1;
  const at = skipBlanks(text, tag + 2 + name.length);
  return text.charCodeAt(at) === GREATER_THAN ? at + 1 : -1;
}

function nameEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isNameCode(text.charCodeAt(at))) at++;
  return at;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isNameCode(code: number): boolean {
  if (code === SLASH || code === GREATER_THAN || code === EQUALS || code === LESS_THAN) return false;
  return code !== DOUBLE_QUOTE && code !== SINGLE_QUOTE && !isBlank(code);
}
