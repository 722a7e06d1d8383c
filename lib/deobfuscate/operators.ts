/** What PowerShell's operators mean on constants. Source: about_Operators, about_Split, about_Join. */
import { type Fuel, MOST_ITEMS } from './limits.ts';
import { literalPattern, readPattern, splitBy } from './pattern.ts';
import {
  itemsOf,
  joinItems,
  lengthOf,
  numberValue,
  textValue,
  toNumber,
  toText,
  type Value,
} from './value.ts';

/** `-f`: {n}, {n,width} (the width is for display and is ignored). Null when nothing would be put in. */
export function formatText(template: string, args: readonly Value[], fuel: Fuel): string | null {
  const parts: string[] = [];
  let from = 0;
  let used = 0;
  if (!fuel.take(template.length)) {
    return null;
  }
  for (let at = 0; at < template.length; at++) {
    const char = template.charAt(at);
    if (char !== '{' && char !== '}') {
      continue;
    }
    if (template.charAt(at + 1) === char) {
      parts.push(template.slice(from, at + 1));
      at++;
      from = at + 1;
      continue;
    }
    const hole = char === '{' ? readHole(template, at) : null;
    const arg = hole === null ? undefined : args[hole.index];
    const text = arg === undefined ? null : joinItems(arg, ' ');
    if (hole === null || text === null || !fuel.take(text.length)) {
      return null;
    }
    parts.push(template.slice(from, at), text);
    used++;
    at = hole.to - 1;
    from = hole.to;
  }
  parts.push(template.slice(from));
  return used === 0 ? null : parts.join('');
}

const LONGEST_HOLE = 16;

function readHole(template: string, start: number): { index: number; to: number } | null {
  const close = template.slice(start, start + LONGEST_HOLE).indexOf('}');
  const match = /^\s*(\d{1,6})\s*(?:,\s*-?\d+\s*)?$/.exec(
    template.slice(start + 1, start + Math.max(close, 1)),
  );
  return match === null ? null : { index: Number(match[1]), to: start + close + 1 };
}

/** `-join`, with '' for the unary one. */
export function joinText(list: Value, separator: string, fuel: Fuel): string | null {
  return fuel.take(lengthOf(list) * (1 + separator.length)) ? joinItems(list, separator) : null;
}

/** `-replace`; `right` is the pattern, or the pattern and what to put in. */
export function replacePattern(text: string, right: Value, isCased: boolean, fuel: Fuel): string | null {
  const [first, second] = itemsOf(right) ?? [];
  const source = toText(first);
  const replacement = second === undefined ? '' : toText(second);
  const pattern = source === null ? null : readPattern(source, isCased);
  if (pattern === null || replacement === null || /\$[^$\s'"]/.test(replacement.replaceAll('$$', ''))) {
    return null;
  }
  const parts = splitBy(text, pattern, (units) => fuel.take(units));
  return parts === null ? null : rejoin(parts, replacement.replaceAll('$$', '$'), fuel);
}

/** `.Replace(old, new)`. */
export function replaceLiteral(text: string, old: string, replacement: string, fuel: Fuel): string | null {
  const pattern = literalPattern(old);
  const parts = pattern === null ? null : splitBy(text, pattern, (units) => fuel.take(units));
  return parts === null ? null : rejoin(parts, replacement, fuel);
}

function rejoin(parts: readonly string[], separator: string, fuel: Fuel): string | null {
  return fuel.take(parts.length * separator.length) ? parts.join(separator) : null;
}

/** `-split`; a list is split item by item. */
export function splitPattern(left: Value, separator: Value, isCased: boolean, fuel: Fuel): Value | null {
  const source = toText(itemsOf(separator)?.[0]);
  const pattern = source === null ? null : readPattern(source, isCased);
  const items = fuel.take(lengthOf(left)) ? itemsOf(left) : null;
  if (pattern === null || items === null) {
    return null;
  }
  const parts: string[] = [];
  for (const item of items) {
    const text = toText(item);
    const split = text === null ? null : splitBy(text, pattern, (units) => fuel.take(units + 1));
    if (split === null || parts.length + split.length > MOST_ITEMS) {
      return null;
    }
    for (const part of split) {
      parts.push(part);
    }
  }
  return listOfTexts(parts);
}

/** `.Split(separators)`: at each of the characters. */
export function splitAtChars(text: string, chars: string, fuel: Fuel): Value | null {
  const set = chars === '' ? ' \t\r\n' : chars;
  return listOfTexts(splitBy(text, { alternatives: [[set]], isCased: true }, (units) => fuel.take(units)));
}

function listOfTexts(texts: readonly string[] | null): Value | null {
  return texts === null || texts.length > MOST_ITEMS
    ? null
    : { kind: 'list', items: texts.map((text) => textValue(text)) };
}

/** `first..last`. */
export function rangeOf(first: number, last: number, fuel: Fuel): Value | null {
  const length = Math.abs(last - first) + 1;
  if (length > MOST_ITEMS || !fuel.take(length)) {
    return null;
  }
  const step = first <= last ? 1 : -1;
  return { kind: 'list', items: Array.from({ length }, (_, i) => numberValue(first + i * step)) };
}

/** An index or a list of indexes into a string or list of characters; negative ones count from the end. */
export function pickChars(
  text: string,
  index: Value,
  fuel: Fuel,
): { picked: string; isReversal: boolean } | null {
  const items = fuel.take(lengthOf(index)) ? itemsOf(index) : null;
  if (items === null) {
    return null;
  }
  const picked: string[] = [];
  let isReversal = items.length > 1;
  let previous: number | null = null;
  for (const item of items) {
    const number = toNumber(item);
    if (number === null) {
      return null;
    }
    isReversal &&= previous === null || number === previous - 1;
    previous = number;
    picked.push(text.charAt(number < 0 ? text.length + number : number));
  }
  return { picked: picked.join(''), isReversal };
}

/** Arithmetic on whole numbers; null for what PowerShell would make no whole number of. */
export function calculate(operator: string, left: Value, right: Value): Value | null {
  const a = toNumber(left);
  const b = toNumber(right);
  const result = a === null || b === null ? null : calculateNumbers(operator, a, b);
  return result === null || !Number.isSafeInteger(result) ? null : numberValue(result);
}

function calculateNumbers(operator: string, a: number, b: number): number | null {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case 'bxor':
      return a ^ b;
    case 'band':
      return a & b;
    case 'bor':
      return a | b;
    case 'shl':
      return a << b;
    case 'shr':
      return a >> b;
    default:
      return null;
  }
}
