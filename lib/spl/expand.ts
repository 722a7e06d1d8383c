/**
 * Macros, as macros.conf has them: a call between backticks is replaced by the text of the definition, with the
 * arguments put in as text, before the search is read. Definitions may call macros.
 */
import { quoteForMessage, suggest } from './nearest.ts';
import { type MacroDefinition, SplError } from './types.ts';

const MAX_DEPTH = 20;
/** Against definitions that call each other twice and more, and come to nothing. */
const MAX_CALLS = 10_000;
/** Against definitions that double themselves. Longer than any search that a person writes. */
export const MAX_TEXT_LENGTH = 300_000;

/** A piece of the expanded text and where it came from: copied as it stood, or put in place of a call. */
type Piece = {
  readonly expandedFrom: number;
  readonly from: number;
  readonly to: number;
  readonly isMacro: boolean;
};

type Expansion = {
  readonly text: string;
  /** Brings a position in the expanded text back to the text as given; inside a macro: to the whole call. */
  originOf(from: number, to: number): { readonly from: number; readonly to: number };
};

type Call = { readonly from: number; readonly to: number };

/** The macro calls of a text. Calls in quoted strings and in ```comments``` are text. */
function findCalls(text: string, report: (message: string, from: number, to: number) => never): Call[] {
  const calls: Call[] = [];
  let index = 0;
  let isQuoted = false;
  while (index < text.length) {
    const char = text[index];
    const next = text[index + 1];
    if (char === '\\') index += isQuoted || next === '"' || next === '|' || next === '\\' ? 2 : 1;
    else if (char === '"') {
      isQuoted = !isQuoted;
      index++;
    } else if (char === '`' && !isQuoted) {
      const isComment = text.startsWith('```', index);
      const end = isComment ? text.indexOf('```', index + 3) : text.indexOf('`', index + 1);
      if (end < 0) {
        const what = isComment
          ? 'This comment is not closed: add ```.'
          : 'This macro call is not closed: add `.';
        report(what, index, text.length);
      }
      if (!isComment) calls.push({ from: index, to: end + 1 });
      index = end + (isComment ? 3 : 1);
    } else index++;
  }
  return calls;
}

/** Splits at commas that are not inside quotes or parentheses; quotes around an argument are taken off. */
function splitArguments(text: string): string[] {
  const args: string[] = [];
  let start = 0;
  let depth = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (char === '\\') index++;
    else if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === ',' && depth <= 0) {
      args.push(text.slice(start, index));
      start = index + 1;
    }
  }
  args.push(text.slice(start));
  return args.map((arg) => {
    const trimmed = arg.trim();
    return trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"')
      ? trimmed.slice(1, -1)
      : trimmed;
  });
}

function substitute(definition: MacroDefinition, args: readonly string[]): string {
  const parts = definition.definition.split('$');
  // parts[0] $ parts[1] $ parts[2] …: a part between two dollars may be the name of an argument.
  let text = parts[0] ?? '';
  for (let index = 1; index < parts.length; index++) {
    const part = parts[index] ?? '';
    const position = index + 1 < parts.length ? definition.args.indexOf(part) : -1;
    if (position < 0) text += `$${part}`;
    else {
      text += (args[position] ?? '') + (parts[index + 1] ?? '');
      index++;
    }
  }
  return text;
}

function describeUnknown(name: string, count: number, macros: ReadonlyMap<string, MacroDefinition>): string {
  const namesakes = [...macros.values()].filter((macro) => macro.name === name);
  if (namesakes.length > 0) {
    const counts = namesakes.map((macro) => macro.args.length).join(' or ');
    return `The macro ${quoteForMessage(name)} takes ${counts} argument(s), not ${count}.`;
  }
  const known = [...macros.values()].map((macro) => macro.name);
  return `There is no macro ${quoteForMessage(name)}.${suggest(name, known) || ' Define it, or write its text here.'}`;
}

/** Replaces all macro calls. Throws SplError for unknown macros, wrong arguments and endless recursion. */
export function expandMacros(text: string, macros: ReadonlyMap<string, MacroDefinition>): Expansion {
  const pieces: Piece[] = [];
  let callCount = 0;

  const expandCall = (inner: string, call: Call, depth: number): string => {
    const fail = (message: string): never => {
      throw new SplError(message, call.from, call.to);
    };
    const open = inner.indexOf('(');
    const name = (open < 0 ? inner : inner.slice(0, open)).trim();
    if (open >= 0 && !inner.trimEnd().endsWith(')')) {
      fail(
        `The arguments of the macro ${quoteForMessage(name)} are not closed: add ")" before the backtick.`,
      );
    }
    const argumentText = open < 0 ? '' : inner.slice(open + 1, inner.lastIndexOf(')'));
    const args = argumentText.trim() === '' ? [] : splitArguments(argumentText);
    const definition = macros.get(args.length === 0 ? name : `${name}(${args.length})`);
    if (definition === undefined) return fail(describeUnknown(name, args.length, macros));
    callCount++;
    if (callCount > MAX_CALLS)
      fail(`The macro ${quoteForMessage(name)} needs more than ${MAX_CALLS} macro calls.`);
    if (depth >= MAX_DEPTH) {
      fail(
        `Macros call each other more than ${MAX_DEPTH} deep, last ${quoteForMessage(name)}. Does one call itself?`,
      );
    }
    const body = substitute(definition, args);
    const result = replaceCalls(body, depth + 1, call);
    if (result.length > MAX_TEXT_LENGTH) fail(`The macro ${quoteForMessage(name)} grows too long.`);
    return result;
  };

  /** `outer` is the call in the given text that this text came from; null for the given text itself. */
  const replaceCalls = (source: string, depth: number, outer: Call | null): string => {
    let result = '';
    let end = 0;
    const report = (message: string, from: number, to: number): never => {
      throw new SplError(message, outer?.from ?? from, outer?.to ?? to);
    };
    const copy = (to: number): void => {
      if (outer === null) pieces.push({ expandedFrom: result.length, from: end, to, isMacro: false });
      result += source.slice(end, to);
    };
    for (const call of findCalls(source, report)) {
      copy(call.from);
      if (outer === null) pieces.push({ expandedFrom: result.length, ...call, isMacro: true });
      result += expandCall(source.slice(call.from + 1, call.to - 1), outer ?? call, depth);
      if (result.length > MAX_TEXT_LENGTH)
        report('The search is too long after macro expansion.', call.from, call.to);
      end = call.to;
    }
    copy(source.length);
    return result;
  };

  if (text.length > MAX_TEXT_LENGTH) {
    throw new SplError(`A search may be ${MAX_TEXT_LENGTH} characters long.`, MAX_TEXT_LENGTH, text.length);
  }
  const expanded = replaceCalls(text, 0, null);
  const pieceAt = (position: number): Piece | undefined =>
    pieces.findLast((piece) => piece.expandedFrom <= position);
  return {
    text: expanded,
    originOf(from, to) {
      const first = pieceAt(from);
      const last = pieceAt(Math.max(from, to - 1));
      const start =
        first === undefined ? 0 : first.isMacro ? first.from : first.from + from - first.expandedFrom;
      const stop = last === undefined ? start : last.isMacro ? last.to : last.from + to - last.expandedFrom;
      return { from: start, to: Math.max(start, Math.min(stop, text.length)) };
    },
  };
}
