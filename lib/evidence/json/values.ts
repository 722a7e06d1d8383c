import type { DataItem } from '#lib/evidence/record.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [key: string]: JsonValue };

/** Numbers that a double may not keep to the digit: fractions, exponents, 16 digits and more. */
const INEXACT_NUMBER = /(?:":|[[,])\s*-?\d+(?:[.eE]|(?<=\d{16}))/;
/** Longer joined names are cut: a hostile text could make many of them. */
const NAME_LENGTH_MAX = 1_000;

/** Parses one JSON object; of equal keys the last counts. Numbers that a double may change are texts. Throws SyntaxError. */
export function parseJson(text: string): JsonObject {
  // The reviver is slow; few records need it.
  const value: unknown = INEXACT_NUMBER.test(text) ? JSON.parse(text, keepNumber) : JSON.parse(text);
  return isObject(value as JsonValue) ? (value as JsonObject) : {};
}

/** Reviver of JSON.parse that gives numbers as the text that they have. */
export function keepNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? value) : value;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key's own value: evidence names keys, and Object has its own. */
export function child(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The value at a path of keys; a key may also be the rest of the path joined by dots, as Elasticsearch allows. */
export function at(value: JsonValue | undefined, path: string): JsonValue | undefined {
  const whole = child(value, path);
  if (whole !== undefined) return whole;
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const inner = child(value, path.slice(0, dot));
    if (inner === undefined) continue;
    const found = at(inner, path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A scalar as text; null for null, for what is absent, and for objects. Of an array the first. */
export function scalarText(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) && value.length > 0 ? scalarText(value[0]) : null;
}

/** As scalarText; null for an empty one too. */
export function filledText(value: JsonValue | undefined): string | null {
  return scalarText(value) || null;
}

/** Leaves of an object under their keys joined by dots; null is left out, each element of an array is a leaf of its key. */
export function flatten(value: JsonObject): DataItem[] {
  const items: DataItem[] = [];
  addLeaves(items, '', value);
  return items;
}

function addLeaves(items: DataItem[], name: string, value: JsonValue): void {
  if (value === null) return;
  if (typeof value !== 'object') {
    items.push([name, String(value)]);
    return;
  }
  if (Array.isArray(value)) {
    for (const element of value) addLeaves(items, name, element);
    return;
  }
  for (const [key, inner] of Object.entries(value as JsonObject)) {
    const joined = name === '' ? key : `${name}.${key}`;
    addLeaves(items, joined.length > NAME_LENGTH_MAX ? joined.slice(0, NAME_LENGTH_MAX) : joined, inner);
  }
}
