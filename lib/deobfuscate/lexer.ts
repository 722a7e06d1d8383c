/** The tokens of PowerShell source that stand for themselves; all read forward only, from `at`. */
import * as code from './characters.ts';

/** Spaces, block comments and line continuations; also newlines and line comments when `newlines`. */
export function skipBlank(text: string, start: number, end: number, newlines: boolean): number {
  let at = start;
  while (at < end) {
    const c = text.charCodeAt(at);
    if (code.isSpace(c) || (newlines && code.isNewline(c))) {
      at++;
    } else if (c === code.BACKTICK && code.isNewline(text.charCodeAt(at + 1))) {
      at = afterNewline(text, at + 1);
    } else if (c === code.LESS && text.charCodeAt(at + 1) === code.HASH) {
      const close = text.indexOf('#>', at + 2);
      at = close === -1 || close + 2 > end ? end : close + 2;
    } else if (newlines && c === code.HASH) {
      at = lineEnd(text, at, end);
    } else {
      break;
    }
  }
  return Math.min(at, end);
}

/** The place after the line break at `at`. */
export function afterNewline(text: string, at: number): number {
  return text.charCodeAt(at) === code.RETURN && text.charCodeAt(at + 1) === code.NEWLINE ? at + 2 : at + 1;
}

export function lineEnd(text: string, at: number, end: number): number {
  const newline = text.indexOf('\n', at);
  return newline === -1 || newline > end ? end : newline;
}

/** A string in single quotes at `start`; value null when it never ends. */
export function readSingleQuoted(
  text: string,
  start: number,
  end: number,
): { value: string | null; to: number } {
  let value = '';
  let from = start + 1;
  for (let at = from; at < end; at++) {
    if (code.isSingleQuote(text.charCodeAt(at))) {
      if (at + 1 >= end || !code.isSingleQuote(text.charCodeAt(at + 1))) {
        return { value: value + text.slice(from, at), to: at + 1 };
      }
      value += text.slice(from, at + 1);
      at++;
      from = at + 1;
    }
  }
  return { value: null, to: end };
}

/** Where the text of a here-string at `start` (an @ and a quote) lies; null when none begins here. */
export function readHereString(
  text: string,
  start: number,
  end: number,
): { from: number; to: number; after: number } | null {
  let at = start + 2;
  while (at < end && code.isSpace(text.charCodeAt(at))) {
    at++;
  }
  if (at >= end || !code.isNewline(text.charCodeAt(at))) {
    return null;
  }
  const from = afterNewline(text, at);
  const isQuote = code.isSingleQuote(text.charCodeAt(start + 1)) ? code.isSingleQuote : code.isDoubleQuote;
  for (let newline = from - 1; newline !== -1 && newline < end; newline = text.indexOf('\n', newline + 1)) {
    if (
      isQuote(text.charCodeAt(newline + 1)) &&
      text.charCodeAt(newline + 2) === code.AT &&
      newline + 2 < end
    ) {
      const to = text.charCodeAt(newline - 1) === code.RETURN ? newline - 1 : newline;
      return { from, to: Math.max(from, to), after: newline + 3 };
    }
  }
  return { from, to: end, after: end };
}

/** A whole number, decimal or 0x…; null when what stands here is another word (1.5, 7z, 10.0.0.1). */
export function readNumber(text: string, start: number, end: number): { number: number; to: number } | null {
  const isHex = text.charCodeAt(start) === 48 && (text.charCodeAt(start + 1) | 32) === 120;
  let at = isHex ? start + 2 : start;
  while (at < end && at - start < 20 && isNumberCode(text.charCodeAt(at), isHex)) {
    at++;
  }
  const next = at < end ? text.charCodeAt(at) : 0;
  const isRange = next === code.DOT && text.charCodeAt(at + 1) === code.DOT;
  if (
    code.isNameCode(next) ||
    (next === code.DOT && !isRange) ||
    next === code.COLON ||
    next === code.BACKSLASH
  ) {
    return null;
  }
  const number = Number(text.slice(start, at));
  return Number.isSafeInteger(number) && at > start ? { number, to: at } : null;
}

function isNumberCode(c: number, isHex: boolean): boolean {
  return code.isDigit(c) || (isHex && (c | 32) >= 97 && (c | 32) <= 102);
}

const LONGEST_TYPE_NAME = 120;

/** A type in brackets, such as [char[]]; its name is lower case without spaces, backticks and `system.`. */
export function readTypeName(text: string, start: number, end: number): { name: string; to: number } | null {
  let name = '';
  let open = 1;
  const last = Math.min(end, start + LONGEST_TYPE_NAME);
  for (let at = start + 1; at < last; at++) {
    const c = text.charCodeAt(at);
    if (c === code.OPEN_BRACKET) {
      open++;
    } else if (c === code.CLOSE_BRACKET) {
      open--;
      if (open === 0) {
        const plain = name.toLowerCase();
        const isType = name !== '' && code.isLetter(name.charCodeAt(0));
        return isType ? { name: plain.startsWith('system.') ? plain.slice(7) : plain, to: at + 1 } : null;
      }
    } else if (code.isSpace(c) || c === code.BACKTICK) {
      continue;
    } else if (!code.isNameCode(c) && c !== code.DOT && c !== code.COMMA) {
      return null;
    }
    name += text.charAt(at);
  }
  return null;
}

/** The name of a variable after its $, lower case without scope and braces; null for $(…), $ alone. */
export function readVariable(text: string, start: number, end: number): { name: string; to: number } | null {
  let from = start + 1;
  let at = from;
  let to: number;
  if (text.charCodeAt(from) === code.OPEN_BRACE) {
    from++;
    const last = Math.min(end, from + LONGEST_TYPE_NAME);
    for (at = from; text.charCodeAt(at) !== code.CLOSE_BRACE; at++) {
      // Braces and dollar signs may be escaped in a name; nobody does, and stopping there keeps this linear.
      if (at >= last || text.charCodeAt(at) === code.OPEN_BRACE || text.charCodeAt(at) === code.DOLLAR) {
        return null;
      }
    }
    to = at + 1;
  } else {
    while (at < end && isVariableCode(text, at)) {
      at++;
    }
    to = at;
  }
  if (at === from) {
    return null;
  }
  const name = text.slice(from, at).replaceAll('`', '').toLowerCase();
  const scope = /^(?:global|script|local|private|variable):/.exec(name)?.[0] ?? '';
  return { name: name.slice(scope.length), to };
}

function isVariableCode(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  return (
    code.isNameCode(c) ||
    (c === code.COLON && code.isNameCode(text.charCodeAt(at + 1)) && text.charCodeAt(at - 1) !== code.COLON)
  );
}

/** The letters after a dash, lower case; '' when no letter follows. */
export function readDashWord(text: string, start: number, end: number): string {
  let at = start + 1;
  while (at < end && at - start < 20 && code.isLetter(text.charCodeAt(at))) {
    at++;
  }
  return text.slice(start + 1, at).toLowerCase();
}
