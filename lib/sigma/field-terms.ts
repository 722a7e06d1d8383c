/**
 * Terms of `search` for text at the places of a field. `search` knows one wildcard, `*`, that cannot be escaped; what it
 * cannot say exactly has no term (null).
 */
import type { FieldPlace } from './fields.ts';
import { isAny, mapText, normalize, open } from './pattern.ts';
import type { Pattern, PatternPart } from './rule.ts';

/** Words of the search language, which name a field only in quotes. */
const RESERVED = /^(?:and|or|not|in|as|by|from|where|case|term|search|xor|like|eval)$/i;

export const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;

export function fieldName(name: string): string {
  return /^[A-Za-z_][\w.]*$/.test(name) && !RESERVED.test(name) ? name : quote(name);
}

/** `and` and `or` of terms, in parentheses where there are several. */
export function join(operator: 'and' | 'or', terms: readonly string[]): string {
  if (terms.length < 2) return terms[0] ?? '';
  return `(${terms.join(operator === 'and' ? ' ' : ' OR ')})`;
}

/** All texts, or null when one is missing. */
export function every(texts: readonly (string | null)[]): readonly string[] | null {
  const found = texts.filter((text) => text !== null);
  return found.length === texts.length ? found : null;
}

/** The pattern as `search` writes it; null when it would match something else. */
function searchValue(pattern: Pattern): string | null {
  let value = '';
  for (const part of pattern) {
    if ('wildcard' in part) {
      if (part.wildcard === '?') return null;
      value += '*';
    } else if (part.text.includes('*')) return null;
    else value += part.text;
  }
  // A network would match the addresses in it.
  return /^[0-9A-Fa-f.:]+\/\d{1,3}$/.test(value) ? null : value;
}

/** A pattern that `search` can write and that matches at least the same values. */
function widen(pattern: Pattern): Pattern {
  const parts = pattern.flatMap((part): PatternPart[] => {
    if ('wildcard' in part) return [{ wildcard: '*' }];
    return part.text
      .split('*')
      .flatMap((text, index) => (index === 0 ? [{ text }] : [{ wildcard: '*' }, { text }]));
  });
  const wide = normalize(parts);
  return searchValue(wide) === null ? open(wide, 'after') : wide;
}

/** `FIELD="VALUE"`, or `FIELD IN (…)` for several. */
function compare(name: string, patterns: readonly Pattern[], isCased: boolean): string | null {
  const values = every(patterns.map(searchValue));
  if (values === null) return null;
  const texts = values.map((value) => (/^\d+$/.test(value) ? value : quote(value)));
  if (isCased)
    return join(
      'or',
      texts.map((text) => `${fieldName(name)}=CASE(${text})`),
    );
  return texts.length === 1
    ? `${fieldName(name)}=${texts[0]}`
    : `${fieldName(name)} IN (${texts.join(', ')})`;
}

/** Every way to cut a pattern at a backslash that it may have in it: what stands before, and what stands after. */
function cuts(pattern: Pattern): readonly (readonly [Pattern, Pattern])[] {
  return pattern.flatMap((part, index): (readonly [Pattern, Pattern])[] => {
    const before = pattern.slice(0, index);
    const after = pattern.slice(index + 1);
    if (isAny(part))
      return [
        [
          [...before, part],
          [part, ...after],
        ],
      ];
    if ('wildcard' in part) return [];
    const { text } = part;
    return [...text.matchAll(/\\/g)].map(({ index: at }) => [
      normalize([...before, { text: text.slice(0, at) }]),
      normalize([{ text: text.slice(at + 1) }, ...after]),
    ]);
  });
}

/** A path of more parts is left to `where`. */
const MAX_CUTS = 64;

/** Without a backslash or a wildcard in it, a pattern matches no two fields joined by one. */
export const NEVER = 'NOT *';

const bothExist = ({ parent, child }: FieldPlace & { readonly kind: 'joined' }): string =>
  `${fieldName(parent)}=* ${fieldName(child)}=*`;

const matchesAll = (pattern: Pattern): boolean => pattern.length === 1 && pattern.every(isAny);

/** A pattern of PARENT\CHILD as terms of the two fields. */
function compareJoined(
  place: FieldPlace & { readonly kind: 'joined' },
  patterns: readonly Pattern[],
  isCased: boolean,
): string | null {
  if (every(patterns.map(searchValue)) === null) return null;
  const cutPatterns = patterns.map(cuts);
  if (cutPatterns.some(({ length }) => length > MAX_CUTS)) return null;
  const pairs = cutPatterns.flat();
  const parents = pairs.flatMap(([parent, child]) => (matchesAll(child) ? [parent] : []));
  const children = pairs.flatMap(([parent, child]) =>
    matchesAll(parent) && !matchesAll(child) ? [child] : [],
  );
  const both = pairs.filter(([parent, child]) => !matchesAll(parent) && !matchesAll(child));
  if (pairs.length === 0) return NEVER;
  const terms = every([
    ...(parents.length > 0 ? [compare(place.parent, parents, isCased)] : []),
    ...(children.length > 0 ? [compare(place.child, children, isCased)] : []),
    ...both.map(([parent, child]) => {
      const pair = every([compare(place.parent, [parent], isCased), compare(place.child, [child], isCased)]);
      return pair === null ? null : join('and', pair);
    }),
  ]);
  return terms === null ? null : join('and', [bothExist(place), join('or', terms)]);
}

const XML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** A pattern as the XML of an event has it. */
export const inXml = (pattern: Pattern): Pattern =>
  mapText(pattern, (text) => text.replace(/[&<>"']/g, (char) => XML[char] ?? char));

/** A keyword may stand anywhere in the event, and there as it is or as XML writes it. */
export function keywordForms(pattern: Pattern): readonly Pattern[] {
  const hasMarkup = pattern.some((part) => 'text' in part && /[&<>"']/.test(part.text));
  return (hasMarkup ? [pattern, inXml(pattern)] : [pattern]).map((form) => open(form, 'both'));
}

/** One of the patterns, at a place. */
export function patternsAt(place: FieldPlace, patterns: readonly Pattern[], isCased: boolean): string | null {
  switch (place.kind) {
    case 'field': {
      const { name, rewrite } = place;
      return compare(name, rewrite === undefined ? patterns : patterns.map(rewrite), isCased);
    }
    case 'joined': {
      const { rewrite } = place;
      return compareJoined(place, rewrite === undefined ? patterns : patterns.map(rewrite), isCased);
    }
    case 'unnamed':
      return null;
    case 'event':
      return compare('_raw', patterns.flatMap(keywordForms), isCased);
  }
}

export function existsAt(place: FieldPlace): string {
  switch (place.kind) {
    case 'field':
      return `${fieldName(place.name)}=*`;
    case 'joined':
      return `(${bothExist(place)})`;
    case 'unnamed':
      return '_raw="*<Data>*"';
    case 'event':
      return '_raw=*';
  }
}

/** As patternsAt, for more values where need be. */
export function widePatternsAt(place: FieldPlace, patterns: readonly Pattern[]): string | null {
  if (place.kind !== 'unnamed') return patternsAt(place, patterns.map(widen), false);
  const elements = patterns.map((pattern) =>
    open([{ text: '<Data>' }, ...open(inXml(widen(pattern)), 'both'), { text: '</Data>' }], 'both'),
  );
  return patternsAt({ kind: 'field', name: '_raw' }, elements, false);
}
