/** The words that say what a command does with the text it is given. */
import { isBase64Code } from './base64.ts';
import * as code from './characters.ts';

/** -EncodedCommand, which PowerShell takes in any shortened form and as -ec. Source: about_PowerShell_exe. */
export function isEncodedCommand(word: string): boolean {
  return (
    isParameter(word) && ((word.length > 1 && ENCODED.startsWith(word.slice(1))) || word.slice(1) === 'ec')
  );
}

/** Commands and parameters that run the text they are given. */
export function runsItsArgument(word: string): boolean {
  return (
    word === 'iex' ||
    word === 'invoke-expression' ||
    (isParameter(word) && word.length > 1 && (COMMAND.startsWith(word.slice(1)) || word.slice(1) === 'k'))
  );
}

const ENCODED = 'encodedcommand';
const COMMAND = 'command';

function isParameter(word: string): boolean {
  return word.startsWith('-') || word.startsWith('/');
}

const SHORTEST_ENCODED = 16;
const LONGEST_PARAMETER = 16;

/** Whether a command line inside this text gives -EncodedCommand something that looks like it. */
export function hasEncodedCommand(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    const isStart = (code.isDash(c) || c === code.SLASH) && (text.charCodeAt(at + 1) | 32) === 101;
    if (!isStart || code.isNameCode(text.charCodeAt(at - 1))) {
      continue;
    }
    let to = at + 1;
    while (to - at < LONGEST_PARAMETER && code.isLetter(text.charCodeAt(to))) {
      to++;
    }
    const word = `-${text.slice(at + 1, to).toLowerCase()}`;
    while (code.isSpace(text.charCodeAt(to)) || code.isDoubleQuote(text.charCodeAt(to))) {
      to++;
    }
    const from = to;
    while (to - from < SHORTEST_ENCODED && isBase64Code(text.charCodeAt(to))) {
      to++;
    }
    if (to - from === SHORTEST_ENCODED && isEncodedCommand(word)) {
      return true;
    }
    at = to - 1;
  }
  return false;
}
