/** Operands that begin with a dash: -join, -split, negative numbers, and the parameters of commands. */
import * as code from './characters.ts';
import { readDashWord, skipBlank } from './lexer.ts';
import { splitPattern } from './operators.ts';
import { nested, recordOperands, recordText, type State } from './state.ts';
import { joined } from './statics.ts';
import { numberValue, textValue, toNumber, toText, type Value } from './value.ts';
import { readWord } from './words.ts';

export function readDash(state: State): Value | null {
  const { text, at, end } = state;
  const word = readDashWord(text, at, end);
  if (word === 'join' || word === 'split' || word === 'csplit' || word === 'isplit') {
    return readUnary(state, word);
  }
  const next = text.charCodeAt(at + 1);
  if (word !== '' || next === code.BACKTICK) {
    state.word = `-${readWord(state).slice(1).toLowerCase()}`;
    return null;
  }
  state.at++;
  const isMinus =
    code.isDigit(next) ||
    next === code.OPEN_PAREN ||
    next === code.DOLLAR ||
    code.isDoubleQuote(next) ||
    code.isSingleQuote(next);
  const value = isMinus ? toNumber(nested(state, state.grammar.operand)) : null;
  return value === null ? null : numberValue(-value);
}

function readUnary(state: State, word: string): Value | null {
  const start = state.at;
  state.at = skipBlank(state.text, start + 1 + word.length, state.end, true);
  const value = canBegin(state) ? nested(state, state.grammar.operand) : null;
  if (value === null) {
    return null;
  }
  if (word !== 'join') {
    const text = toText(value);
    return text === null || !state.fuel.take(text.length)
      ? null
      : splitPattern(textValue(text.trim()), textValue('\\s'), true, state.fuel);
  }
  const outcome = joined(value, '', state.fuel);
  const text = toText(outcome?.value);
  if (outcome === null || outcome.method === null || text === null) {
    return null;
  }
  recordOperands(state, start, state.at, [value], ([list]) => `-join (${list ?? ''})`);
  return recordText(state, start, state.at, text, outcome.method);
}

/** False where no operand stands, such as at the end of a statement. */
export function canBegin(state: State): boolean {
  if (state.at >= state.end) {
    return false;
  }
  const c = state.text.charCodeAt(state.at);
  return !(
    code.isNewline(c) ||
    c === code.CLOSE_PAREN ||
    c === code.CLOSE_BRACE ||
    c === code.CLOSE_BRACKET ||
    c === code.COMMA ||
    c === code.SEMICOLON ||
    c === code.PIPE ||
    c === code.EQUALS ||
    c === code.HASH
  );
}
