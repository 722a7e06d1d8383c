import * as code from './characters.ts';
import { readVariable, skipBlank } from './lexer.ts';
import type { Value } from './value.ts';

/** Variables that every Windows PowerShell has, whose characters scripts pick to write `iex`. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  'env:comspec': 'C:\\WINDOWS\\system32\\cmd.exe',
  'env:public': 'C:\\Users\\Public',
  pshome: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0',
  shellid: 'Microsoft.PowerShell',
  verbosepreference: 'SilentlyContinue',
};

type Known = { readonly value: Value; readonly block: number };

/**
 * What variables hold, followed in the order of the text. A value is known in the block where it was assigned;
 * inside a deeper block (which may be a loop or a branch) only when the text assigns that variable once.
 */
export class Names {
  readonly #text: string;
  readonly #known = new Map<string, Known>();
  #assigned: Map<string, number> | null = null;
  /** The open blocks, each with the names assigned in it. */
  readonly #blocks: Set<string>[] = [new Set()];

  constructor(text: string) {
    this.#text = text;
  }

  get(name: string): Value | null {
    const known = this.#known.get(name);
    if (known === undefined) {
      return null;
    }
    const isHere = known.block === this.#blocks.length;
    return isHere || this.#assignments().get(name) === 1 ? known.value : null;
  }

  wellKnown(name: string): string | null {
    return Object.hasOwn(WELL_KNOWN, name) ? (WELL_KNOWN[name] ?? null) : null;
  }

  /** Null: assigned, but not to a constant. */
  set(name: string, value: Value | null): void {
    const before = this.#known.get(name);
    const block = this.#blocks.length;
    this.#blocks[block - 1]?.add(name);
    if (value === null || (before !== undefined && before.block !== block)) {
      this.#known.delete(name);
    } else {
      this.#known.set(name, { value, block });
    }
  }

  enterBlock(): void {
    this.#blocks.push(new Set());
  }

  leaveBlock(): void {
    for (const name of this.#blocks.pop() ?? []) {
      this.#known.delete(name);
    }
  }

  /** How often each variable is assigned anywhere in the text, seen without regard to quotes: rather too often. */
  #assignments(): ReadonlyMap<string, number> {
    if (this.#assigned !== null) {
      return this.#assigned;
    }
    const counts = new Map<string, number>();
    const text = this.#text;
    for (let at = text.indexOf('$'); at !== -1; at = text.indexOf('$', at + 1)) {
      const variable = readVariable(text, at, text.length);
      if (variable !== null && isAssigned(text, variable.to)) {
        counts.set(variable.name, (counts.get(variable.name) ?? 0) + 1);
      }
    }
    this.#assigned = counts;
    return counts;
  }
}

/** True when `=`, `+=`, `++` or `in` (of foreach) follows; `at` is the place after the variable. */
function isAssigned(text: string, at: number): boolean {
  const end = Math.min(text.length, at + 40);
  let next = skipBlank(text, at, end, false);
  if (text.startsWith('in ', next)) {
    return true;
  }
  const first = text.charCodeAt(next);
  if (first === code.PLUS || first === code.HYPHEN || first === code.STAR) {
    if (text.charCodeAt(next + 1) === first) {
      return true;
    }
    next++;
  }
  return text.charCodeAt(next) === code.EQUALS && text.charCodeAt(next + 1) !== code.EQUALS;
}
