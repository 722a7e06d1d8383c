/** Character classes of PowerShell source, by UTF-16 code unit. Source: about_Quoting_Rules, about_Parsing. */

export const NEWLINE = 10;
export const RETURN = 13;
export const DOUBLE_QUOTE = 34;
export const HASH = 35;
export const DOLLAR = 36;
export const PERCENT = 37;
export const AMPERSAND = 38;
export const QUOTE = 39;
export const OPEN_PAREN = 40;
export const CLOSE_PAREN = 41;
export const STAR = 42;
export const PLUS = 43;
export const COMMA = 44;
export const HYPHEN = 45;
export const DOT = 46;
export const SLASH = 47;
export const COLON = 58;
export const SEMICOLON = 59;
export const LESS = 60;
export const EQUALS = 61;
export const GREATER = 62;
export const AT = 64;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;
export const CARET = 94;
export const BACKTICK = 96;
export const OPEN_BRACE = 123;
export const PIPE = 124;
export const CLOSE_BRACE = 125;

export function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 11 || code === 12 || code === 0xa0;
}

export function isNewline(code: number): boolean {
  return code === NEWLINE || code === RETURN;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
}

/** Letters, digits and the underscore; all above ASCII but quotes, dashes and the no-break space. */
export function isNameCode(code: number): boolean {
  return (
    isLetter(code) ||
    isDigit(code) ||
    code === 95 ||
    (code > 0xa0 && !isSingleQuote(code) && !isDoubleQuote(code) && !isDash(code))
  );
}

/** PowerShell takes typographic quotes for plain ones. */
export function isSingleQuote(code: number): boolean {
  return code === QUOTE || (code >= 0x2018 && code <= 0x201b);
}

export function isDoubleQuote(code: number): boolean {
  return code === DOUBLE_QUOTE || (code >= 0x201c && code <= 0x201e);
}

/** PowerShell takes en dash, em dash and horizontal bar for a hyphen. */
export function isDash(code: number): boolean {
  return code === HYPHEN || (code >= 0x2013 && code <= 0x2015);
}

const WORD_ENDS = new Set([
  DOLLAR,
  AMPERSAND,
  OPEN_PAREN,
  CLOSE_PAREN,
  COMMA,
  SEMICOLON,
  LESS,
  EQUALS,
  GREATER,
  CLOSE_BRACKET,
  BACKTICK,
  OPEN_BRACE,
  PIPE,
  CLOSE_BRACE,
  DOUBLE_QUOTE,
  QUOTE,
]);
const ENDS_WORD = Uint8Array.from({ length: 128 }, (_, code) =>
  isSpace(code) || isNewline(code) || WORD_ENDS.has(code) ? 1 : 0,
);

/** True for what ends an unquoted word. */
export function endsWord(code: number): boolean {
  return code < 128 ? ENDS_WORD[code] === 1 : code === 0xa0 || isSingleQuote(code) || isDoubleQuote(code);
}

export function isCloser(code: number): boolean {
  return code === CLOSE_PAREN || code === CLOSE_BRACE || code === CLOSE_BRACKET;
}
