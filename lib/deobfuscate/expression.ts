/** Operators by their precedence. Source: about_Operator_Precedence. */
import * as code from './characters.ts';
import { readDashWord, readTypeName, skipBlank } from './lexer.ts';
import { MOST_ITEMS } from './limits.ts';
import { calculate, formatText, rangeOf, replacePattern, splitPattern } from './operators.ts';
import { type record, recordOperands, recordText, type State } from './state.ts';
import { castValue, joined } from './statics.ts';
import { Sum } from './sum.ts';
import { itemsOf, toText, type Value } from './value.ts';

/** -join, -split, -replace and the bitwise operators: the loosest that make text. */
export function expression(state: State): Value | null {
  const from = state.at;
  let value = readSum(state);
  for (;;) {
    const operator = nextDashOperator(state, isComparison);
    if (operator === null) {
      return value;
    }
    if (operator === 'as') {
      const type = readTypeName(state.text, state.at, state.end);
      state.at = type?.to ?? state.at;
      value = type === null || value === null ? null : castValue(type.name, value, state.fuel);
      continue;
    }
    const rightFrom = state.at;
    const right = atEnd(state) ? null : readSum(state);
    if (value === null || right === null) {
      state.grammar.offer(state, value, from, rightFrom);
      value = null;
    } else {
      value = compare(state, from, value, operator, right);
    }
  }
}

const COMPARISONS = new Set(
  ['join', 'split', 'csplit', 'isplit', 'replace', 'creplace', 'ireplace', 'as'].concat([
    'bxor',
    'band',
    'bor',
    'shl',
    'shr',
  ]),
);

function isComparison(word: string): boolean {
  return COMPARISONS.has(word);
}

function compare(state: State, from: number, left: Value, operator: string, right: Value): Value | null {
  const isCased = operator.startsWith('c');
  const text = toText(left);
  if (operator.endsWith('split')) {
    return splitPattern(left, right, isCased, state.fuel);
  }
  if (operator === 'join') {
    const separator = toText(right);
    const outcome = separator === null ? null : joined(left, separator, state.fuel);
    return outcome?.method == null
      ? null
      : settle(state, from, [left, right], '-join', toText(outcome.value), outcome.method);
  }
  if (operator.endsWith('replace')) {
    const replaced = text === null ? null : replacePattern(text, right, isCased, state.fuel);
    return settle(state, from, [left, right], `-${operator}`, replaced, 'replacement');
  }
  return calculate(operator, left, right);
}

/** The step of a binary operator, after those of its operands. */
function settle(
  state: State,
  from: number,
  operands: readonly Value[],
  operator: string,
  text: string | null,
  method: Parameters<typeof record>[4],
): Value | null {
  if (text === null) {
    return null;
  }
  recordOperands(state, from, state.at, operands, (texts) => texts.join(` ${operator} `));
  return recordText(state, from, state.at, text, method);
}

function readSum(state: State): Value | null {
  const from = state.at;
  const first = readProduct(state);
  let operator = nextSumOperator(state);
  if (operator === null) {
    return first;
  }
  const sum = new Sum(state, from, first);
  while (operator !== null) {
    const start = state.at;
    const value = atEnd(state) ? null : readProduct(state);
    sum.add(operator, value, start);
    operator = nextSumOperator(state);
  }
  return sum.finish();
}

function readProduct(state: State): Value | null {
  let value = readFormat(state);
  for (;;) {
    // Only after a number: after anything else these begin a word (/c, *.ps1) or are the alias of ForEach-Object.
    const at = value?.kind === 'number' ? skipBlank(state.text, state.at, state.end, false) : state.end;
    const c = at < state.end ? state.text.charCodeAt(at) : 0;
    if (value === null || (c !== code.STAR && c !== code.SLASH && c !== code.PERCENT)) {
      return value;
    }
    state.at = skipBlank(state.text, at + 1, state.end, true);
    const right = atEnd(state) ? null : readFormat(state);
    value = right === null ? null : calculate(String.fromCharCode(c), value, right);
  }
}

function readFormat(state: State): Value | null {
  const from = state.at;
  let value = readRange(state);
  while (nextDashOperator(state, isFormat) !== null) {
    const right = atEnd(state) ? null : readRange(state);
    const template = toText(value);
    const args = right === null ? null : itemsOf(right);
    if (value === null || right === null || template === null || args === null) {
      state.grammar.offer(state, value, from, state.at);
      value = null;
    } else {
      value = settle(state, from, [value, right], '-f', formatText(template, args, state.fuel), 'format');
    }
  }
  return value;
}

function isFormat(word: string): boolean {
  return word === 'f';
}

function readRange(state: State): Value | null {
  let value = readList(state);
  while (value?.kind === 'number' || value?.kind === 'text') {
    const at = skipBlank(state.text, state.at, state.end, false);
    if (at >= state.end || !state.text.startsWith('..', at)) {
      break;
    }
    state.at = skipBlank(state.text, at + 2, state.end, true);
    const last = atEnd(state) ? null : readList(state);
    value =
      value.kind === 'number' && last?.kind === 'number'
        ? rangeOf(value.number, last.number, state.fuel)
        : null;
  }
  return value;
}

function readList(state: State): Value | null {
  const first = state.grammar.operand(state);
  if (!state.commas || !nextIsComma(state)) {
    return first;
  }
  const items: Value[] = [];
  let isKnown = first !== null;
  if (first !== null) {
    items.push(first);
  }
  while (nextIsComma(state)) {
    state.at = skipBlank(state.text, skipBlank(state.text, state.at, state.end, false) + 1, state.end, true);
    const from = state.at;
    const item = atEnd(state) ? null : state.grammar.operand(state);
    isKnown &&= item !== null && items.length < MOST_ITEMS;
    if (isKnown && item !== null) {
      items.push(item);
    } else {
      state.grammar.offer(state, item, from, state.at);
    }
  }
  state.variable = null;
  return isKnown ? { kind: 'list', items } : null;
}

function nextIsComma(state: State): boolean {
  const at = skipBlank(state.text, state.at, state.end, false);
  return at < state.end && state.text.charCodeAt(at) === code.COMMA;
}

/** Reads the operator and the blanks after it; null, and nothing read, when none of the wanted ones is next. */
function nextDashOperator(state: State, isWanted: (word: string) => boolean): string | null {
  const at = skipBlank(state.text, state.at, state.end, false);
  if (at >= state.end || !code.isDash(state.text.charCodeAt(at))) {
    return null;
  }
  const word = readDashWord(state.text, at, state.end);
  if (!isWanted(word)) {
    return null;
  }
  // -f at the end of a line is -Force.
  state.at = skipBlank(state.text, at + 1 + word.length, state.end, word !== 'f');
  state.variable = null;
  return word;
}

/** + or -, not ++, +=, -word. */
function nextSumOperator(state: State): string | null {
  const at = skipBlank(state.text, state.at, state.end, false);
  const c = at < state.end ? state.text.charCodeAt(at) : 0;
  const next = state.text.charCodeAt(at + 1);
  const isSum =
    c === code.PLUS ? next !== code.PLUS : code.isDash(c) && !code.isDash(next) && !code.isLetter(next);
  if (!isSum || next === code.EQUALS || next === code.BACKTICK) {
    return null;
  }
  state.at = skipBlank(state.text, at + 1, state.end, true);
  state.variable = null;
  return c === code.PLUS ? '+' : '-';
}

/** True where an operand is missing: at a closing bracket, a separator or the end. */
function atEnd(state: State): boolean {
  if (state.at >= state.end) {
    return true;
  }
  const c = state.text.charCodeAt(state.at);
  return code.isCloser(c) || code.isNewline(c) || c === code.SEMICOLON || c === code.PIPE;
}
