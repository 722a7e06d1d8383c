/**
 * `search` knows one wildcard, `*`, which cannot be escaped, and takes 10.0.0.0/8 for a network. A text that has such
 * characters in it is compared by a regular expression of one fixed shape, so that it can be read back.
 */

type Operator = 'is' | 'one-of' | 'starts-with' | 'ends-with' | 'contains';

const escapeText = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
const unescapeText = (text: string): string => text.replace(/\\(.)/gs, '$1');

/** A text whose special characters are all escaped. */
const ESCAPED = String.raw`((?:[^\\^$.|?*+()[\]{}]|\\[\\^$.|?*+()[\]{}])*)`;
const SHAPES: readonly (readonly [Operator, RegExp])[] = [
  [
    'one-of',
    new RegExp(`^\\(\\?i\\)\\^\\(\\?:(\\(\\?:${ESCAPED}\\)(?:\\|\\(\\?:${ESCAPED}\\))*)\\)\\$$`, 's'),
  ],
  ['is', new RegExp(`^\\(\\?i\\)\\^\\(\\?:${ESCAPED}\\)\\$$`, 's')],
  ['starts-with', new RegExp(`^\\(\\?i\\)\\^\\(\\?:${ESCAPED}\\)$`, 's')],
  ['ends-with', new RegExp(`^\\(\\?i\\)\\(\\?:${ESCAPED}\\)\\$$`, 's')],
  ['contains', new RegExp(`^\\(\\?i\\)\\(\\?:${ESCAPED}\\)$`, 's')],
];
/** Stands before a pattern of the author's own that looks as if it were of such a shape. */
const OWN = '(?:)';

/** The pattern that compares with these texts, ignoring case. */
export function literalPattern(operator: Operator, values: readonly string[]): string {
  const one = `(?:${escapeText(values[0] ?? '')})`;
  switch (operator) {
    case 'is':
      return `(?i)^${one}$`;
    case 'one-of':
      return `(?i)^(?:${values.map((value) => `(?:${escapeText(value)})`).join('|')})$`;
    case 'starts-with':
      return `(?i)^${one}`;
    case 'ends-with':
      return `(?i)${one}$`;
    case 'contains':
      return `(?i)${one}`;
  }
}

/** What a pattern of literalPattern compares with; null for any other. */
export function readLiteralPattern(
  pattern: string,
): { readonly operator: Operator; readonly values: readonly string[] } | null {
  for (const [operator, shape] of SHAPES) {
    const body = shape.exec(pattern)?.[1];
    if (body === undefined) continue;
    const values = operator === 'one-of' ? body.slice(3, -1).split(')|(?:') : [body];
    return { operator, values: values.map(unescapeText) };
  }
  return null;
}

/** A pattern of the author's own, written so that it is not taken for one of literalPattern. */
export const ownPattern = (pattern: string): string =>
  pattern.startsWith(OWN) || readLiteralPattern(pattern) !== null ? OWN + pattern : pattern;

export const readOwnPattern = (pattern: string): string =>
  pattern.startsWith(OWN) ? pattern.slice(OWN.length) : pattern;
