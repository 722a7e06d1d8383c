/**
 * Values as the search language compares and orders them. Evidence holds only strings; what looks like a number is
 * one. Times have 100 ns digits, more than a double holds, so numerals are compared exactly.
 */
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';

export type Scalar = string | number;

const TICKS_PER_SECOND = 10_000_000n;
/** Longer digits are text to us: they would cost time in BigInt and mean nothing. */
const MAX_NUMERAL_LENGTH = 400;
const MAX_TIME_LENGTH = 40;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Whether the text is a decimal number, such as -12, 0.5 or 1e9. Hand-written to be linear on any evidence. */
export function isNumeral(text: string): boolean {
  if (text.length > MAX_NUMERAL_LENGTH) return false;
  let index = text[0] === '-' || text[0] === '+' ? 1 : 0;
  const start = index;
  while (isDigit(text.charCodeAt(index))) index++;
  let digits = index - start;
  if (text[index] === '.') {
    const fraction = ++index;
    while (isDigit(text.charCodeAt(index))) index++;
    digits += index - fraction;
  }
  if (digits === 0) return false;
  if (text[index] === 'e' || text[index] === 'E') {
    index++;
    if (text[index] === '-' || text[index] === '+') index++;
    const exponent = index;
    while (isDigit(text.charCodeAt(index))) index++;
    if (index === exponent) return false;
  }
  return index === text.length;
}

/** The number that a value is, null for text that is none. */
export function toNumber(value: Scalar): number | null {
  if (typeof value === 'number') return value;
  if (!isNumeral(value)) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

export const toText = (value: Scalar): string => (typeof value === 'string' ? value : String(value));

const utf8Rank = (unit: number): number =>
  unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;

/** Orders texts as their UTF-8 bytes: capitals before small letters, no locale. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return utf8Rank(a) - utf8Rank(b);
  }
  return left.length - right.length;
}

/** Exact order of two plain decimals whose doubles are equal. */
function compareDigits(left: string, right: string): number {
  if (/[eE]/.test(left) || /[eE]/.test(right)) return 0;
  const isNegative = left.startsWith('-');
  const parts = [left, right].map((text) => {
    const [whole = '', fraction = ''] = text.replace(/^[-+]/, '').split('.');
    return { whole: whole.replace(/^0+/, ''), fraction };
  });
  const [a, b] = parts;
  if (a === undefined || b === undefined) return 0;
  const length = Math.max(a.fraction.length, b.fraction.length);
  const order =
    a.whole.length - b.whole.length ||
    compareText(a.whole + a.fraction.padEnd(length, '0'), b.whole + b.fraction.padEnd(length, '0'));
  return isNegative ? 0 - order : order;
}

/** Order of two numbers, exact for decimal text; null when one of them is no number. */
export function compareNumbers(left: Scalar, right: Scalar): number | null {
  const a = toNumber(left);
  const b = toNumber(right);
  if (a === null || b === null) return null;
  if (a !== b) return a - b;
  return typeof left === 'string' && typeof right === 'string' ? compareDigits(left, right) : 0;
}

/** As numbers if both are numbers, else as text. */
export function compareScalars(left: Scalar, right: Scalar): number {
  return compareNumbers(left, right) ?? compareText(toText(left), toText(right));
}

/** All values of a field, in order. */
export function scalarsOf(value: FieldValue): readonly Scalar[] {
  if (value === null) return [];
  return typeof value === 'object' ? value : [value];
}

/** One value as it is, several as a multivalue, none as null. */
export function fieldValueOf(values: readonly Scalar[]): FieldValue {
  return values.length > 1 ? values : (values[0] ?? null);
}

/** Ticks of 100 ns as decimal seconds: 17096301421254367n is "1709630142.1254367" with its digits, without end zeros. */
export function ticksToSeconds(ticks: bigint): string {
  const magnitude = ticks < 0n ? -ticks : ticks;
  const fraction = (magnitude % TICKS_PER_SECOND).toString().padStart(7, '0').replace(/0+$/, '');
  const whole = `${ticks < 0n ? '-' : ''}${magnitude / TICKS_PER_SECOND}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** Decimal seconds as ticks, rounded down; null for what is no time. */
export function secondsToTicks(value: Scalar): bigint | null {
  const text = toText(value);
  if (text.length > MAX_TIME_LENGTH || !isNumeral(text)) return null;
  if (/[eE]/.test(text)) {
    const ticks = Math.floor(Number(text) * Number(TICKS_PER_SECOND));
    return Number.isSafeInteger(ticks) ? BigInt(ticks) : null;
  }
  const isNegative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.replace(/^[-+]/, '').split('.');
  const magnitude =
    BigInt(whole === '' ? '0' : whole) * TICKS_PER_SECOND + BigInt(fraction.slice(0, 7).padEnd(7, '0'));
  if (!isNegative) return magnitude;
  return /[1-9]/.test(fraction.slice(7)) ? -magnitude - 1n : -magnitude;
}

/** `_time` of an event as searches see it. */
export function timeOf(event: SearchableEvent): string | null {
  return event.timeTicks === null ? null : ticksToSeconds(event.timeTicks);
}
