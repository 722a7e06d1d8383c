/**
 * Command lines of cmd and powershell: carets that cmd drops, and the quoted text that `cmd /c` and
 * `powershell -Command` run. A line counts as one when its first word names such a program.
 * Source: `cmd /?`; Parsing C++ command-line arguments (backslash before a quote).
 */
import * as code from './characters.ts';
import { isEncodedCommand, runsItsArgument } from './command-words.ts';
import type { Edits } from './edits.ts';

const LONGEST_PROGRAM = 300;
const CMD = new Set(['cmd', '%comspec%']);
const SHELLS = new Set([...CMD, 'powershell', 'pwsh', 'start', 'call', 'wmic', 'at', 'schtasks']);

/** `isObfuscated` says of the text in quotes whether it is worth unwrapping. */
export function undoCommandLines(
  text: string,
  edits: Edits,
  isObfuscated: (content: string) => boolean,
): void {
  if (!text.includes('^') && !text.includes('"')) {
    return;
  }
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from);
    const to = newline === -1 ? text.length : newline;
    undoLine(text, from, to, edits, isObfuscated);
    from = to + 1;
  }
}

function undoLine(
  text: string,
  from: number,
  to: number,
  edits: Edits,
  isObfuscated: (content: string) => boolean,
): void {
  const program = readProgram(text, from, to);
  if (program === null || !SHELLS.has(program.name)) {
    return;
  }
  const isCmd = CMD.has(program.name) || program.hasCarets;
  let start = from;
  for (let at = from; at < to; ) {
    const c = text.charCodeAt(at);
    if (code.isSpace(c)) {
      at++;
      start = at;
    } else if (c === code.DOUBLE_QUOTE) {
      const close = closingQuote(text, at, to, isCmdSwitch(text, from, at));
      const content = text.slice(at + 1, close).replaceAll('\\"', '"');
      if (runsText(text, from, at) && isObfuscated(content)) {
        edits.replace(at, Math.min(close + 1, to), `{${content}}`, 'script text');
      }
      at = close + 1;
      start = at;
    } else if (c === code.CARET && isCmd) {
      at = undoCarets(text, start, to, edits);
      start = at;
    } else {
      at++;
    }
  }
}

/** The file name of the program at the start of a line, lower case, without carets, quotes and `.exe`. */
function readProgram(text: string, from: number, to: number): { name: string; hasCarets: boolean } | null {
  let at = from;
  while (at < to && (code.isSpace(text.charCodeAt(at)) || '@&{'.includes(text.charAt(at)))) {
    at++;
  }
  const last = Math.min(to, at + LONGEST_PROGRAM);
  let isQuoted = false;
  let hasCarets = false;
  let name = '';
  for (; at < last; at++) {
    const c = text.charCodeAt(at);
    if (c === code.DOUBLE_QUOTE) {
      isQuoted = !isQuoted;
    } else if (c === code.CARET && !isQuoted) {
      hasCarets = true;
    } else if (c === code.BACKSLASH || c === code.SLASH) {
      name = '';
    } else if (!isQuoted && (code.endsWord(c) || c === code.RETURN)) {
      break;
    } else {
      name += text.charAt(at);
    }
  }
  const plain = name.toLowerCase();
  return name === '' ? null : { name: plain.endsWith('.exe') ? plain.slice(0, -4) : plain, hasCarets };
}

/** cmd /c takes all up to the last quote of the line; other programs up to the next one without a backslash. */
function closingQuote(text: string, start: number, to: number, isCmd: boolean): number {
  if (isCmd) {
    const last = text.lastIndexOf('"', to - 1);
    return last > start ? last : to;
  }
  for (let at = start + 1; at < to; at++) {
    if (text.charCodeAt(at) === code.BACKSLASH) {
      at++;
    } else if (text.charCodeAt(at) === code.DOUBLE_QUOTE) {
      return at;
    }
  }
  return to;
}

/** The word before the quote at `at`, lower case without carets. */
function wordBefore(text: string, from: number, at: number): string {
  let to = at;
  while (to > from && code.isSpace(text.charCodeAt(to - 1))) {
    to--;
  }
  let start = to;
  while (start > from && to - start < 24 && !code.isSpace(text.charCodeAt(start - 1))) {
    start--;
  }
  return text.slice(start, to).replaceAll('^', '').toLowerCase();
}

function isCmdSwitch(text: string, from: number, at: number): boolean {
  const word = wordBefore(text, from, at);
  return word === '/c' || word === '/k' || word === '/r';
}

function runsText(text: string, from: number, at: number): boolean {
  const word = wordBefore(text, from, at);
  return runsItsArgument(word) || word === '/r' || isEncodedCommand(word);
}

/** A caret before one of these means something. */
const CMD_SPECIAL = '&|<>()^%!"\r';

/** Drops the carets of the word at `start` that mean nothing; returns the place after it. */
function undoCarets(text: string, start: number, to: number, edits: Edits): number {
  const parts: string[] = [];
  let at = start;
  let from = start;
  while (at < to && !code.isSpace(text.charCodeAt(at)) && text.charCodeAt(at) !== code.DOUBLE_QUOTE) {
    if (text.charCodeAt(at) === code.CARET && !CMD_SPECIAL.includes(text.charAt(at + 1))) {
      parts.push(text.slice(from, at));
      from = at + 1;
      at++;
    }
    at++;
  }
  const end = Math.min(at, to);
  parts.push(text.slice(Math.min(from, end), end));
  const word = parts.join('');
  if (word.length < end - start) {
    edits.replace(start, end, word, 'carets');
  }
  return end;
}
