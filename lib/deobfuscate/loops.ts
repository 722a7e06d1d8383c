import * as code from './characters.ts';
import { skipBlank } from './lexer.ts';
import { readBlock } from './operand.ts';
import type { State } from './state.ts';
import { itemsOf, lengthOf, textValue, type Value } from './value.ts';

const FOR_EACH = /^(?:%|foreach-object|foreach)\s{0,8}(?:-process\s{0,8})?\{/i;
const LONGEST_HEAD = 40;
/** Beside the length of the body, for each time that it is evaluated. */
const FUEL_PER_ITEM = 32;

/**
 * Reads `ForEach-Object { … }` when it stands here, and evaluates the block for each item of the input. Null
 * when something else stands here; its value is null when that is no constant.
 */
export function readForEach(state: State, input: Value | null): { readonly value: Value | null } | null {
  const head = FOR_EACH.exec(state.text.slice(state.at, state.at + LONGEST_HEAD))?.[0];
  if (head === undefined || state.at + head.length > state.end) {
    return null;
  }
  const from = state.at + head.length;
  state.at = from;
  const { item } = state;
  state.item = null;
  readBlock(state);
  state.item = item;
  const isClosed = state.text.charCodeAt(state.at - 1) === code.CLOSE_BRACE;
  const to = isClosed ? state.at - 1 : state.at;
  return { value: input === null ? null : evaluateEach(state, input, from, to) };
}

function evaluateEach(state: State, input: Value, from: number, to: number): Value | null {
  const items = state.fuel.take(lengthOf(input)) ? itemsOf(input) : null;
  if (items === null) {
    return null;
  }
  const results: Value[] = [];
  for (const item of items) {
    if (!state.fuel.take(to - from + FUEL_PER_ITEM)) {
      return null;
    }
    const inner: State = {
      ...state,
      at: skipBlank(state.text, from, to, true),
      end: to,
      edits: null,
      item,
      word: '',
    };
    state.names.enterBlock();
    const result = state.grammar.statements(inner);
    state.names.leaveBlock();
    if (result === null || inner.at < to) {
      return null;
    }
    results.push(result);
  }
  return asChars(results, input) ?? { kind: 'list', items: results };
}

/** Single characters are kept as such, with how they were written, so that joining them says it. */
function asChars(results: readonly Value[], input: Value): Value | null {
  const chars: string[] = [];
  let isCodes = false;
  for (const result of results) {
    if (result.kind !== 'text' || result.text.length !== 1) {
      return null;
    }
    isCodes ||= result.via === 'character codes';
    chars.push(result.text);
  }
  if (chars.length === 0) {
    return textValue('');
  }
  const text = chars.join('');
  const isSame = input.kind === 'chars' && input.text === text;
  const via = isSame ? input.via : isCodes ? 'character codes' : 'join';
  return { kind: 'chars', text, via };
}
