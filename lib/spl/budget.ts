/** Keeps one run of a search within memory and lets it be cancelled. */
import type { Span } from './ast.ts';
import { failAt } from './syntax.ts';

const DEFAULT_LIMIT_BYTES = 512 * 1024 * 1024;
/** What a value costs beside its characters. */
const VALUE_BYTES = 64;
const ROWS_A_CHECK = 1024;

export class Budget {
  readonly #limitBytes: number;
  readonly #signal: AbortSignal | undefined;
  #usedBytes = 0;
  #rows = 0;

  constructor(signal?: AbortSignal, limitBytes = DEFAULT_LIMIT_BYTES) {
    this.#signal = signal;
    this.#limitBytes = limitBytes;
  }

  /** Counts what is kept; throws SplError beyond the limit. */
  take(characters: number, span: Span): void {
    this.#usedBytes += VALUE_BYTES + 2 * characters;
    if (this.#usedBytes <= this.#limitBytes) return;
    const megabytes = Math.round(this.#limitBytes / 1_048_576);
    failAt(
      span,
      `This needs more than ${megabytes} MB: filter more before it, group by fewer fields, or leave out values() and list().`,
    );
  }

  /** To be called for each row; throws the signal's reason after it was aborted. */
  tick(): void {
    if (++this.#rows % ROWS_A_CHECK === 0) this.#signal?.throwIfAborted();
  }

  check(): void {
    this.#signal?.throwIfAborted();
  }
}
