/** Statements, pipelines and assignments, and what commands are given. */
import { decodeCommand, isBase64Code } from './base64.ts';
import * as code from './characters.ts';
import { isEncodedCommand, runsItsArgument } from './command-words.ts';
import { lineEnd, skipBlank } from './lexer.ts';
import { readForEach } from './loops.ts';
import { nested, record, type State } from './state.ts';
import { textValue, toText, type Value, viaVariable } from './value.ts';

/** Reads statements up to a closing bracket; the value if there is one statement and it is a constant. */
export function statements(state: State): Value | null {
  const { commas } = state;
  state.commas = true;
  let value: Value | null = null;
  let from = state.at;
  let to = from;
  let count = 0;
  while (skipSeparators(state)) {
    if (count > 0) {
      state.grammar.offer(state, value, from, to);
    }
    from = state.at;
    value = pipeline(state);
    to = state.at;
    count++;
  }
  state.commas = commas;
  if (count > 1) {
    state.grammar.offer(state, value, from, to);
  }
  return count === 1 ? value : null;
}

/** False at the end of the statements. */
function skipSeparators(state: State): boolean {
  const { text, end } = state;
  state.at = skipBlank(text, state.at, end, true);
  while (state.at < end && text.charCodeAt(state.at) === code.SEMICOLON) {
    state.at = skipBlank(text, state.at + 1, end, true);
  }
  return state.at < end && !code.isCloser(text.charCodeAt(state.at));
}

function pipeline(state: State): Value | null {
  const { text, end } = state;
  let from = state.at;
  let value = stage(state);
  while (state.at < end && text.charCodeAt(state.at) === code.PIPE) {
    const to = state.at;
    state.at = skipBlank(text, state.at + 1, end, true);
    const looped = readForEach(state, value);
    if (looped !== null) {
      value = looped.value;
      state.at = skipBlank(text, state.at, end, false);
      continue;
    }
    const give = runsItsArgument(nextCommand(text, state.at)) ? state.grammar.run : state.grammar.offer;
    give(state, value, from, to);
    from = state.at;
    value = null;
    stage(state, true);
  }
  return value;
}

/** The command that stands at `at`, also when it is written as &('iex'). */
function nextCommand(text: string, at: number): string {
  const match = /^[&.('" ]{0,8}([A-Za-z-]{1,24})/.exec(text.slice(at, at + 32));
  return match?.[1]?.toLowerCase() ?? '';
}

/** Reads one command, or one expression and gives its value (not when it is `piped` into: that is a command). */
function stage(state: State, piped = false): Value | null {
  const { text, end } = state;
  state.word = '';
  let value: Value | null = null;
  let from = state.at;
  let to = from;
  let before = '';
  let count = piped ? 1 : 0;
  for (;;) {
    state.at = skipBlank(text, state.at, end, false);
    if (state.at < end && text.charCodeAt(state.at) === code.HASH) {
      state.at = lineEnd(text, state.at, end);
    }
    if (state.at >= end || endsStage(text.charCodeAt(state.at))) {
      break;
    }
    if (count > 0) {
      give(state, before, value, from, to);
    }
    before = state.word;
    from = state.at;
    value = readElement(state);
    to = state.at;
    count++;
    if (value?.kind === 'text') {
      state.word = value.text.slice(0, LONGEST_COMMAND).toLowerCase();
    }
  }
  if (count === 1 && !piped) {
    return value;
  }
  give(state, before, value, from, to);
  return null;
}

const LONGEST_COMMAND = 24;

function endsStage(c: number): boolean {
  return code.isNewline(c) || c === code.SEMICOLON || c === code.PIPE || code.isCloser(c);
}

function readElement(state: State): Value | null {
  if (isEncodedCommand(state.word) && readEncodedWord(state)) {
    return null;
  }
  const value = state.grammar.expression(state);
  return assign(state) ? null : value;
}

const SHORTEST_ENCODED = 8;

/** The word after -EncodedCommand: its script text takes its place. */
function readEncodedWord(state: State): boolean {
  const { text, at, end } = state;
  let to = at;
  while (to < end && isBase64Code(text.charCodeAt(to))) {
    to++;
  }
  const isWord = to - at >= SHORTEST_ENCODED && (to === end || code.endsWord(text.charCodeAt(to)));
  const decoded = isWord ? decodeCommand(text.slice(at, to), state.fuel) : null;
  if (decoded === null || !record(state, at, to, decoded, 'base64')) {
    return false;
  }
  state.at = to;
  state.word = '';
  return true;
}

/** What the word before makes of a value: script text, Base64 of script text, or nothing special. */
function give(state: State, before: string, value: Value | null, from: number, to: number): void {
  if (value === null || value.kind !== 'text') {
    return;
  }
  const decoded = isEncodedCommand(before) ? decodeCommand(value.text, state.fuel) : null;
  if (decoded !== null) {
    record(state, from, to, decoded, 'base64');
  } else if (runsItsArgument(before)) {
    state.grammar.run(state, value, from, to);
  } else {
    state.grammar.offer(state, value, from, to);
  }
}

/** Follows an assignment to the variable that was just read; true when its right side was read as well. */
function assign(state: State): boolean {
  const { text, end, variable } = state;
  if (variable === null || variable.end !== state.at) {
    return false;
  }
  const at = skipBlank(text, state.at, end, false);
  const operator = at < end ? readAssignment(text, at) : '';
  if (operator === '') {
    return false;
  }
  if (operator !== '=' && operator !== '+=') {
    state.names.set(variable.name, null);
    return false;
  }
  state.at = skipBlank(text, at + operator.length, end, true);
  const from = state.at;
  const right = nested(state, pipeline);
  state.names.set(
    variable.name,
    operator === '=' ? held(right) : held(appended(state, variable.name, right)),
  );
  state.grammar.offer(state, right, from, state.at);
  state.variable = null;
  return true;
}

function readAssignment(text: string, at: number): string {
  const two = text.slice(at, at + 2);
  if (two === '++' || two === '--' || two === '-=' || two === '*=' || two === '/=' || two === '+=') {
    return two;
  }
  if (two.startsWith('=')) {
    return two === '==' ? '' : '=';
  }
  return two.toLowerCase() === 'in' && !code.isNameCode(text.charCodeAt(at + 2)) ? 'in' : '';
}

function held(value: Value | null): Value | null {
  return value === null ? null : viaVariable(value);
}

function appended(state: State, name: string, right: Value | null): Value | null {
  const left = state.names.get(name);
  const added = toText(right);
  if (left?.kind !== 'text' || added === null || !state.fuel.take(added.length)) {
    return null;
  }
  return textValue(left.text + added);
}
