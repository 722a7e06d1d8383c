/**
 * The words of the search language. What a word is depends on where it stands: `a-b` is one word in `search` and
 * `stats`, and a subtraction in `eval`; `by` ends the where clause of tstats and is a plain word in a search. The
 * parser knows what may come next, so every keyword is taken only where it can stand.
 */
import { ExternalTokenizer, type InputStream, type Stack } from '@lezer/lr';
import * as terms from './parser.terms.ts';

/** The commands with words, options and calls as arguments; the others have grammar rules of their own. */
const PLAIN_COMMANDS = new Set([
  'stats',
  'eventstats',
  'streamstats',
  'rename',
  'convert',
  'fillnull',
  'fields',
  'table',
  'sort',
  'reverse',
  'head',
  'tail',
  'dedup',
  'rex',
  'regex',
  'replace',
  'bin',
  'bucket',
  'makemv',
  'mvexpand',
  'lookup',
  'join',
  'append',
  'spath',
  'xmlkv',
  'transaction',
  'makeresults',
]);
const OWN_COMMANDS: Readonly<Record<string, number>> = {
  search: terms.SearchName,
  where: terms.WhereName,
  eval: terms.EvalName,
  tstats: terms.TstatsName,
  inputlookup: terms.InputlookupName,
  appendpipe: terms.AppendpipeName,
};
/** Every command that the language knows, for messages and completion. */
export const COMMAND_NAMES: readonly string[] = [...Object.keys(OWN_COMMANDS), ...PLAIN_COMMANDS].sort();

/** Keywords in any case. */
const KEYWORDS: Readonly<Record<string, number>> = {
  as: terms.As,
  by: terms.By,
  from: terms.From,
  where: terms.Where,
};
/** Operators of search, in capitals only: `or` is a word to look for. */
const SEARCH_OPERATORS: Readonly<Record<string, number>> = {
  AND: terms.And,
  OR: terms.Or,
  NOT: terms.Not,
  IN: terms.In,
};
/** Operators of where and eval, in any case: nothing else could stand there. */
const EVAL_OPERATORS: Readonly<Record<string, number>> = {
  and: terms.And,
  or: terms.Or,
  not: terms.Not,
  xor: terms.Xor,
  like: terms.Like,
  in: terms.In,
};

const QUOTE = 34;
const APOSTROPHE = 39;
const OPEN = 40;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const PIPE = 124;
const LONGEST_KEYWORD = 12;

const isSpace = (code: number): boolean =>
  code <= 32 || code === 0x85 || (code >= 0xa0 && /^\s$/.test(String.fromCharCode(code)));

/** " ( ) , < = > [ ] ` | end a word outside expressions. */
const endsWord = new Set([34, 40, 41, 44, 60, 61, 62, 91, 93, 96, PIPE]);

const isNameStart = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || (code > 127 && !isSpace(code));
const isNamePart = (code: number): boolean => isNameStart(code) || (code >= 48 && code <= 57);

/** Advances over a name and returns its first characters, enough to know a keyword. */
function readName(input: InputStream): string {
  let text = '';
  while (input.next >= 0 && isNamePart(input.next)) {
    if (text.length <= LONGEST_KEYWORD) text += String.fromCharCode(input.next);
    input.advance();
  }
  return text;
}

/** Advances over a word and returns its first characters, enough to know a keyword. */
function readWord(input: InputStream): string {
  let text = '';
  for (;;) {
    const code = input.next;
    if (code < 0 || isSpace(code) || endsWord.has(code)) return text;
    const following = input.peek(1);
    if (code === 33 && following === 61) return text; // `!=`
    if (text.length <= LONGEST_KEYWORD) text += String.fromCharCode(code);
    input.advance();
    if (code === BACKSLASH && (following === QUOTE || following === PIPE || following === BACKSLASH)) {
      input.advance();
    }
  }
}

function isCall(input: InputStream): boolean {
  let ahead = 0;
  while (input.peek(ahead) >= 0 && isSpace(input.peek(ahead))) ahead++;
  return input.peek(ahead) === OPEN;
}

function readCommand(input: InputStream, stack: Stack): void {
  const name = readName(input).toLowerCase();
  if (name === '') return;
  const own = OWN_COMMANDS[name];
  if (own !== undefined && stack.canShift(own)) input.acceptToken(own);
  else if (PLAIN_COMMANDS.has(name)) input.acceptToken(terms.CommandName);
  else input.acceptToken(terms.UnknownName);
}

/** All up to the next pipe that is not inside quotes or brackets, or to the end of the subsearch: an unknown command is refused, not understood. */
function readRest(input: InputStream): void {
  let isQuoted = false;
  let brackets = 0;
  let length = 0;
  for (; input.next >= 0; length++) {
    const code = input.next;
    if ((code === PIPE || code === CLOSE_BRACKET) && !isQuoted && brackets === 0) break;
    if (code === QUOTE) isQuoted = !isQuoted;
    else if (code === 91 && !isQuoted) brackets++;
    else if (code === CLOSE_BRACKET && !isQuoted) brackets--;
    else if (code === BACKSLASH && input.peek(1) >= 0) input.advance();
    input.advance();
  }
  if (length > 0) input.acceptToken(terms.Rest);
}

function readExpressionName(input: InputStream, stack: Stack): void {
  if (!isNameStart(input.next)) return;
  const operator = EVAL_OPERATORS[readName(input).toLowerCase()];
  if (operator !== undefined && stack.canShift(operator)) input.acceptToken(operator);
  else if (stack.canShift(terms.Identifier)) input.acceptToken(terms.Identifier);
}

function readPlainWord(input: InputStream, stack: Stack): void {
  const text = readWord(input);
  if (text === '') return;
  const keyword = SEARCH_OPERATORS[text] ?? KEYWORDS[text.toLowerCase()];
  if (keyword !== undefined && stack.canShift(keyword)) input.acceptToken(keyword);
  else if (text === 'CASE' && input.next === OPEN && stack.canShift(terms.CaseName)) {
    input.acceptToken(terms.CaseName);
  } else if (text === 'TERM' && input.next === OPEN && stack.canShift(terms.TermName)) {
    input.acceptToken(terms.TermName);
  } else if (text.toLowerCase() === 'eval' && isCall(input) && stack.canShift(terms.EvalCallName)) {
    input.acceptToken(terms.EvalCallName);
  } else if (stack.canShift(terms.Word)) input.acceptToken(terms.Word);
}

/** A search may begin with the word `search`, as its form in the HTTP interface does. */
function startsWithSearch(input: InputStream): boolean {
  const name = 'search';
  for (let index = 0; index < name.length; index++) {
    if (input.peek(index) !== name.charCodeAt(index)) return false;
  }
  return input.peek(name.length) < 0 || isSpace(input.peek(name.length));
}

/** @public Imported by the generated parser. */
export const words = new ExternalTokenizer(
  (input, stack) => {
    if (input.next < 0) return;
    if (stack.canShift(terms.Rest)) readRest(input);
    else if (isSpace(input.next)) return;
    else if (stack.canShift(terms.UnknownName)) readCommand(input, stack);
    else if (stack.canShift(terms.SearchName) && startsWithSearch(input)) readCommand(input, stack);
    else if (input.next === APOSTROPHE && stack.canShift(terms.QuotedField)) return;
    else if (stack.canShift(terms.Word) || stack.canShift(terms.By)) readPlainWord(input, stack);
    else readExpressionName(input, stack);
  },
  { contextual: true },
);
