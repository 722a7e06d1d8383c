/** Strings in double quotes and double-quoted here-strings. Source: about_Quoting_Rules, about_Special_Characters. */
import * as code from './characters.ts';
import { readHereString, readVariable } from './lexer.ts';
import { nested, readClose, record, recordText, type State } from './state.ts';
import { joinItems, lengthOf, textValue, type Value } from './value.ts';

/** A $variable or $(expression) in the string, and what it says (null: unknown). */
type Reference = {
  readonly from: number;
  readonly to: number;
  readonly text: string | null;
  readonly isVariable: boolean;
};

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Reads the string at `state.at` (a double quote, or an @ that begins a here-string). */
export function expandable(state: State): Value | null {
  const start = state.at;
  const here = state.text.charCodeAt(start) === code.AT ? readHereString(state.text, start, state.end) : null;
  const end = state.end;
  state.at = start + 1;
  if (here !== null) {
    state.at = here.from;
    state.end = here.to;
  }
  const body = readBody(state, here !== null);
  if (here !== null) {
    state.end = end;
    state.at = here.after;
  }
  return body === null ? null : expand(state, start, body);
}

type Body = { readonly text: string; readonly references: readonly Reference[] };

/** Null when the string never ends. */
function readBody(state: State, isHere: boolean): Body | null {
  const { text } = state;
  const parts: string[] = [];
  const references: Reference[] = [];
  let useless: number[] = [];
  let from = state.at;
  while (state.at < state.end) {
    const c = text.charCodeAt(state.at);
    if (c === code.BACKTICK) {
      parts.push(text.slice(from, state.at));
      if (isUseless(text, state.at)) {
        useless.push(state.at);
      }
      parts.push(readEscape(text, state.at));
      state.at += 2;
      from = state.at;
    } else if (c === code.DOLLAR) {
      recordBackticks(state, useless);
      useless = [];
      const at = state.at;
      const reference = readReference(state);
      if (reference !== null) {
        references.push(reference);
        parts.push(text.slice(from, at), reference.text ?? '');
        from = state.at;
      }
    } else if (!isHere && code.isDoubleQuote(c)) {
      if (!code.isDoubleQuote(text.charCodeAt(state.at + 1)) || state.at + 1 >= state.end) {
        recordBackticks(state, useless);
        parts.push(text.slice(from, state.at));
        state.at++;
        return { text: parts.join(''), references };
      }
      parts.push(text.slice(from, state.at + 1));
      state.at += 2;
      from = state.at;
    } else {
      state.at++;
    }
  }
  recordBackticks(state, useless);
  parts.push(text.slice(from, state.end));
  state.at = state.end;
  return isHere ? { text: parts.join(''), references } : null;
}

/** A backtick before a letter that it does not change; `e[ and `u{ are escapes of PowerShell 6. */
function isUseless(text: string, at: number): boolean {
  const next = text.charAt(at + 1);
  if (next in ESCAPES) {
    return false;
  }
  const after = text.charAt(at + 2);
  if ((next === 'e' && after === '[') || (next === 'u' && after === '{')) {
    return false;
  }
  return code.isNameCode(text.charCodeAt(at + 1)) || next === '-';
}

function readEscape(text: string, at: number): string {
  const next = text.charAt(at + 1);
  return Object.hasOwn(ESCAPES, next) ? (ESCAPES[next] ?? next) : next;
}

function recordBackticks(state: State, places: readonly number[]): void {
  const first = places[0];
  const last = places[places.length - 1];
  if (first === undefined || last === undefined) {
    return;
  }
  const parts = places.map((place, i) => state.text.slice(place + 1, places[i + 1] ?? place + 2));
  record(state, first, last + 2, parts.join(''), 'backticks');
}

/** Null, with the $ read, when it is only a dollar sign. */
function readReference(state: State): Reference | null {
  const from = state.at;
  if (state.text.charCodeAt(from + 1) === code.OPEN_PAREN) {
    state.at += 2;
    const value = nested(state, state.grammar.statements);
    readClose(state, code.CLOSE_PAREN);
    return { from, to: state.at, text: value === null ? null : joinItems(value, ' '), isVariable: false };
  }
  const variable = readVariable(state.text, from, state.end);
  if (variable === null) {
    state.at++;
    return null;
  }
  state.at = variable.to;
  const value = variable.name === '_' ? state.item : state.names.get(variable.name);
  const text = value === null || !state.fuel.take(lengthOf(value)) ? null : joinItems(value, ' ');
  return { from, to: state.at, text, isVariable: true };
}

/**
 * A reference in a string is everyday PowerShell; it is undone where it hides a word, that is where it touches
 * another word or reference.
 */
function expand(state: State, start: number, body: Body): Value | null {
  const { text, references } = body;
  if (references.length === 0) {
    return textValue(text);
  }
  const hiding = references.filter((reference, i) => hidesWord(state.text, references, reference, i));
  if (references.every((reference) => reference.text !== null)) {
    if (hiding.length === 0) {
      return textValue(text, 'variable');
    }
    const method = hiding.some((reference) => reference.isVariable) ? 'variable' : 'concatenation';
    return recordText(state, start, state.at, text, method);
  }
  for (const { from, to, text: known, isVariable } of hiding) {
    if (known !== null) {
      record(state, from, to, known.replace(/[`$"]/g, '`$&'), isVariable ? 'variable' : 'concatenation');
    }
  }
  return null;
}

function hidesWord(
  text: string,
  references: readonly Reference[],
  { from, to, isVariable }: Reference,
  i: number,
): boolean {
  return (
    !isVariable ||
    code.isNameCode(text.charCodeAt(from - 1)) ||
    code.isNameCode(text.charCodeAt(to)) ||
    references[i - 1]?.to === from ||
    references[i + 1]?.from === to
  );
}
