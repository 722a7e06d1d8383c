/** Unquoted words and parameters, with what is hidden inside them: backticks, quotes, variables. */
import * as code from './characters.ts';
import { afterNewline, readVariable } from './lexer.ts';
import { record, type State } from './state.ts';
import type { DecodingMethod } from './step.ts';
import { toText } from './value.ts';

const LONGEST_HIDDEN_QUOTE = 200;

/** Part of a word that means something else than what stands there. */
type Hidden = { readonly text: string; readonly to: number; readonly method: DecodingMethod };

/** Reads the word at `state.at` and returns what it says; at least one character is read. */
export function readWord(state: State): string {
  const { text, end } = state;
  const start = state.at;
  const parts: string[] = [];
  let method: DecodingMethod | null = null;
  let from = start;
  let at = start;
  while (at < end) {
    if (!code.endsWord(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const hidden = readHidden(state, start, at);
    if (hidden === null) {
      break;
    }
    parts.push(text.slice(from, at), hidden.text);
    method = hidden.method;
    at = hidden.to;
    from = at;
  }
  state.at = Math.max(at, start + 1);
  parts.push(text.slice(from, at));
  const word = parts.join('');
  if (method !== null) {
    record(state, start, state.at, word, method);
  }
  return word;
}

function readHidden(state: State, start: number, at: number): Hidden | null {
  const c = state.text.charCodeAt(at);
  if (c === code.BACKTICK) {
    return readBacktick(state, start, at);
  }
  if (at === start || !isInside(state.text.charCodeAt(at - 1)) || code.isDash(state.text.charCodeAt(start))) {
    return null;
  }
  if (c === code.DOLLAR) {
    const variable = readVariable(state.text, at, state.end);
    const value = variable === null ? null : toText(state.names.get(variable.name));
    const isKnown = variable !== null && value !== null && state.fuel.take(value.length);
    return isKnown ? { text: value, to: variable.to, method: 'variable' } : null;
  }
  return readQuotes(state, at);
}

/** A backtick in front of a name character means that character; at the end of a line it joins the lines. */
function readBacktick(state: State, start: number, at: number): Hidden | null {
  const { text, end } = state;
  if (at + 1 >= end) {
    return null;
  }
  const next = text.charCodeAt(at + 1);
  if (!code.isNewline(next)) {
    return code.isSpace(next) ? null : { text: text.charAt(at + 1), to: at + 2, method: 'backticks' };
  }
  const to = afterNewline(text, at + 1);
  return at > start && code.isNameCode(text.charCodeAt(to)) ? { text: '', to, method: 'backticks' } : null;
}

/** Quotes inside a word vanish: Win32_"Sched"uledJob, Win32_''ScheduledJob. */
function readQuotes(state: State, at: number): Hidden | null {
  const { text } = state;
  const c = text.charCodeAt(at);
  const isQuote = code.isSingleQuote(c) ? code.isSingleQuote : code.isDoubleQuote;
  if (!isQuote(c)) {
    return null;
  }
  const end = Math.min(state.end, at + LONGEST_HIDDEN_QUOTE);
  let to = at + 1;
  while (to < end && isInside(text.charCodeAt(to))) {
    to++;
  }
  const isHidden = to < end && isQuote(text.charCodeAt(to)) && isInside(text.charCodeAt(to + 1));
  return isHidden ? { text: text.slice(at + 1, to), to: to + 1, method: 'quotes' } : null;
}

function isInside(c: number): boolean {
  return code.isNameCode(c) || code.isDash(c);
}
