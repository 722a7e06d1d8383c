/**
 * Makes a text that a regular expression matches, for the usual constructs. It need not be right for all of them: who asks checks the
 * text with the engine.
 */
import type { Shape } from './shape.ts';

const MAX_SAMPLE_LENGTH = 2_000;
/** Look-ahead and look-behind, which the sample ignores, and named groups. */
const GROUP_START = /^\?(?:[:>|]|<?[=!]|P?<(\w+)>|'(\w+)'|([a-zA-Z-]*)([:)]))/;

type Sampler = {
  readonly pattern: string;
  at: number;
  /** Which alternative and how many repetitions: 0 is the shortest. */
  readonly variant: number;
  readonly groups: ReadonlyMap<string, string>;
  isStart: boolean;
  isEnd: boolean;
  length: number;
};

/**
 * @param variant 0 takes first alternatives and least repetitions; others vary them
 * @param groups texts that named groups shall have
 * @returns null when there is none or the pattern is not understood
 */
export function sampleRegex(
  pattern: string,
  variant: number,
  groups: ReadonlyMap<string, string> = new Map(),
): Shape | null {
  const sampler: Sampler = { pattern, at: 0, variant, groups, isStart: false, isEnd: false, length: 0 };
  const text = sampleAlternatives(sampler, 0);
  if (text === null || sampler.at < pattern.length) return null;
  if (sampler.isStart && sampler.isEnd) return [text];
  if (sampler.isStart) return [text, ''];
  return sampler.isEnd ? ['', text] : ['', text, ''];
}

function sampleAlternatives(sampler: Sampler, depth: number): string | null {
  if (depth > 50) return null;
  const texts: { text: string; isStart: boolean; isEnd: boolean }[] = [];
  const { isStart, isEnd } = sampler;
  for (;;) {
    sampler.isStart = isStart;
    sampler.isEnd = isEnd;
    const text = sampleSequence(sampler, depth);
    if (text === null) return null;
    texts.push({ text, isStart: sampler.isStart, isEnd: sampler.isEnd });
    if (sampler.pattern[sampler.at] !== '|') break;
    sampler.at++;
  }
  const chosen = texts[sampler.variant % texts.length];
  if (chosen === undefined) return null;
  sampler.isStart = chosen.isStart;
  sampler.isEnd = chosen.isEnd;
  return chosen.text;
}

function sampleSequence(sampler: Sampler, depth: number): string | null {
  let result = '';
  while (sampler.at < sampler.pattern.length) {
    const char = sampler.pattern[sampler.at];
    if (char === '|' || char === ')') break;
    const atom = sampleAtom(sampler, depth);
    if (atom === null) return null;
    const { least, most } = readQuantifier(sampler);
    const times = Math.min(most, Math.max(least, sampler.variant % 2 === 1 ? least + 1 : least));
    if (times * atom.length + sampler.length > MAX_SAMPLE_LENGTH) return null;
    result += atom.repeat(times);
    sampler.length = result.length;
  }
  return result;
}

function readQuantifier(sampler: Sampler): { readonly least: number; readonly most: number } {
  const rest = sampler.pattern.slice(sampler.at, sampler.at + 20);
  const [all = '', sign, from, comma, to] = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})[?+]?/.exec(rest) ?? [];
  sampler.at += all.length;
  if (all === '') return { least: 1, most: 1 };
  if (sign !== undefined) return { least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : 1_000 };
  const least = Number(from);
  if (comma === undefined) return { least, most: least };
  return { least, most: to === '' || to === undefined ? 1_000 : Number(to) };
}

function sampleAtom(sampler: Sampler, depth: number): string | null {
  const { pattern } = sampler;
  const char = pattern[sampler.at] ?? '';
  switch (char) {
    case '^':
      sampler.at++;
      sampler.isStart = true;
      return '';
    case '$':
      sampler.at++;
      sampler.isEnd = true;
      return '';
    case '.':
      sampler.at++;
      return sampler.variant % 4 === 3 ? ' ' : 'x';
    case '(':
      return sampleGroup(sampler, depth);
    case '[':
      return sampleClass(sampler);
    case '\\':
      return sampleEscape(sampler);
    default:
      sampler.at++;
      return char;
  }
}

function sampleGroup(sampler: Sampler, depth: number): string | null {
  sampler.at++;
  const rest = sampler.pattern.slice(sampler.at, sampler.at + 80);
  const [all = '', name, quoted, , flagsEnd] = GROUP_START.exec(rest) ?? [];
  sampler.at += all.length;
  if (flagsEnd === ')') return '';
  const text = sampleAlternatives(sampler, depth + 1);
  if (text === null || sampler.pattern[sampler.at] !== ')') return null;
  sampler.at++;
  if (/^\?<?[=!]/.test(all)) return '';
  return sampler.groups.get(name ?? quoted ?? '') ?? text;
}

const CLASS_TEXTS: Readonly<Record<string, string>> = {
  d: '1',
  w: 'a',
  s: ' ',
  S: 'a',
  D: 'a',
  W: ' ',
  h: ' ',
  R: '\n',
};
const CONTROLS: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', e: '\x1b' };

function sampleEscape(sampler: Sampler): string | null {
  const rest = sampler.pattern.slice(sampler.at, sampler.at + 12);
  const [hex = '', braced, plain] = /^\\x(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))/.exec(rest) ?? [];
  if (hex !== '') {
    sampler.at += hex.length;
    const code = Number.parseInt(braced ?? plain ?? '0', 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : null;
  }
  const letter = rest[1];
  if (letter === undefined || /[1-9]/.test(letter)) return null;
  sampler.at += 2;
  if (letter === 'b' || letter === 'B' || letter === 'K') return '';
  if (letter === 'A') sampler.isStart = true;
  if (letter === 'z' || letter === 'Z') sampler.isEnd = true;
  if (/[AzZ]/.test(letter)) return '';
  return CLASS_TEXTS[letter] ?? CONTROLS[letter] ?? letter;
}

const PROBES = 'aA1 x-_./\\:;,@#$%&*()"\'=<>+|~!?{}[]z0Z9\t\n';

function sampleClass(sampler: Sampler): string | null {
  const { pattern } = sampler;
  let end = sampler.at + 1;
  if (pattern[end] === '^') end++;
  if (pattern[end] === ']') end++;
  while (end < pattern.length && pattern[end] !== ']') {
    if (pattern.startsWith('[:', end)) end = Math.max(end, pattern.indexOf(':]', end) + 1);
    end += pattern[end] === '\\' ? 2 : 1;
  }
  if (end >= pattern.length) return null;
  const source = pattern.slice(sampler.at, end + 1);
  sampler.at = end + 1;
  const isNegated = source[1] === '^';
  const body = source.slice(isNegated ? 2 : 1, -1);
  if (!isNegated) {
    const first = /^(?:\\x\{?[0-9a-fA-F]+\}?|\\?[\s\S])/.exec(body)?.[0] ?? '';
    if (first !== '' && first !== '[') {
      const inner: Sampler = { ...sampler, pattern: first, at: 0 };
      const text = first.startsWith('\\') ? sampleEscape(inner) : first;
      if (text !== null && text !== '') return text;
    }
  }
  try {
    const test = new RegExp(source.replaceAll('[:alnum:]', 'a-zA-Z0-9').replaceAll('[:space:]', '\\s'));
    return [...PROBES].find((probe) => test.test(probe)) ?? null;
  } catch {
    return null;
  }
}
