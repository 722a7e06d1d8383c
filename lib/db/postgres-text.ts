/**
 * PostgreSQL text cannot hold NUL, and UTF-8 cannot hold lone surrogates; evidence has both. `toPostgres` writes such a
 * code unit as the escape character U+F8FE (a private-use character) and four hex digits, the escape character itself
 * too, so that `fromPostgres(toPostgres(s)) === s` for every string, and different strings stay different.
 */
const ESCAPE = '\uF8FE';

/** Any of: NUL, the escape character, a surrogate that is not half of a pair. */
const UNSTORABLE = /[\0\uF8FE]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const ESCAPED = /\uF8FE([0-9a-f]{4})/g;

export function toPostgres(text: string): string {
  // Nearly all text is storable; these two tests are native and need no copy.
  if (!text.includes('\0') && !text.includes(ESCAPE) && text.isWellFormed()) return text;
  return text.replace(UNSTORABLE, (unit) => ESCAPE + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}

export function fromPostgres(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  return text.replace(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

function mapText(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapText(item, change));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      change(key),
      item === undefined ? item : mapText(item, change),
    ]),
  );
}

/** `toPostgres` on every key and string of a JSON value, for jsonb columns. */
export function jsonToPostgres(value: JsonValue): JsonValue {
  return mapText(value, toPostgres);
}

/** Reverses `jsonToPostgres`. */
export function jsonFromPostgres(value: JsonValue): JsonValue {
  return mapText(value, fromPostgres);
}
