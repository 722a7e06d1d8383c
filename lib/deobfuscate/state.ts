import type { Edits } from './edits.ts';
import { skipBlank } from './lexer.ts';
import { DEEPEST_NESTING, type Fuel } from './limits.ts';
import type { Names } from './names.ts';
import type { DecodingMethod } from './step.ts';
import { lengthOf, madeText, quote, type TextValue, type Value, writeValue } from './value.ts';

/** Where the reading of one text stands. */
export type State = {
  readonly text: string;
  at: number;
  /** Reading stops here. */
  end: number;
  depth: number;
  /** Null: only evaluate, change nothing (the body of a loop, once for each item). */
  readonly edits: Edits | null;
  readonly fuel: Fuel;
  readonly names: Names;
  readonly grammar: Grammar;
  /** What $_ is. */
  item: Value | null;
  /** Whether a comma makes a list here; between the arguments of a method it does not. */
  commas: boolean;
  /** The word, parameter (with a hyphen) or string read last, lower case: what the next operand is given to. */
  word: string;
  /** The variable read last, which `=` would assign. */
  variable: { readonly name: string; readonly end: number } | null;
};

/** What the parts of the grammar call on each other for; grammar.ts ties them. */
export type Grammar = {
  /** Statements up to an unmatched closing bracket, which is left standing. The value if it is just one. */
  readonly statements: (state: State) => Value | null;
  /** One expression; reads at least one token. */
  readonly expression: (state: State) => Value | null;
  /** One operand with its casts, members and indexes; reads at least one token. */
  readonly operand: (state: State) => Value | null;
  /** A string in double quotes, or what is left of it. */
  readonly expandable: (state: State) => Value | null;
  /** A constant that nothing combines further: it may be script text that decoding uncovered. */
  readonly offer: (state: State, value: Value | null, from: number, to: number) => void;
  /** A constant that is run as script text. */
  readonly run: (state: State, value: Value | null, from: number, to: number) => void;
};

/** Replaces text[from, to); false when bounds forbid it, and the caller then has no constant. */
export function record(
  state: State,
  from: number,
  to: number,
  after: string,
  method: DecodingMethod,
): boolean {
  return state.edits === null ? state.fuel.take(after.length) : state.edits.replace(from, to, after, method);
}

/** Puts the string `text` in the place of text[from, to), as `record` does, and gives its value. */
export function recordText(
  state: State,
  from: number,
  to: number,
  text: string,
  method: DecodingMethod,
): Value | null {
  const isAllowed = state.fuel.take(text.length) && record(state, from, to, quote(text), method);
  return isAllowed ? madeText(text) : null;
}

/** Runs `read` one level deeper; null, and nothing read, when that is too deep. */
export function nested(state: State, read: (state: State) => Value | null): Value | null {
  if (state.depth >= DEEPEST_NESTING) {
    return null;
  }
  state.depth++;
  const value = read(state);
  state.depth--;
  return value;
}

/** The bracket `close` if it stands here; a missing one is forgiven, as evidence may be cut. */
export function readClose(state: State, close: number): void {
  state.at = skipBlank(state.text, state.at, state.end, true);
  if (state.at < state.end && state.text.charCodeAt(state.at) === close) {
    state.at++;
  }
}

const WRITTEN_INDIRECTLY = ['variable', 'character codes'] as const;

/**
 * Steps for operands that are still written indirectly (a variable, a character code), before the operation on
 * them becomes a step of its own. `write` puts the operands together as the script does.
 */
export function recordOperands(
  state: State,
  from: number,
  to: number,
  operands: readonly Value[],
  write: (texts: string[]) => string,
): void {
  if (state.edits === null || !operands.every((operand) => state.fuel.take(lengthOf(operand)))) {
    return;
  }
  const undone = new Set<string>();
  for (const method of WRITTEN_INDIRECTLY) {
    if (operands.some((operand) => isVia(operand, method))) {
      undone.add(method);
      const texts = operands.map((operand) => writeValue(operand, (via) => undone.has(via)));
      state.edits.replace(from, to, write(texts), method);
    }
  }
}

function isVia(value: Value, method: TextValue['via']): boolean {
  return value.kind === 'list'
    ? value.items.some((item) => isVia(item, method))
    : value.kind === 'text' && value.via === method;
}
