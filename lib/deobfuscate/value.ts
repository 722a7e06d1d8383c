import { MOST_ITEMS } from './limits.ts';
import type { DecodingMethod } from './step.ts';

/** The text encodings that scripts decode bytes with. */
export type EncodingName = 'utf-16le' | 'utf-16be' | 'utf-8';

/**
 * A string or a character. `via` is how it was written when that is not undone in the text yet; `isMade` says
 * that decoding made it, so that it may be script text.
 */
export type TextValue = {
  readonly kind: 'text';
  readonly text: string;
  readonly via: 'variable' | 'character codes' | null;
  readonly isMade: boolean;
};

/** A list of single characters, in one string because scripts of many kilobytes are written so. */
export type CharsValue = { readonly kind: 'chars'; readonly text: string; readonly via: DecodingMethod };

export type ListValue = { readonly kind: 'list'; readonly items: readonly Value[] };

/** What a constant expression of PowerShell means. Where a function may answer null, null is "not a constant". */
export type Value =
  | TextValue
  | CharsValue
  | ListValue
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'encoding'; readonly encoding: EncodingName };

export function textValue(text: string, via: TextValue['via'] = null): TextValue {
  return { kind: 'text', text, via, isMade: false };
}

export function madeText(text: string): TextValue {
  return { kind: 'text', text, via: null, isMade: true };
}

export function numberValue(number: number): Value {
  return { kind: 'number', number };
}

/** A string as PowerShell writes it in single quotes. */
export function quote(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}

/** The value as one string; null for lists. */
export function toText(value: Value | null | undefined): string | null {
  if (value?.kind === 'text') {
    return value.text;
  }
  return value?.kind === 'number' ? String(value.number) : null;
}

const LONGEST_NUMBER = 32;

/** The value as a whole number; strings of digits and 0x… count, as PowerShell converts them. */
export function toNumber(value: Value | null | undefined): number | null {
  if (value?.kind === 'number') {
    return value.number;
  }
  if (value?.kind !== 'text') {
    return null;
  }
  if (value.via === 'character codes') {
    return value.text.codePointAt(0) ?? null;
  }
  const number =
    value.text.length > LONGEST_NUMBER || value.text.trim() === '' ? Number.NaN : Number(value.text);
  return Number.isSafeInteger(number) ? number : null;
}

/** The items of a list; a single value is a list of itself. Null when there are too many. */
export function itemsOf(value: Value): readonly Value[] | null {
  switch (value.kind) {
    case 'list':
      return value.items;
    case 'chars':
      return value.text.length > MOST_ITEMS
        ? null
        : value.text.split('').map((char) => textValue(char, 'character codes'));
    default:
      return [value];
  }
}

/** How long the value is, in characters or items: what it costs to go through it. */
export function lengthOf(value: Value): number {
  return value.kind === 'text' || value.kind === 'chars'
    ? value.text.length
    : value.kind === 'list'
      ? value.items.length
      : 1;
}

/** Items as strings with `separator` between them; null when an item is a list itself. */
export function joinItems(value: Value, separator: string): string | null {
  if (value.kind === 'chars') {
    return separator === '' ? value.text : value.text.split('').join(separator);
  }
  const items = itemsOf(value);
  if (items === null) {
    return null;
  }
  const texts: string[] = [];
  for (const item of items) {
    const text = item.kind === 'chars' ? item.text : toText(item);
    if (text === null) {
      return null;
    }
    texts.push(text);
  }
  return texts.join(separator);
}

/** The value as a script would write it, with what `isUndone` says no longer written indirectly. */
export function writeValue(value: Value, isUndone: (via: 'variable' | 'character codes') => boolean): string {
  switch (value.kind) {
    case 'text':
      return value.via === 'character codes' && !isUndone(value.via)
        ? `[char]${value.text.codePointAt(0) ?? 0}`
        : quote(value.text);
    case 'number':
      return String(value.number);
    case 'list':
      return value.items.map((item) => writeValue(item, isUndone)).join(',');
    case 'chars':
      return `${quote(value.text)}.ToCharArray()`;
    case 'encoding':
      return `[Text.Encoding]::GetEncoding('${value.encoding}')`;
  }
}

/** The value as a variable's content. */
export function viaVariable(value: Value): Value {
  return value.kind === 'text' ? { ...textValue(value.text, 'variable'), isMade: value.isMade } : value;
}
