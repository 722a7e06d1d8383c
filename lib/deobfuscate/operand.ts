/** Operands: literals, variables, brackets, casts, and the members and indexes after them. */
import * as code from './characters.ts';
import { canBegin, readDash } from './dash.ts';
import {
  readHereString,
  readNumber,
  readSingleQuoted,
  readTypeName,
  readVariable,
  skipBlank,
} from './lexer.ts';
import { readMembers, readStaticMember } from './members.ts';
import { nested, readClose, recordText, type State } from './state.ts';
import { castValue } from './statics.ts';
import { itemsOf, numberValue, textValue, toText, type Value } from './value.ts';
import { readWord } from './words.ts';

/** Reads one operand; at least one character. */
export function operand(state: State): Value | null {
  const c = state.text.charCodeAt(state.at);
  state.variable = null;
  if (state.fuel.isUsedUp) {
    state.at = state.end;
    return null;
  }
  if (c === code.OPEN_BRACKET) {
    return readType(state);
  }
  if (code.isDash(c)) {
    return readDash(state);
  }
  if (c === code.COMMA) {
    return readLeadingComma(state);
  }
  const start = state.at;
  return readMembers(state, start, readPrimary(state));
}

function readPrimary(state: State): Value | null {
  const { text, at, end } = state;
  const c = text.charCodeAt(at);
  if (code.isSingleQuote(c)) {
    const { value, to } = readSingleQuoted(text, at, end);
    state.at = to;
    return value === null ? null : textValue(value);
  }
  if (code.isDoubleQuote(c)) {
    return state.grammar.expandable(state);
  }
  if (c === code.DOLLAR) {
    return readDollar(state);
  }
  if (c === code.OPEN_PAREN) {
    return readParentheses(state);
  }
  if (c === code.OPEN_BRACE) {
    state.at++;
    readBlock(state);
    return null;
  }
  if (c === code.AT) {
    return readAt(state);
  }
  const number = code.isDigit(c) ? readNumber(text, at, end) : null;
  if (number !== null) {
    state.at = number.to;
    return numberValue(number.number);
  }
  if (code.endsWord(c) && c !== code.BACKTICK) {
    state.at++;
    return null;
  }
  readBareWord(state);
  return null;
}

function readBareWord(state: State): void {
  const before = state.word;
  const word = readWord(state).toLowerCase();
  // The parentheses after `function name` are parameters, like those after `param`.
  state.word = before === 'function' || before === 'filter' ? 'param' : word;
}

function readDollar(state: State): Value | null {
  const start = state.at;
  if (state.text.charCodeAt(start + 1) === code.OPEN_PAREN) {
    state.at += 2;
    const value = nested(state, state.grammar.statements);
    readClose(state, code.CLOSE_PAREN);
    return value;
  }
  const variable = readVariable(state.text, start, state.end);
  if (variable === null) {
    state.at++;
    return null;
  }
  state.at = variable.to;
  state.variable = { name: variable.name, end: variable.to };
  if (variable.name === '_' || variable.name === 'psitem') {
    return state.item;
  }
  const value = state.names.get(variable.name);
  if (value === null) {
    return readWellKnown(state, variable.name);
  }
  return state.text.charCodeAt(state.at) === code.DOLLAR ? readAdjacent(state, start, value) : value;
}

/** A variable that PowerShell sets itself, where characters are picked from it: $PSHome[4]. */
function readWellKnown(state: State, name: string): Value | null {
  const text = state.names.wellKnown(name);
  const next = state.text.slice(state.at, state.at + '.ToString()['.length).toLowerCase();
  return text !== null && (next.startsWith('[') || next === '.tostring()[') ? textValue(text) : null;
}

/** Variables without a space between them are one argument: $a$b. */
function readAdjacent(state: State, start: number, first: Value): Value | null {
  const parts = [toText(first)];
  while (state.at < state.end && state.text.charCodeAt(state.at) === code.DOLLAR) {
    const variable = readVariable(state.text, state.at, state.end);
    if (variable === null) {
      break;
    }
    state.at = variable.to;
    parts.push(toText(state.names.get(variable.name)));
  }
  if (parts.length === 1) {
    return first;
  }
  state.variable = null;
  const texts = parts.filter((part) => part !== null);
  if (texts.length < parts.length || !state.fuel.take(texts.reduce((sum, part) => sum + part.length, 0))) {
    return null;
  }
  return recordText(state, start, state.at, texts.join(''), 'variable');
}

function readParentheses(state: State): Value | null {
  // Defaults of parameters hold only for calls that do not give them.
  const isParameters = state.word === 'param';
  state.at++;
  if (isParameters) {
    state.names.enterBlock();
  }
  const value = nested(state, state.grammar.statements);
  if (isParameters) {
    state.names.leaveBlock();
    state.word = '';
  }
  readClose(state, code.CLOSE_PAREN);
  return isParameters ? null : value;
}

/** Reads a block after its opening brace, with the closing one. */
export function readBlock(state: State): void {
  state.names.enterBlock();
  nested(state, (inner) => {
    const from = inner.at;
    inner.grammar.offer(inner, inner.grammar.statements(inner), from, inner.at);
    return null;
  });
  state.names.leaveBlock();
  readClose(state, code.CLOSE_BRACE);
}

function readAt(state: State): Value | null {
  const { text, at, end } = state;
  const next = text.charCodeAt(at + 1);
  if (code.isSingleQuote(next) || code.isDoubleQuote(next)) {
    const here = readHereString(text, at, end);
    if (here !== null && code.isSingleQuote(next)) {
      state.at = here.after;
      return textValue(text.slice(here.from, here.to));
    }
    if (here !== null) {
      return state.grammar.expandable(state);
    }
  }
  state.at++;
  if (next === code.OPEN_PAREN) {
    state.at++;
    const value = nested(state, state.grammar.statements);
    readClose(state, code.CLOSE_PAREN);
    const items = value === null ? null : itemsOf(value);
    return value?.kind === 'chars' ? value : items === null ? null : { kind: 'list', items };
  }
  return null;
}

function readLeadingComma(state: State): Value | null {
  while (state.at < state.end && state.text.charCodeAt(state.at) === code.COMMA) {
    state.at = skipBlank(state.text, state.at + 1, state.end, true);
  }
  const value = canBegin(state) ? nested(state, operand) : null;
  return value === null
    ? null
    : value.kind === 'text' || value.kind === 'number'
      ? { kind: 'list', items: [value] }
      : value;
}

function readType(state: State): Value | null {
  const start = state.at;
  const type = readTypeName(state.text, start, state.end);
  if (type === null) {
    state.at++;
    return null;
  }
  state.at = type.to;
  if (state.text.startsWith('::', state.at)) {
    return readMembers(state, start, readStaticMember(state, start, type.name));
  }
  state.at = skipBlank(state.text, state.at, state.end, false);
  if (!canBegin(state)) {
    state.at = type.to;
    return null;
  }
  const from = state.at;
  const value = nested(state, operand);
  const cast = value === null ? null : castValue(type.name, value, state.fuel);
  if (cast === null) {
    const give = type.name === 'scriptblock' ? state.grammar.run : state.grammar.offer;
    give(state, value, from, state.at);
  }
  if (cast?.kind === 'text' && cast.isMade && value?.kind !== 'text') {
    const method = value?.kind === 'chars' ? value.via : 'join';
    return recordText(state, start, state.at, cast.text, method);
  }
  return cast;
}
