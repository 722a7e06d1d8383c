/**
 * The small part of regular expressions that -replace and -split are used with to hide text: literal
 * characters, escapes, single sets such as [XYZ], and alternatives of these. Anything else is null, so that
 * matching stays linear and nothing is claimed that was not understood.
 */

/** Each alternative is a sequence of sets of characters, lower case unless case counts. */
export type Pattern = { readonly alternatives: readonly (readonly string[])[]; readonly isCased: boolean };

const LONGEST_PATTERN = 512;
const SPECIAL = '.^$*+?()[|\\';

export function readPattern(source: string, isCased: boolean): Pattern | null {
  if (source === '' || source.length > LONGEST_PATTERN) {
    return null;
  }
  const alternatives: string[][] = [[]];
  let at = 0;
  while (at < source.length) {
    const char = source.charAt(at);
    let set: string | null;
    if (char === '|') {
      alternatives.push([]);
      at++;
      continue;
    }
    if (char === '[') {
      const close = source.indexOf(']', at + 2);
      set = close === -1 ? null : readSet(source.slice(at + 1, close));
      at = close + 1;
    } else if (char === '\\') {
      set = readEscape(source.charAt(at + 1));
      at += 2;
    } else {
      const isQuantifier = char === '{' && /\d/.test(source.charAt(at + 1));
      set = isQuantifier || SPECIAL.includes(char) ? null : char;
      at++;
    }
    if (set === null) {
      return null;
    }
    alternatives[alternatives.length - 1]?.push(isCased ? set : set.toLowerCase());
  }
  return alternatives.some((sets) => sets.length === 0) ? null : { alternatives, isCased };
}

/** A pattern for the text itself, as .Replace() and .Split() take it. */
export function literalPattern(text: string): Pattern | null {
  return text === '' ? null : { alternatives: [text.split('')], isCased: true };
}

/** The parts of `text` between matches. Null when that is too much work for `take`. */
export function splitBy(text: string, pattern: Pattern, take: (units: number) => boolean): string[] | null {
  const longest = Math.max(...pattern.alternatives.map((sets) => sets.length));
  if (!take(text.length * Math.min(longest, 8) * pattern.alternatives.length)) {
    return null;
  }
  const only = pattern.alternatives.length === 1 ? pattern.alternatives[0] : undefined;
  if (pattern.isCased && only?.every((set) => set.length === 1)) {
    return text.split(only.join(''));
  }
  // Lower case may have another length than the text (İ): then offsets would not fit.
  const searched = pattern.isCased ? text : text.toLowerCase();
  if (searched.length !== text.length) {
    return null;
  }
  const parts: string[] = [];
  let from = 0;
  let at = 0;
  while (at < text.length) {
    const length = matchLength(searched, at, pattern);
    if (length === 0) {
      at++;
    } else {
      parts.push(text.slice(from, at));
      at += length;
      from = at;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

function matchLength(text: string, at: number, pattern: Pattern): number {
  for (const sets of pattern.alternatives) {
    let i = 0;
    while (i < sets.length && at + i < text.length && sets[i]?.includes(text.charAt(at + i))) {
      i++;
    }
    if (i === sets.length) {
      return i;
    }
  }
  return 0;
}

function readSet(inside: string): string | null {
  if (inside.startsWith('^')) {
    return null;
  }
  let set = '';
  for (let at = 0; at < inside.length; at++) {
    const char = inside.charAt(at);
    if (char === '-' && at > 0 && at < inside.length - 1) {
      return null;
    }
    if (char === '\\') {
      at++;
      const escaped = readEscape(inside.charAt(at));
      if (escaped === null) {
        return null;
      }
      set += escaped;
    } else {
      set += char;
    }
  }
  return set;
}

function readEscape(char: string): string | null {
  if (char === 't') {
    return '\t';
  }
  if (char === 's') {
    return ' \t\r\n\f\v';
  }
  return char !== '' && !/[A-Za-z0-9]/.test(char) ? char : null;
}
