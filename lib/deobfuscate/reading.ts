/** One reading of a text: first as a cmd command line, where it is one, then as PowerShell. */
import * as code from './characters.ts';
import { undoCommandLines } from './command-line.ts';
import { hasEncodedCommand } from './command-words.ts';
import { Edits } from './edits.ts';
import { expression } from './expression.ts';
import type { Fuel } from './limits.ts';
import { mayBeObfuscated } from './marks.ts';
import { Names } from './names.ts';
import { operand } from './operand.ts';
import { expandable } from './quoted.ts';
import { type Grammar, record, type State } from './state.ts';
import { statements } from './statements.ts';
import type { DecodingStep } from './step.ts';
import type { TextValue, Value } from './value.ts';

const parts = { statements, expression, operand, expandable };

/** Decides nothing about script text in strings: used to see whether a text holds anything to undo. */
const TRIAL: Grammar = { ...parts, offer: () => {}, run: () => {} };

const FULL: Grammar = { ...parts, offer, run };

/** Undoes what one reading finds and adds its steps; null when that is nothing. */
export function readOnce(text: string, longest: number, fuel: Fuel, steps: DecodingStep[]): string | null {
  const lines = new Edits(text, longest, fuel, steps);
  undoCommandLines(text, lines, (content) => isObfuscated(content, fuel));
  const unwrapped = lines.count > 0 ? lines.result() : text;
  const edits = new Edits(unwrapped, longest, fuel, steps);
  readScript(unwrapped, edits, fuel, FULL);
  return edits.count > 0 ? edits.result() : lines.count > 0 ? unwrapped : null;
}

function readScript(text: string, edits: Edits, fuel: Fuel, grammar: Grammar): void {
  const state: State = {
    text,
    at: 0,
    end: text.length,
    depth: 0,
    edits,
    fuel,
    names: new Names(text),
    grammar,
    item: null,
    commas: true,
    word: '',
    variable: null,
  };
  while (state.at < state.end) {
    const from = state.at;
    const value = statements(state);
    grammar.offer(state, value, from, state.at);
    // A closing bracket that nothing opened: evidence may begin in the middle.
    state.at++;
  }
}

/** Quotes in quotes in quotes: so many are looked into to see whether the outermost are worth unwrapping. */
const DEEPEST_QUOTES = 4;

/** Beside the length of the text, for the trial itself. */
const FUEL_PER_TRIAL = 60;

/** Whether reading this text would undo anything. */
function isObfuscated(text: string, fuel: Fuel, depth = 0): boolean {
  if (depth > DEEPEST_QUOTES || !fuel.take(text.length) || !mayBeObfuscated(text)) {
    return false;
  }
  if (!fuel.take(FUEL_PER_TRIAL)) {
    return false;
  }
  const edits = new Edits(text, Number.POSITIVE_INFINITY, fuel, []);
  undoCommandLines(text, edits, (content) => isObfuscated(content, fuel, depth + 1));
  if (edits.count === 0) {
    readScript(text, edits, fuel, TRIAL);
  }
  return edits.count > 0;
}

function offer(state: State, value: Value | null, from: number, to: number): void {
  if (value?.kind !== 'text' || state.edits === null) {
    return;
  }
  if (value.isMade) {
    run(state, value, from, to);
  } else if (isCheap(state, value) && hasEncodedCommand(value.text)) {
    recordScript(state, value.text, from, to);
  }
}

/** A string is looked through where it is written; one from a variable is so each time that it is used. */
function isCheap(state: State, value: TextValue): boolean {
  return value.via === null || state.fuel.take(value.text.length);
}

function run(state: State, value: Value | null, from: number, to: number): void {
  if (value?.kind === 'text' && state.edits !== null && isObfuscated(value.text, state.fuel)) {
    recordScript(state, value.text, from, to);
  }
}

/** A string of script text becomes a block, which the next reading reads. */
function recordScript(state: State, text: string, from: number, to: number): void {
  let end = to;
  while (end > from && code.isSpace(state.text.charCodeAt(end - 1))) {
    end--;
  }
  record(state, from, end, `{${text}}`, 'script text');
}
