/**
 * Regular expressions of match() and replace(), by an engine whose time grows with the text alone. It has no look-around
 * and no back references.
 */
import { RE2JS } from 're2js';

const MAX_PATTERN_LENGTH = 2_000;
/** For patterns that come from a field; a pattern in the text of a search is compiled once with it. */
const MAX_CACHED = 200;
/** Of one text: beyond, a text is cut there. */
const MAX_MATCHES = 100_000;
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

/**
 * Replaces every occurrence, or the one of this number from 1; \\1 in the replacement is the first group. Null when the
 * pattern cannot be used.
 */
export function replaceRegex(
  text: string,
  pattern: string,
  replacement: string,
  which: 'all' | number = 'all',
): string | null {
  const template = replacement
    .replaceAll('$', '$$$$')
    .replace(/\\(\\|\d{1,2})/g, (_, what: string) =>
      what === '\\' ? '\\' : what === '0' ? '$&' : `$${what}`,
    );
  const regex = findRegex(pattern);
  if (regex === null) return null;
  if (which === 'all') return regex.matcher(text).replaceAll(template);
  const matcher = regex.matcher(text);
  for (let number = 1; number <= which; number++) if (!matcher.find()) return text;
  const [start, end] = [matcher.start(), matcher.end()];
  const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? '');
  const made = replacement.replace(/\\(\\|\d)/g, (_, what: string) =>
    what === '\\' ? '\\' : (groups[Number(what)] ?? ''),
  );
  return text.slice(0, start) + made + text.slice(end);
}

/** Values of the named groups at every match, in order; at most `maxMatch` matches, 0: all. */
export function captureRegex(
  text: string,
  pattern: string,
  maxMatch: number,
): ReadonlyMap<string, readonly string[]> {
  const captures = new Map<string, string[]>();
  const regex = findRegex(pattern);
  if (regex === null) return captures;
  const names = Object.keys(regex.namedGroups());
  const matcher = regex.matcher(text);
  for (
    let count = 0;
    (maxMatch === 0 || count < maxMatch) && count < MAX_MATCHES && matcher.find();
    count++
  ) {
    for (const name of names) {
      const value = matcher.group(name);
      if (value === null || value === '') continue;
      const known = captures.get(name);
      if (known === undefined) captures.set(name, [value]);
      else known.push(value);
    }
  }
  return captures;
}

/** The first match of the pattern in the text. */
export function findInText(text: string, pattern: string): readonly [start: number, end: number] | null {
  const matcher = findRegex(pattern)?.matcher(text);
  return matcher?.find() ? [matcher.start(), matcher.end()] : null;
}

/** What the first group of each match holds, or the whole match without a group. */
export function tokenizeRegex(text: string, pattern: string): readonly string[] {
  const tokens: string[] = [];
  const matcher = findRegex(pattern)?.matcher(text);
  if (matcher === undefined) return tokens;
  while (tokens.length < MAX_MATCHES && matcher.find()) {
    tokens.push((matcher.groupCount() > 0 ? matcher.group(1) : matcher.group(0)) ?? '');
  }
  return tokens;
}

/** like(): % stands for any text, _ for one character, case counts. */
export function likeToRegex(pattern: string): string {
  const body = RE2JS.quote(pattern).replaceAll('%', '.*').replaceAll('_', '.');
  return `(?s)^${body}$`;
}
