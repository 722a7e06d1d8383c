import { Occurrences } from '#lib/events/occurrences.ts';
import { fromStored, toStored } from '#lib/events/stored.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { Block, Problem } from '#lib/evidence/record.ts';
import type { CompiledSearch, Row, RunOptions } from '#lib/spl/types.ts';
import { byTimeThenId, isBetterCopy, type SelectedEvent } from './detect.ts';
import { rarestNeedles } from './needles.ts';

/** Events that one search may select; each is kept until the search has run over all of them. */
export const SELECTED_EVENTS_MAX = 1_000_000;

/** Thrown when a search selects more events than can be kept. */
export class TooManyEvents extends Error {
  override readonly name = 'TooManyEvents';
  constructor() {
    super(
      `The search selects more than ${SELECTED_EVENTS_MAX} events: add terms before its first command, or name fewer files.`,
    );
  }
}

/** Any search over evidence without a database: block by block, keeping only the events that it selects, each once. */
export class Hunt {
  readonly #search: CompiledSearch;
  readonly #events = new Map<string, SelectedEvent>();
  #occurrences = new Occurrences();
  readonly totals = { files: 0, bytes: 0, events: 0, badRecords: 0 };

  constructor(search: CompiledSearch) {
    this.#search = search;
  }

  /** Literals of which a block that can match holds one; undefined when every block has to be parsed. */
  get needles(): readonly string[] | undefined {
    return rarestNeedles(this.#search);
  }

  startFile(sizeBytes: number): void {
    this.totals.files += 1;
    this.totals.bytes += sizeBytes;
    this.#occurrences = new Occurrences();
  }

  add(_file: string, block: Block): readonly Problem[] {
    this.totals.events += block.recordCount;
    this.totals.badRecords += block.problems.filter((problem) => problem.isLoss).length;
    for (const record of block.records) {
      if (!this.#search.select(eventFromRecord(record))) continue;
      const id = this.#occurrences.identify(record);
      const known = this.#events.get(id);
      if (known && !isBetterCopy(record, known.record)) continue;
      if (this.#events.size >= SELECTED_EVENTS_MAX) throw new TooManyEvents();
      // A reader's record may hold on to the bytes of its whole block; this one does not.
      this.#events.set(id, { id, record: fromStored(toStored(record)) });
    }
    return block.problems;
  }

  /** Throws SplError when a limit of the search is passed. */
  finish(options: RunOptions): readonly Row[] {
    const events = [...this.#events.values()].sort(byTimeThenId);
    return this.#search.run(
      events.map(({ record }) => eventFromRecord(record)),
      options,
    );
  }
}
