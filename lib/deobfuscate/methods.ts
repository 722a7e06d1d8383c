/** Methods of strings, lists of characters and encodings, on constants. Source: System.String, .NET. */
import { decodeBytes } from './base64.ts';
import type { Fuel } from './limits.ts';
import { joinText, replaceLiteral, splitAtChars } from './operators.ts';
import type { DecodingMethod } from './step.ts';
import {
  type EncodingName,
  itemsOf,
  joinItems,
  lengthOf,
  madeText,
  numberValue,
  textValue,
  toNumber,
  toText,
  type Value,
} from './value.ts';

/** What an operation gives, and the method to name its step by; null: nothing was undone by it alone. */
export type Outcome = { readonly value: Value; readonly method: DecodingMethod | null };

export function made(text: string | null, method: DecodingMethod): Outcome | null {
  return text === null ? null : { value: madeText(text), method };
}

export function silent(value: Value | null): Outcome | null {
  return value === null ? null : { value, method: null };
}

/** `target.name(args)`; a null target is one that is not constant. */
export function callMethod(
  target: Value | null,
  name: string,
  args: readonly Value[],
  fuel: Fuel,
): Outcome | null {
  if (name === 'getstring') {
    return getString(args, target?.kind === 'encoding' ? target.encoding : null, fuel);
  }
  if (target === null || target.kind === 'encoding') {
    return null;
  }
  const shown = name === 'tostring' && args.length === 0 ? toText(target) : null;
  if (shown !== null) {
    return silent(target.kind === 'text' ? target : textValue(shown));
  }
  return target.kind === 'text' && fuel.take(target.text.length)
    ? callText(target.text, name, args, fuel)
    : null;
}

/** A property: the length, or the value of a match. */
export function readProperty(target: Value | null, name: string): Value | null {
  if (target?.kind === 'text' || target?.kind === 'chars') {
    return name === 'length' || name === 'count'
      ? numberValue(target.text.length)
      : name === 'value'
        ? textValue(target.text)
        : null;
  }
  return target?.kind === 'list' && (name === 'length' || name === 'count')
    ? numberValue(target.items.length)
    : null;
}

function callText(text: string, name: string, args: readonly Value[], fuel: Fuel): Outcome | null {
  const [first, second] = args;
  const start = toNumber(first);
  const length = toNumber(second);
  switch (name) {
    case 'replace': {
      const old = toText(first);
      const replacement = toText(second);
      return old === null || replacement === null
        ? null
        : made(replaceLiteral(text, old, replacement, fuel), 'replacement');
    }
    case 'split': {
      const chars = first === undefined ? '' : joinText(first, '', fuel);
      return chars === null ? null : silent(splitAtChars(text, chars, fuel));
    }
    case 'tochararray':
      return silent({ kind: 'chars', text, via: 'join' });
    case 'chars':
      return start === null ? null : made(text.charAt(start), 'index');
    case 'substring':
      return start === null || (second !== undefined && length === null)
        ? null
        : made(text.substr(start, length ?? undefined), 'string method');
    case 'insert': {
      const inserted = toText(second);
      return start === null || inserted === null || !fuel.take(inserted.length)
        ? null
        : made(text.slice(0, start) + inserted + text.slice(start), 'string method');
    }
    case 'remove':
      return start === null
        ? null
        : made(text.slice(0, start) + (length === null ? '' : text.slice(start + length)), 'string method');
    case 'trim':
    case 'trimstart':
    case 'trimend': {
      const chars = first === undefined ? ' \t\r\n' : joinItems(first, '');
      return chars === null
        ? null
        : made(trim(text, chars, name !== 'trimend', name !== 'trimstart'), 'string method');
    }
    case 'tolower':
    case 'tolowerinvariant':
      return made(text.toLowerCase(), 'string method');
    case 'toupper':
    case 'toupperinvariant':
      return made(text.toUpperCase(), 'string method');
    default:
      return null;
  }
}

function trim(text: string, chars: string, atStart: boolean, atEnd: boolean): string {
  let from = 0;
  let to = text.length;
  while (atStart && from < to && chars.includes(text.charAt(from))) {
    from++;
  }
  while (atEnd && to > from && chars.includes(text.charAt(to - 1))) {
    to--;
  }
  return text.slice(from, to);
}

/** GetString of what was Base64 (already text by then) or of a list of byte values. */
function getString(args: readonly Value[], encoding: EncodingName | null, fuel: Fuel): Outcome | null {
  const bytes = args[0];
  if (bytes?.kind === 'text') {
    return bytes.isMade ? made(bytes.text, 'base64') : null;
  }
  if (bytes?.kind === 'chars') {
    return made(bytes.text, bytes.via);
  }
  const isCheap = bytes !== undefined && fuel.take(lengthOf(bytes));
  const numbers = isCheap ? (itemsOf(bytes)?.map(toNumber) ?? null) : null;
  if (numbers === null) {
    return null;
  }
  const values = numbers.filter((number) => number !== null && number >= 0 && number < 256);
  return values.length !== numbers.length
    ? null
    : made(decodeBytes(Uint8Array.from(values, Number), encoding ?? 'utf-8'), 'character codes');
}
