/** What follows an operand without a space: .member, .method(…), [index]; and the members of types. */
import * as code from './characters.ts';
import { skipBlank } from './lexer.ts';
import { readMemberName } from './member-name.ts';
import { callMethod, type Outcome, readProperty } from './methods.ts';
import { pickChars } from './operators.ts';
import { nested, readClose, recordText, type State } from './state.ts';
import { callStatic, readStatic, reverseChars, runsScript } from './statics.ts';
import { lengthOf, textValue, toText, type Value } from './value.ts';

/** An argument with its place; null where it is not constant. */
type Argument = { readonly value: Value | null; readonly from: number; readonly to: number };

const MOST_ARGUMENTS = 65_536;

/** Reads the members and indexes after the operand that begins at `start` and means `target`. */
export function readMembers(state: State, start: number, target: Value | null): Value | null {
  const { text } = state;
  let value = target;
  while (state.at < state.end) {
    const c = text.charCodeAt(state.at);
    if (c === code.DOT && canBeMember(text.charCodeAt(state.at + 1))) {
      value = readMember(state, start, value);
    } else if (c === code.COLON && text.startsWith('::', state.at)) {
      state.at++;
      value = readMember(state, start, null);
    } else if (c === code.OPEN_BRACKET) {
      value = readIndex(state, value);
    } else {
      break;
    }
    state.variable = null;
  }
  return value;
}

function canBeMember(c: number): boolean {
  return (
    code.isLetter(c) ||
    c === code.BACKTICK ||
    c === code.OPEN_PAREN ||
    code.isSingleQuote(c) ||
    code.isDoubleQuote(c) ||
    c === code.DOLLAR
  );
}

function readMember(state: State, start: number, target: Value | null): Value | null {
  const name = readMemberName(state);
  if (state.at >= state.end || state.text.charCodeAt(state.at) !== code.OPEN_PAREN) {
    return readProperty(target, name);
  }
  const args = readArguments(state);
  const values = knownValues(args);
  const outcome = values === null ? null : callMethod(target, name, values, state.fuel);
  if (outcome !== null) {
    return settle(state, start, outcome);
  }
  if (name === 'invokescript' || name === 'newscriptblock' || name === 'addscript') {
    giveTo(state, args, state.grammar.run);
  } else {
    giveTo(state, args, state.grammar.offer);
  }
  return null;
}

/** Reads `::name` or `::name(…)` after a type; `start` is where its bracket opened. */
export function readStaticMember(state: State, start: number, type: string): Value | null {
  state.at++;
  const name = readMemberName(state);
  if (state.at >= state.end || state.text.charCodeAt(state.at) !== code.OPEN_PAREN) {
    return readStatic(type, name);
  }
  const args = readArguments(state);
  if (type === 'array' && name === 'reverse') {
    reverseVariable(state);
    return null;
  }
  const values = knownValues(args);
  const room = state.edits?.room ?? 0;
  const outcome = values === null ? null : callStatic(type, name, values, room, state.fuel);
  if (outcome !== null) {
    return settle(state, start, outcome);
  }
  giveTo(state, args, runsScript(type, name) ? state.grammar.run : state.grammar.offer);
  return null;
}

/** [array]::Reverse($name) changes the variable itself. */
function reverseVariable(state: State): void {
  const name = state.variable?.name;
  const value = name === undefined ? null : state.names.get(name);
  if (name !== undefined && value !== null && state.fuel.take(lengthOf(value))) {
    const isChars = value.kind === 'chars';
    const items = value.kind === 'list' ? value.items.toReversed() : [];
    state.names.set(name, isChars ? reverseChars(value, state.fuel) : { kind: 'list', items });
  }
}

function readArguments(state: State): Argument[] {
  const { text, end } = state;
  const args: Argument[] = [];
  const { commas } = state;
  state.commas = false;
  state.at++;
  nested(state, () => {
    for (;;) {
      state.at = skipBlank(text, state.at, end, true);
      if (state.at >= end || text.charCodeAt(state.at) === code.CLOSE_PAREN) {
        return null;
      }
      if (text.charCodeAt(state.at) === code.COMMA) {
        state.at++;
        continue;
      }
      const from = state.at;
      const value = state.grammar.expression(state);
      const arg = { value, from, to: state.at };
      if (args.length < MOST_ARGUMENTS) {
        args.push(arg);
      } else {
        args[0] = { ...arg, value: null };
      }
    }
  });
  state.commas = commas;
  readClose(state, code.CLOSE_PAREN);
  return args;
}

function knownValues(args: readonly Argument[]): Value[] | null {
  const values: Value[] = [];
  for (const { value } of args) {
    if (value === null) {
      return null;
    }
    values.push(value);
  }
  return values;
}

function giveTo(state: State, args: readonly Argument[], give: State['grammar']['offer']): void {
  for (const { value, from, to } of args) {
    give(state, value, from, to);
  }
}

function settle(state: State, start: number, outcome: Outcome): Value | null {
  const text = toText(outcome.value);
  return outcome.method === null || text === null
    ? outcome.value
    : recordText(state, start, state.at, text, outcome.method);
}

function readIndex(state: State, target: Value | null): Value | null {
  state.at = skipBlank(state.text, state.at + 1, state.end, true);
  const { commas } = state;
  state.commas = true;
  const isEmpty = state.at >= state.end || state.text.charCodeAt(state.at) === code.CLOSE_BRACKET;
  const index = isEmpty ? null : nested(state, state.grammar.expression);
  state.commas = commas;
  readClose(state, code.CLOSE_BRACKET);
  if (target === null || index === null) {
    return null;
  }
  if (target.kind === 'text' || target.kind === 'chars') {
    const picked = pickChars(target.text, index, state.fuel);
    if (picked === null) {
      return null;
    }
    return index.kind === 'list'
      ? { kind: 'chars', text: picked.picked, via: picked.isReversal ? 'reversal' : 'index' }
      : textValue(picked.picked);
  }
  const isList = target.kind === 'list' && state.fuel.take(lengthOf(index));
  return isList ? pickItems(target.items, index) : null;
}

function pickItems(items: readonly Value[], index: Value): Value | null {
  const pick = (item: Value) => (item.kind === 'number' ? (items.at(item.number) ?? null) : null);
  if (index.kind !== 'list') {
    return pick(index);
  }
  return { kind: 'list', items: index.items.map(pick).filter((item) => item !== null) };
}
