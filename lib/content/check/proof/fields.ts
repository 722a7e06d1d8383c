import { NULL, OPAQUE, type Stream, type Term } from './term.ts';

/** Where rows come from, and how far they are from events. */
export type Origin = {
  /** The events that rows are made of; null for rows of no event. */
  readonly stream: Stream | null;
  /** Whether any other field of the events can be asked for. */
  readonly isOpen: boolean;
  /** By-fields of the grouping that made the rows; null: a row is an event. */
  readonly groupedBy: ReadonlyMap<string, Term> | null;
};

/** The fields of the rows at one place of a search, as terms. */
export class Fields {
  readonly origin: Origin;
  readonly #terms: Map<string, Term>;
  /** Renamings with a wildcard, for fields that are not known by name yet. */
  readonly #patterns: (readonly [from: string, to: string])[];
  /** Whether fields may be there that the search does not name: out of XML and JSON. */
  #hasUnknown = false;

  constructor(
    origin: Origin,
    terms: ReadonlyMap<string, Term> = new Map(),
    patterns: readonly (readonly [from: string, to: string])[] = [],
  ) {
    this.origin = origin;
    this.#terms = new Map(terms);
    this.#patterns = [...patterns];
  }

  copy(): Fields {
    const copy = new Fields(this.origin, this.#terms, this.#patterns);
    copy.#hasUnknown = this.#hasUnknown;
    return copy;
  }

  get(name: string): Term {
    if (name === '_time') return OPAQUE;
    const known = this.#terms.get(name);
    if (known !== undefined) return known;
    const { stream, isOpen } = this.origin;
    if (stream === null || !isOpen) return this.#hasUnknown ? OPAQUE : NULL;
    let original = name;
    for (const [from, to] of this.#patterns.toReversed())
      original = applyPattern(original, to, from) ?? original;
    stream.fields.add(original);
    const term: Term = { kind: 'field', stream, name: original };
    this.#terms.set(name, term);
    return term;
  }

  has(name: string): boolean {
    return this.#terms.has(name);
  }

  set(name: string, term: Term): void {
    this.#terms.set(name, term);
  }

  addUnknown(): void {
    this.#hasUnknown = true;
  }

  /** The rows with these columns only; with a wildcard among them, as they are. */
  only(names: readonly string[]): Fields {
    if (names.some((name) => name.includes('*'))) return this;
    const terms = names.map((name) => [name, this.get(name)] as const);
    return new Fields({ ...this.origin, isOpen: false }, new Map(terms));
  }

  rename(from: string, to: string): void {
    if (!from.includes('*')) {
      const term = this.get(from);
      this.#terms.set(from, NULL);
      this.#terms.set(to, term);
      return;
    }
    for (const [name, term] of [...this.#terms]) {
      const renamed = applyPattern(name, from, to);
      if (renamed === null || renamed === name) continue;
      this.#terms.delete(name);
      this.#terms.set(renamed, term);
    }
    if (this.origin.isOpen) this.#patterns.push([from, to]);
  }

  entries(): Iterable<readonly [string, Term]> {
    return this.#terms;
  }
}

/** `columns.*` to `*`: `columns.pid` becomes `pid`. One wildcard a side; null when the name does not match. */
function applyPattern(name: string, from: string, to: string): string | null {
  const [before = '', after = ''] = from.split('*');
  const isLong = name.length >= before.length + after.length;
  if (!isLong || !name.startsWith(before) || !name.endsWith(after)) return null;
  return to.replace('*', () => name.slice(before.length, name.length - after.length));
}
