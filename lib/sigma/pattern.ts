/** Sigma's text patterns: how they are read, changed by modifiers, and written as a regular expression. */
import type { Pattern, PatternPart } from './rule.ts';

const ANY: PatternPart = { wildcard: '*' };

/** Joins neighbouring texts, and `**` to `*`. */
export function normalize(parts: readonly PatternPart[]): Pattern {
  const result: PatternPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if ('text' in part) {
      if (part.text === '') continue;
      if (last !== undefined && 'text' in last) result[result.length - 1] = { text: last.text + part.text };
      else result.push(part);
    } else if (!(part.wildcard === '*' && last !== undefined && isAny(last))) result.push(part);
  }
  return result;
}

/** Reads a value as written: `\` before `*`, `?` or `\` takes their meaning, before anything else it is itself. */
export function readPattern(text: string): Pattern {
  const parts: PatternPart[] = [];
  let literal = '';
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    const next = text.charAt(index + 1);
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next;
      index++;
    } else if (char === '*' || char === '?') {
      parts.push({ text: literal }, { wildcard: char });
      literal = '';
    } else literal += char;
  }
  return normalize([...parts, { text: literal }]);
}

export const isAny = (part: PatternPart): boolean => 'wildcard' in part && part.wildcard === '*';

/** The text of a pattern without wildcards, else null. */
export function plainText(pattern: Pattern): string | null {
  const texts = pattern.map((part) => ('text' in part ? part.text : null));
  return texts.includes(null) ? null : texts.join('');
}

/** `contains`, `startswith` and `endswith`: any text before, after, or on both sides. */
export function open(pattern: Pattern, sides: 'both' | 'before' | 'after'): Pattern {
  return normalize([...(sides === 'after' ? [] : [ANY]), ...pattern, ...(sides === 'before' ? [] : [ANY])]);
}

export function mapText(pattern: Pattern, change: (text: string) => string): Pattern {
  return normalize(pattern.map((part) => ('text' in part ? { text: change(part.text) } : part)));
}

export const escapeRegex = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');

/** What the wildcards of a pattern become in a regular expression. */
export type RegexWildcards = { readonly any: string; readonly one: string };
const DOTS: RegexWildcards = { any: '.*', one: '.' };

/** The pattern as the body of a regular expression, without flags and anchors. */
export function regexBody(pattern: Pattern, wildcards: RegexWildcards = DOTS): string {
  return pattern
    .map((part) => {
      if ('text' in part) return escapeRegex(part.text);
      return part.wildcard === '*' ? wildcards.any : wildcards.one;
    })
    .join('');
}

/** A regular expression that occurs in a value exactly when the pattern matches the whole of it. */
export function wholeRegex(pattern: Pattern, isCased: boolean): string {
  const isOpenBefore = pattern[0] !== undefined && isAny(pattern[0]);
  const last = pattern.at(-1);
  const isOpenAfter = last !== undefined && isAny(last);
  const inner = pattern.slice(isOpenBefore ? 1 : 0, isOpenAfter && pattern.length > 1 ? -1 : undefined);
  const flags = `${isCased ? '' : 'i'}${inner.some((part) => 'wildcard' in part) ? 's' : ''}`;
  return `${flags === '' ? '' : `(?${flags})`}${isOpenBefore ? '' : '^'}${regexBody(inner)}${isOpenAfter ? '' : '\\z'}`;
}
