/**
 * Regular expressions of match() and replace(), by an engine whose time grows with the text alone. It has no look-around
 * and no back references.
 */
import { RE2JS } from 're2js';

const MAX_PATTERN_LENGTH = 2_000;
/** For patterns that come from a field; a pattern in the text of a search is compiled once with it. */
const MAX_CACHED = 200;
const cache = new Map<string, RE2JS | null>();

/** Throws with the reason why the pattern cannot be used. */
function compileRegex(pattern: string): RE2JS {
  if (pattern.length > MAX_PATTERN_LENGTH)
    throw new Error(`it is longer than ${MAX_PATTERN_LENGTH} characters`);
  return RE2JS.compile(pattern);
}

/** What is wrong with a pattern, in a few words; null when it can be used. */
export function explainRegexError(pattern: string): string | null {
  try {
    compileRegex(pattern);
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    const isPerl = /\(\?<?[=!]|\\[1-9]|\(\?>|[*+?]\+/.test(pattern);
    return isPerl
      ? `${reason} (look-around, back references and possessive quantifiers are not available)`
      : reason;
  }
}

function findRegex(pattern: string): RE2JS | null {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  let regex: RE2JS | null = null;
  try {
    regex = compileRegex(pattern);
  } catch {
    // A pattern out of evidence may be anything; it matches nothing.
  }
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(pattern, regex);
  return regex;
}

/** Whether the pattern occurs in the text; null when the pattern cannot be used. */
export function matchesRegex(text: string, pattern: string): boolean | null {
  return findRegex(pattern)?.matcher(text).find() ?? null;
}

/** Replaces every occurrence; \1 in the replacement is the first group. Null when the pattern cannot be used. */
export function replaceRegex(text: string, pattern: string, replacement: string): string | null {
  const template = replacement
    .replaceAll('$', '$$$$')
    .replace(/\\(\\|\d{1,2})/g, (_, what: string) =>
      what === '\\' ? '\\' : what === '0' ? '$&' : `$${what}`,
    );
  return findRegex(pattern)?.matcher(text).replaceAll(template) ?? null;
}

/** like(): % stands for any text, _ for one character, case counts. */
export function likeToRegex(pattern: string): string {
  const body = RE2JS.quote(pattern).replaceAll('%', '.*').replaceAll('_', '.');
  return `(?s)^${body}$`;
}
