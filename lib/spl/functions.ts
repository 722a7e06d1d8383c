/** The functions of `where` and `eval`: one entry each. Null in gives null out, unless the function is about null. */
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { FieldValue } from '#lib/events/event.ts';
import type { Expression } from './ast.ts';
import { parseNetwork } from './cidr.ts';
import { Pattern } from './pattern.ts';
import { explainRegexError, likeToRegex, matchesRegex, replaceRegex } from './regex.ts';
import { addRelativeTime } from './relative-time.ts';
import { readPath } from './structured.ts';
import { formatTime } from './time-format.ts';
import { parseTime } from './time-parse.ts';
import {
  compareNumbers,
  compareText,
  fieldValueOf,
  type Scalar,
  scalarsOf,
  secondsToTicks,
  ticksToSeconds,
  toNumber,
  toText,
} from './value.ts';

/** What an expression can come to. */
export type Value = FieldValue | boolean;

/** What an expression may know of the run it is part of. */
export type RunContext = { readonly nowMs: number; readonly timeZone: string };

/** For what looks at no clock and no zone, such as selecting events. */
export const NO_RUN: RunContext = { nowMs: 0, timeZone: 'UTC' };

/** An argument, not yet computed: if() and its like leave some of them alone. */
type Lazy = () => Value;

/** Whether a function gives a truth value, a field value, or what its arguments give. */
export type Kind = 'boolean' | 'value' | 'any';

type FunctionDefinition = {
  readonly minArgs: number;
  readonly maxArgs: number;
  readonly kind: Kind;
  /** True when the result depends on the run (clock, time zone): such an expression is not part of selecting events. */
  readonly usesRun?: true;
  /** Called once at compile time; returns what is wrong with the arguments, or null. */
  readonly check?: (args: readonly Expression[]) => string | null;
  readonly call: (args: readonly Lazy[], context: RunContext) => Value;
};

/** Texts that an expression makes may be this long; beyond, they are cut to null so that memory stays bounded. */
const MAX_MADE_LENGTH = 16_000_000;

const many = Number.POSITIVE_INFINITY;

/** The text of a value as eval prints it; null for null. */
export function textOf(value: Value | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'object') return boundText(value.map(toText).join('\n'));
  return toText(value);
}

/** Null instead of a text that is too long. */
export function boundText(text: string): string | null {
  return text.length > MAX_MADE_LENGTH ? null : text;
}

export function numberOf(value: Value | undefined): number | null {
  if (value === undefined || value === null || typeof value === 'boolean' || typeof value === 'object')
    return null;
  return toNumber(value);
}

/** Seconds since 1970 as ticks; null for what is none. */
const ticksOfValue = (value: Value): bigint | null =>
  typeof value === 'string' || typeof value === 'number' ? secondsToTicks(value) : null;

/** Null for what is no finite number: SPL has no infinities. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

const listOf = (value: Value | undefined): readonly Scalar[] =>
  value === undefined || typeof value === 'boolean' ? [] : scalarsOf(value);

const at = (args: readonly Lazy[], index: number): Value => args[index]?.() ?? null;

/** A function of the text of its first argument; of each value of a multivalue. */
function ofText(apply: (text: string, rest: readonly Lazy[]) => Scalar | null): FunctionDefinition['call'] {
  return (args) => {
    const value = at(args, 0);
    const rest = args.slice(1);
    if (value === null) return null;
    if (typeof value === 'object') {
      return fieldValueOf(value.map((item) => apply(toText(item), rest)).filter((item) => item !== null));
    }
    return apply(textOf(value) ?? '', rest);
  };
}

function ofNumber(
  apply: (value: number, rest: readonly Lazy[]) => number | null,
): FunctionDefinition['call'] {
  return (args) => {
    const value = numberOf(at(args, 0));
    return value === null ? null : apply(value, args.slice(1));
  };
}

/** True when the test holds for one of the values. */
function anyText(value: Value, test: (text: string) => boolean | null): boolean | null {
  if (value === null) return null;
  if (typeof value !== 'object') return test(textOf(value) ?? '');
  return value.some((item) => test(toText(item)) === true);
}

function checkRegex(index: number): FunctionDefinition['check'] {
  return (args) => {
    const pattern = args[index];
    const reason = pattern?.kind === 'string' ? explainRegexError(pattern.value) : null;
    return reason === null ? null : `The regular expression cannot be used: ${reason}.`;
  };
}

// A like() without _ needs no regular expression. Patterns are nearly always the same few.
const likePatterns = new Map<string, Pattern>();
function isLike(text: string, pattern: string): boolean | null {
  if (pattern.includes('_')) return matchesRegex(text, likeToRegex(pattern));
  let compiled = likePatterns.get(pattern);
  if (compiled === undefined) {
    if (pattern.length > 10_000) return null;
    if (likePatterns.size > 200) likePatterns.clear();
    compiled = new Pattern(pattern, true, '%');
    likePatterns.set(pattern, compiled);
  }
  return compiled.matches(text);
}

function trim(text: string, chars: string | null, side: 'both' | 'left' | 'right'): string {
  const set = new Set(chars ?? ' \t');
  const units = [...text];
  let start = 0;
  let end = units.length;
  if (side !== 'right') while (start < end && set.has(units[start] ?? '')) start++;
  if (side !== 'left') while (end > start && set.has(units[end - 1] ?? '')) end--;
  return units.slice(start, end).join('');
}

const trimming = (side: 'both' | 'left' | 'right'): FunctionDefinition => ({
  minArgs: 1,
  maxArgs: 2,
  kind: 'value',
  call: ofText((text, rest) => trim(text, textOf(at(rest, 0)), side)),
});

function substring(text: string, startValue: number | null, lengthValue: number | null): string | null {
  if (startValue === null) return null;
  const start = startValue > 0 ? startValue - 1 : startValue < 0 ? Math.max(0, text.length + startValue) : 0;
  return text.slice(start, lengthValue === null ? undefined : start + Math.max(0, lengthValue));
}

function parseInBase(text: string, base: number): number | null {
  if (base < 2 || base > 36) return null;
  const digits = base === 16 ? text.replace(/^0x/i, '') : text;
  if (digits === '' || digits.length > 64) return null;
  let value = 0;
  for (const char of digits.toLowerCase()) {
    const digit = /[0-9a-z]/.test(char) ? Number.parseInt(char, 36) : base;
    if (digit >= base) return null;
    value = value * base + digit;
  }
  return value;
}

function roundTo(value: number, digits: number): number {
  const places = Math.min(15, Math.max(0, Math.trunc(digits)));
  const scaled = Number(`${Math.abs(value)}e${places}`);
  if (!Number.isFinite(scaled)) return value; // Already has an exponent: far beyond any decimals.
  return Math.sign(value) * Number(`${Math.round(scaled)}e-${places}`) || 0;
}

function formatDuration(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds));
  const days = Math.floor(whole / 86_400);
  const pad = (part: number): string => String(part).padStart(2, '0');
  const clock = `${pad(Math.floor(whole / 3600) % 24)}:${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}`;
  return `${seconds < 0 ? '-' : ''}${days > 0 ? `${days}+` : ''}${clock}`;
}

function formatNumber(value: number, format: string | null): string | null {
  switch (format) {
    case null:
      return String(value);
    case 'hex':
      return `${value < 0 ? '-' : ''}0x${Math.abs(Math.trunc(value)).toString(16).toUpperCase()}`;
    case 'commas':
      return new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 }).format(value);
    case 'duration':
      return formatDuration(value);
    default:
      return null;
  }
}

function isIn(value: Value, candidates: readonly Lazy[]): boolean | null {
  if (value === null) return null;
  const texts = new Set(typeof value === 'object' ? value.map(toText) : [textOf(value) ?? '']);
  return candidates.some((candidate) => {
    const text = textOf(candidate());
    return text !== null && texts.has(text);
  });
}

function inNetwork(network: string | null, value: Value): boolean | null {
  const contains = network === null ? null : parseNetwork(network);
  return contains === null ? null : anyText(value, contains);
}

function splitText(text: string, separator: string): FieldValue {
  return fieldValueOf(separator === '' ? [...text] : text.split(separator));
}

function pickValues(values: readonly Scalar[], first: number | null, last: number | null): FieldValue {
  if (first === null || last === null) return null;
  const position = (index: number): number => (index < 0 ? values.length + index : index);
  const start = position(first);
  if (start < 0) return null;
  return fieldValueOf(values.slice(start, Math.max(start, position(last) + 1)));
}

/** The least or greatest: numbers come before texts, as Splunk's search reference, "max", says. */
function extreme(sign: 1 | -1): FunctionDefinition['call'] {
  const compare = (left: Scalar, right: Scalar): number => {
    const isLeftNumber = toNumber(left) !== null;
    if (isLeftNumber !== (toNumber(right) !== null)) return isLeftNumber ? -1 : 1;
    return compareNumbers(left, right) ?? compareText(toText(left), toText(right));
  };
  return (args) => {
    let held: Scalar | null = null;
    for (const arg of args) {
      for (const value of listOf(arg())) if (held === null || sign * compare(value, held) < 0) held = value;
    }
    return held;
  };
}

/** Pairs the values of two fields: x,1 y,2. What has no partner is left out. */
function zip(left: readonly Scalar[], right: readonly Scalar[], separator: string): FieldValue {
  const length = Math.min(left.length, right.length);
  return fieldValueOf(
    left.slice(0, length).map((value, index) => `${toText(value)}${separator}${toText(right[index] ?? '')}`),
  );
}

/** Null where an escape is broken or the bytes are no UTF-8. */
function decodeUrl(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

const hashing = (algorithm: (bytes: Uint8Array) => Uint8Array): FunctionDefinition => ({
  minArgs: 1,
  maxArgs: 1,
  kind: 'value',
  call: ofText((text) => bytesToHex(algorithm(utf8ToBytes(text)))),
});

const numeric = (apply: (value: number) => number): FunctionDefinition => ({
  minArgs: 1,
  maxArgs: 1,
  kind: 'value',
  call: ofNumber((value) => finite(apply(value))),
});

/** What kind of value it is. Evidence holds texts only: what looks like a number is one. */
function typeName(value: Value): string {
  if (value === null) return 'Invalid';
  if (typeof value === 'boolean') return 'Boolean';
  return numberOf(value) === null ? 'String' : 'Number';
}

function valuesOfRange(start: number, end: number, step: number): FieldValue {
  if (step === 0 || !Number.isFinite(start + end + step)) return null;
  const count = Math.ceil((end - start) / step);
  if (count > 100_000) return null;
  return fieldValueOf(Array.from({ length: Math.max(0, count) }, (_, index) => start + index * step));
}

export const FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  if: {
    minArgs: 3,
    maxArgs: 3,
    kind: 'any',
    call: (args) => (at(args, 0) === true ? at(args, 1) : at(args, 2)),
  },
  case: {
    minArgs: 2,
    maxArgs: many,
    kind: 'any',
    check: (args) => (args.length % 2 === 0 ? null : 'case() takes pairs: a condition and a value.'),
    call: (args) => {
      for (let index = 0; index < args.length; index += 2)
        if (at(args, index) === true) return at(args, index + 1);
      return null;
    },
  },
  coalesce: {
    minArgs: 1,
    maxArgs: many,
    kind: 'any',
    call: (args) => {
      for (let index = 0; index < args.length; index++) {
        const value = at(args, index);
        if (value !== null) return value;
      }
      return null;
    },
  },
  isnull: { minArgs: 1, maxArgs: 1, kind: 'boolean', call: (args) => at(args, 0) === null },
  isnotnull: { minArgs: 1, maxArgs: 1, kind: 'boolean', call: (args) => at(args, 0) !== null },
  null: { minArgs: 0, maxArgs: 0, kind: 'any', call: () => null },
  nullif: {
    minArgs: 2,
    maxArgs: 2,
    kind: 'any',
    call: (args) => (textOf(at(args, 0)) === textOf(at(args, 1)) ? null : at(args, 0)),
  },
  true: { minArgs: 0, maxArgs: 0, kind: 'boolean', call: () => true },
  false: { minArgs: 0, maxArgs: 0, kind: 'boolean', call: () => false },
  like: {
    minArgs: 2,
    maxArgs: 2,
    kind: 'boolean',
    call: (args) => {
      const pattern = textOf(at(args, 1));
      return pattern === null ? null : anyText(at(args, 0), (text) => isLike(text, pattern));
    },
  },
  match: {
    minArgs: 2,
    maxArgs: 2,
    kind: 'boolean',
    check: checkRegex(1),
    call: (args) => {
      const pattern = textOf(at(args, 1));
      return pattern === null ? null : anyText(at(args, 0), (text) => matchesRegex(text, pattern));
    },
  },
  replace: {
    minArgs: 3,
    maxArgs: 3,
    kind: 'value',
    check: checkRegex(1),
    call: ofText((text, rest) => {
      const pattern = textOf(at(rest, 0));
      const replacement = textOf(at(rest, 1));
      if (pattern === null || replacement === null) return null;
      // The result can be as long as every gap between characters filled with the replacement.
      if ((text.length + 1) * (replacement.length + 1) > MAX_MADE_LENGTH * 8) return null;
      const replaced = replaceRegex(text, pattern, replacement);
      return replaced === null ? null : boundText(replaced);
    }),
  },
  cidrmatch: {
    minArgs: 2,
    maxArgs: 2,
    kind: 'boolean',
    call: (args) => inNetwork(textOf(at(args, 0)), at(args, 1)),
  },
  in: { minArgs: 2, maxArgs: many, kind: 'boolean', call: (args) => isIn(at(args, 0), args.slice(1)) },
  len: { minArgs: 1, maxArgs: 1, kind: 'value', call: ofText((text) => text.length) },
  lower: { minArgs: 1, maxArgs: 1, kind: 'value', call: ofText((text) => text.toLowerCase()) },
  upper: { minArgs: 1, maxArgs: 1, kind: 'value', call: ofText((text) => text.toUpperCase()) },
  substr: {
    minArgs: 2,
    maxArgs: 3,
    kind: 'value',
    call: ofText((text, rest) => substring(text, numberOf(at(rest, 0)), numberOf(at(rest, 1)))),
  },
  trim: trimming('both'),
  ltrim: trimming('left'),
  rtrim: trimming('right'),
  tonumber: {
    minArgs: 1,
    maxArgs: 2,
    kind: 'value',
    call: ofText((text, rest) => {
      const base = rest.length === 0 ? 10 : numberOf(at(rest, 0));
      if (base === null) return null;
      return base === 10 ? toNumber(text.trim()) : parseInBase(text.trim(), base);
    }),
  },
  tostring: {
    minArgs: 1,
    maxArgs: 2,
    kind: 'value',
    call: (args) => {
      const value = at(args, 0);
      const number = typeof value === 'boolean' ? null : numberOf(value);
      return args.length < 2 || number === null ? textOf(value) : formatNumber(number, textOf(at(args, 1)));
    },
  },
  round: {
    minArgs: 1,
    maxArgs: 2,
    kind: 'value',
    call: ofNumber((value, rest) => roundTo(value, numberOf(at(rest, 0)) ?? 0)),
  },
  floor: { minArgs: 1, maxArgs: 1, kind: 'value', call: ofNumber(Math.floor) },
  ceiling: { minArgs: 1, maxArgs: 1, kind: 'value', call: ofNumber(Math.ceil) },
  ceil: { minArgs: 1, maxArgs: 1, kind: 'value', call: ofNumber(Math.ceil) },
  abs: { minArgs: 1, maxArgs: 1, kind: 'value', call: ofNumber(Math.abs) },
  mvcount: {
    minArgs: 1,
    maxArgs: 1,
    kind: 'value',
    call: (args) => listOf(at(args, 0)).length || null,
  },
  mvindex: {
    minArgs: 2,
    maxArgs: 3,
    kind: 'value',
    call: (args) => {
      const first = numberOf(at(args, 1));
      return pickValues(listOf(at(args, 0)), first, args.length < 3 ? first : numberOf(at(args, 2)));
    },
  },
  mvjoin: {
    minArgs: 2,
    maxArgs: 2,
    kind: 'value',
    call: (args) => {
      const values = listOf(at(args, 0)).map(toText);
      const separator = textOf(at(args, 1));
      if (values.length === 0 || separator === null) return null;
      const length = values.reduce((sum, text) => sum + text.length + separator.length, 0);
      return length > MAX_MADE_LENGTH ? null : values.join(separator);
    },
  },
  mvappend: {
    minArgs: 1,
    maxArgs: many,
    kind: 'value',
    call: (args) => {
      const values = args.flatMap((arg) => listOf(arg()));
      return values.length > 1_000_000 ? null : fieldValueOf(values);
    },
  },
  split: {
    minArgs: 2,
    maxArgs: 2,
    kind: 'value',
    call: (args) => {
      const text = textOf(at(args, 0));
      const separator = textOf(at(args, 1));
      return text === null || separator === null ? null : splitText(text, separator);
    },
  },
  mvzip: {
    minArgs: 2,
    maxArgs: 3,
    kind: 'value',
    call: (args) => zip(listOf(at(args, 0)), listOf(at(args, 1)), textOf(at(args, 2)) ?? ','),
  },
  mvdedup: {
    minArgs: 1,
    maxArgs: 1,
    kind: 'value',
    call: (args) => fieldValueOf([...new Map(listOf(at(args, 0)).map((one) => [toText(one), one])).values()]),
  },
  mvsort: {
    minArgs: 1,
    maxArgs: 1,
    kind: 'value',
    call: (args) => fieldValueOf(listOf(at(args, 0)).toSorted((a, b) => compareText(toText(a), toText(b)))),
  },
  mvfind: {
    minArgs: 2,
    maxArgs: 2,
    kind: 'value',
    check: checkRegex(1),
    call: (args) => {
      const pattern = textOf(at(args, 1));
      if (pattern === null) return null;
      const index = listOf(at(args, 0)).findIndex((one) => matchesRegex(toText(one), pattern) === true);
      return index < 0 ? null : index;
    },
  },
  mvrange: {
    minArgs: 2,
    maxArgs: 3,
    kind: 'value',
    call: (args) => {
      const [start, end] = [numberOf(at(args, 0)), numberOf(at(args, 1))];
      const step = args.length < 3 ? 1 : numberOf(at(args, 2));
      return start === null || end === null || step === null ? null : valuesOfRange(start, end, step);
    },
  },
  min: { minArgs: 1, maxArgs: many, kind: 'value', call: extreme(1) },
  max: { minArgs: 1, maxArgs: many, kind: 'value', call: extreme(-1) },
  md5: hashing(md5),
  sha1: hashing(sha1),
  sha256: hashing(sha256),
  sha512: hashing(sha512),
  urldecode: { minArgs: 1, maxArgs: 1, kind: 'value', call: ofText(decodeUrl) },
  sqrt: numeric(Math.sqrt),
  exp: numeric(Math.exp),
  ln: numeric(Math.log),
  exact: numeric((value) => value),
  log: {
    minArgs: 1,
    maxArgs: 2,
    kind: 'value',
    call: ofNumber((value, rest) => {
      const base = rest.length === 0 ? 10 : numberOf(at(rest, 0));
      return base === null
        ? null
        : finite(base === 10 ? Math.log10(value) : Math.log(value) / Math.log(base));
    }),
  },
  pow: {
    minArgs: 2,
    maxArgs: 2,
    kind: 'value',
    call: ofNumber((value, rest) => {
      const exponent = numberOf(at(rest, 0));
      return exponent === null ? null : finite(value ** exponent);
    }),
  },
  pi: { minArgs: 0, maxArgs: 0, kind: 'value', call: () => Math.PI },
  isnum: { minArgs: 1, maxArgs: 1, kind: 'boolean', call: (args) => numberOf(at(args, 0)) !== null },
  isint: {
    minArgs: 1,
    maxArgs: 1,
    kind: 'boolean',
    call: (args) => Number.isInteger(numberOf(at(args, 0)) ?? Number.NaN),
  },
  isstr: {
    minArgs: 1,
    maxArgs: 1,
    kind: 'boolean',
    call: (args) => at(args, 0) !== null && numberOf(at(args, 0)) === null,
  },
  typeof: { minArgs: 1, maxArgs: 1, kind: 'value', call: (args) => typeName(at(args, 0)) },
  validate: {
    minArgs: 2,
    maxArgs: many,
    kind: 'any',
    check: (args) => (args.length % 2 === 0 ? null : 'validate() takes pairs: a condition and a value.'),
    call: (args) => {
      for (let index = 0; index < args.length; index += 2)
        if (at(args, index) === false) return at(args, index + 1);
      return null;
    },
  },
  spath: {
    minArgs: 2,
    maxArgs: 2,
    kind: 'value',
    call: (args) => {
      const text = textOf(at(args, 0));
      const path = textOf(at(args, 1));
      if (text === null || path === null) return null;
      return fieldValueOf(readPath(text, path).get(path) ?? []);
    },
  },
  relative_time: {
    minArgs: 2,
    maxArgs: 2,
    kind: 'value',
    usesRun: true,
    call: (args, context) => {
      const ticks = ticksOfValue(at(args, 0));
      const modifier = textOf(at(args, 1));
      if (ticks === null || modifier === null) return null;
      const moved = addRelativeTime(ticks, modifier, context.timeZone);
      return moved === null ? null : toNumber(ticksToSeconds(moved));
    },
  },
  strptime: {
    minArgs: 2,
    maxArgs: 2,
    kind: 'value',
    usesRun: true,
    call: (args, context) => {
      const text = textOf(at(args, 0));
      const format = textOf(at(args, 1));
      if (text === null || format === null) return null;
      const ticks = parseTime(text, format, context.timeZone);
      return ticks === null ? null : ticksToSeconds(ticks);
    },
  },
  strftime: {
    minArgs: 2,
    maxArgs: 2,
    kind: 'value',
    usesRun: true,
    call: (args, context) => {
      const ticks = ticksOfValue(at(args, 0));
      const format = textOf(at(args, 1));
      return ticks === null || format === null ? null : formatTime(ticks, format, context.timeZone);
    },
  },
  now: {
    minArgs: 0,
    maxArgs: 0,
    kind: 'value',
    usesRun: true,
    call: (_, context) => Math.floor(context.nowMs / 1000),
  },
};
