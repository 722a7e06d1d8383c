import { type Fuel, MOST_SHOWN, MOST_STEPS_LISTED } from './limits.ts';
import type { DecodingMethod, DecodingStep } from './step.ts';

/** `text` stands for source[from, to); `shift` is by how much it and all before it moved what follows. */
type Edit = { readonly from: number; readonly to: number; readonly text: string; readonly shift: number };

/**
 * The replacements made in one reading of a text. They are kept in order of place and never overlap: a
 * replacement that encloses others takes their place, which is how a nested expression is undone from inside
 * out. Every replacement is one step.
 */
export class Edits {
  readonly #source: string;
  readonly #longest: number;
  readonly #fuel: Fuel;
  readonly #steps: DecodingStep[];
  readonly #edits: Edit[] = [];
  #count = 0;

  /** `steps` is where steps are added; `longest` bounds the result in UTF-16 units. */
  constructor(source: string, longest: number, fuel: Fuel, steps: DecodingStep[]) {
    this.#source = source;
    this.#longest = longest;
    this.#fuel = fuel;
    this.#steps = steps;
  }

  /** How many replacements were made, nested ones included. */
  get count(): number {
    return this.#count;
  }

  /** How many more units the result may hold. */
  get room(): number {
    return this.#longest - this.#source.length - this.#shiftOf(this.#edits.length);
  }

  /** Puts `after` in the place of source[from, to). False when the bounds forbid it: nothing has changed then. */
  replace(from: number, to: number, after: string, method: DecodingMethod): boolean {
    let end = this.#edits.length;
    while (end > 0 && (this.#edits[end - 1]?.from ?? 0) >= to) {
      end--;
    }
    let start = end;
    while (start > 0 && (this.#edits[start - 1]?.from ?? 0) >= from) {
      start--;
    }
    const shift = this.#shiftOf(start);
    const inner = this.#shiftOf(end) - shift;
    const growth = after.length - (to - from) - inner;
    if (growth > this.room || !this.#fuel.take(this.#edits.length - start + after.length)) {
      return false;
    }
    const later = this.#edits.slice(end);
    if (this.#steps.length < MOST_STEPS_LISTED) {
      this.#steps.push({
        method,
        before: cut(this.#current(from, to, start, end)),
        after: cut(after),
        from: from + shift,
        to: to + shift + inner,
      });
    }
    this.#edits.length = start;
    this.#push(from, to, after);
    for (const edit of later) {
      this.#push(edit.from, edit.to, edit.text);
    }
    this.#count++;
    return true;
  }

  /** The text with all replacements. */
  result(): string {
    const parts: string[] = [];
    let at = 0;
    for (const edit of this.#edits) {
      parts.push(this.#source.slice(at, edit.from), edit.text);
      at = edit.to;
    }
    parts.push(this.#source.slice(at));
    return parts.join('');
  }

  #shiftOf(count: number): number {
    return this.#edits[count - 1]?.shift ?? 0;
  }

  #push(from: number, to: number, text: string): void {
    const shift = this.#shiftOf(this.#edits.length) + text.length - (to - from);
    this.#edits.push({ from, to, text, shift });
  }

  /** What stands in source[from, to) now, as far as it is shown. */
  #current(from: number, to: number, start: number, end: number): string {
    let text = '';
    let at = from;
    for (let i = start; i < end && text.length <= MOST_SHOWN; i++) {
      const edit = this.#edits[i];
      if (edit !== undefined) {
        text += this.#source.slice(at, edit.from) + edit.text;
        at = edit.to;
      }
    }
    return text + this.#source.slice(at, Math.min(to, at + MOST_SHOWN + 1));
  }
}

/** Copied, so that a step does not keep the whole text alive; never ends in half a surrogate pair. */
function cut(text: string): string {
  if (text.length <= MOST_SHOWN) {
    return text;
  }
  const last = text.charCodeAt(MOST_SHOWN - 1);
  const length = last >= 0xd800 && last < 0xdc00 ? MOST_SHOWN - 1 : MOST_SHOWN;
  return text.slice(0, length);
}
