/**
 * A word or phrase that a search looks for in the raw text of an event. As in Splunk it must stand as whole words:
 * `task` is in "new-task.exe" and not in "taskhost"; `task*` is in both.
 */
import { type Acceptance, Literal, type Range } from './pattern.ts';

/** Splunk's major breakers: a wildcard does not reach over them. */
const MAJOR = new Set([...'[]<>(){}|!;,\'"*&?+'].map((char) => char.charCodeAt(0)));
const isMajor = (code: number): boolean => code <= 32 || code === 127 || MAJOR.has(code);

/** Letters, digits and all outside ASCII make words; other characters part them. */
const isWordPart = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code > 127;

const isBreak = (value: string, position: number): boolean =>
  position <= 0 ||
  position >= value.length ||
  !isWordPart(value.charCodeAt(position - 1)) ||
  !isWordPart(value.charCodeAt(position));

const ACCEPTANCES: readonly Acceptance[] = [
  () => true,
  (value, start) => isBreak(value, start),
  (value, _, end) => isBreak(value, end),
  (value, start, end) => isBreak(value, start) && isBreak(value, end),
];

type Part = { readonly literal: Literal; readonly accepts: Acceptance | undefined };

export class RawTerm {
  readonly literals: readonly string[];
  readonly #parts: readonly Part[];
  /** A phrase with blanks in it cannot stand inside one word, so its wildcards may reach over them. */
  readonly #isWithinWord: boolean;

  constructor(text: string, isCaseSensitive: boolean) {
    this.literals = text.split('*').filter((part) => part !== '');
    const last = this.literals.length - 1;
    this.#parts = this.literals.map((part, index) => {
      const mustBegin = index === 0 && !text.startsWith('*') ? 1 : 0;
      const mustEnd = index === last && !text.endsWith('*') ? 2 : 0;
      return { literal: new Literal(part, isCaseSensitive), accepts: ACCEPTANCES[mustBegin + mustEnd] };
    });
    const hasMajor = this.literals.some((part) => [...part].some((char) => isMajor(char.charCodeAt(0))));
    this.#isWithinWord = this.#parts.length > 1 && !hasMajor;
  }

  matches(raw: string): boolean {
    return this.#find(raw, null);
  }

  rangesIn(raw: string): readonly Range[] {
    const ranges: Range[] = [];
    return this.#find(raw, ranges) ? ranges : [];
  }

  #find(raw: string, ranges: Range[] | null): boolean {
    if (!this.#isWithinWord) return this.#findWithin(raw, 0, raw.length, ranges);
    for (let start = 0; start < raw.length; start++) {
      if (isMajor(raw.charCodeAt(start))) continue;
      let end = start;
      while (end < raw.length && !isMajor(raw.charCodeAt(end))) end++;
      if (ranges !== null) ranges.length = 0;
      if (this.#findWithin(raw, start, end, ranges)) return true;
      start = end;
    }
    return false;
  }

  #findWithin(raw: string, from: number, to: number, ranges: Range[] | null): boolean {
    let position = from;
    for (let index = 0; index < this.#parts.length; index++) {
      const part = this.#parts[index];
      if (part === undefined) break;
      const found = part.literal.indexIn(raw, position, to, part.accepts);
      if (found < 0) return false;
      position = found + part.literal.length;
      ranges?.push([found, position]);
    }
    return true;
  }
}
