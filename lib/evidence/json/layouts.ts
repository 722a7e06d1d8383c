import type { TimeReader } from '#lib/evidence/text/times.ts';
import type { KindValues } from '#lib/evidence/xml/census.ts';
import { KindCounter } from './kinds.ts';
import { type Outline, outlineOf, VALUES_MAX } from './outline.ts';
import { passValue, type Text, textOf } from './passing.ts';

const OPEN_BRACE = 0x7b;
/** Layouts are learned while they are few or serve again and again: so many, and one more for each so many objects. */
const FREE_LESSONS = 64;
const PASSES_PER_LESSON = 8;
/** Bounds on what hostile evidence makes us keep. */
const CHILDREN_MAX = 256;
const KEPT_MAX_BYTES = 8 * 1024 * 1024;

/** What a census needs of an object. */
export type Counted = { readonly kind: KindValues; readonly timeTicks: bigint | null };

/** A run of bytes that stands before a value, or ends an object; then `counter` is there, and no child. */
type Node = { readonly run: Text; readonly children: Node[]; readonly counter: KindCounter | null };

/**
 * Passes objects that are laid out as others before them, in one go: what stands between values is compared, each value is
 * passed by the grammar. What is passed so is valid JSON, with the keys of the object that the layout was learned from; so
 * its kind is found by comparing a few values with those of objects that were read. Makes no difference but in time.
 */
export class KnownLayouts {
  readonly #times: TimeReader;
  readonly #root: Node = { run: textOf(Buffer.alloc(0)), children: [], counter: null };
  /** Where the values of the object in hand stand. */
  readonly #starts = new Uint32Array(VALUES_MAX);
  readonly #ends = new Uint32Array(VALUES_MAX);
  #counter: KindCounter | null = null;
  #text: Text = textOf(Buffer.alloc(0));
  #passes = 0;
  #lessons = 0;
  #keptBytes = 0;

  constructor(times: TimeReader) {
    this.#times = times;
  }

  /** Where the object at `start` ends, -1 when the bytes do not hold it whole in a layout that is known. */
  pass(bytes: Buffer, start: number): number {
    if (this.#text.bytes !== bytes) this.#text = textOf(bytes);
    const text = this.#text;
    const starts = this.#starts;
    const ends = this.#ends;
    let node = this.#root;
    let at = start;
    for (let index = 0; ; index++) {
      const next = childAt(node.children, text, at);
      if (next === null) return -1;
      at += next.run.bytes.length;
      if (next.counter !== null) {
        this.#counter = next.counter;
        this.#passes += 1;
        return at;
      }
      starts[index] = at;
      at = passValue(text, at);
      if (at < 0) return -1;
      ends[index] = at;
      node = next;
    }
  }

  /** What a census needs of the object between two offsets, which was passed last; null when it has to be read for that. */
  count(bytes: Buffer, start: number, end: number): Counted | null {
    return this.#counter?.count(bytes, start, end, this.#starts, this.#ends) ?? null;
  }

  /** Learns the layout of a whole object that was not passed. @returns as count */
  learn(bytes: Buffer, start: number, end: number): Counted | null {
    // What was held before may have ended within it.
    if (this.pass(bytes, start) === end) return this.count(bytes, start, end);
    if (this.#lessons >= FREE_LESSONS + this.#passes / PASSES_PER_LESSON) return null;
    this.#lessons += 1;
    const outline = outlineOf(bytes, start, end);
    if (outline === null || !this.#keep(outline)) return null;
    return this.pass(bytes, start) === end ? this.count(bytes, start, end) : null;
  }

  #keep({ runs, paths }: Outline): boolean {
    let node = this.#root;
    for (const [index, run] of runs.entries()) {
      const isLast = index === paths.length;
      let child = node.children.find((one) => run.equals(one.run.bytes));
      if (!child) {
        this.#keptBytes += run.length;
        if (node.children.length >= CHILDREN_MAX || this.#keptBytes > KEPT_MAX_BYTES) return false;
        child = {
          run: textOf(run),
          children: [],
          counter: isLast ? new KindCounter(paths, this.#times) : null,
        };
        node.children.push(child);
      }
      node = child;
    }
    return true;
  }
}

/** The run that stands at an offset. No two fit: where one ends, a value begins that is no object, or the text is over. */
function childAt(children: readonly Node[], text: Text, at: number): Node | null {
  for (let which = 0; which < children.length; which++) {
    const child = children[which];
    if (!child || !standsAt(child.run, text, at)) continue;
    if (child.counter !== null || text.bytes[at + child.run.bytes.length] !== OPEN_BRACE) return child;
  }
  return null;
}

function standsAt(run: Text, text: Text, start: number): boolean {
  const length = run.bytes.length;
  if (start + length > text.bytes.length) return false;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    if (run.view.getInt32(at, true) !== text.view.getInt32(start + at, true)) return false;
  }
  for (; at < length; at++) if (run.bytes[at] !== text.bytes[start + at]) return false;
  return true;
}
