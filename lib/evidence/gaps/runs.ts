/**
 * The record numbers (EventRecordID) of one log, as runs without a gap. Windows numbers the records of a channel one by
 * one, so a number that is missing between others was lost, left out or taken away, and a record with a higher number is
 * not older. Adding numbers in any order and merging in any order gives the same runs, and looks once at each two
 * neighbours.
 */

/** A clock is set back by a little at every synchronisation; more than a minute is worth a look. */
export const BACKWARDS_TOLERANCE_TICKS = 600_000_000n;
/** A log with more runs, such as an export of chosen events, is called scattered and its gaps are not told. */
export const RUNS_MAX = 5_000;
/** Steps back of one observation that are kept; all are counted. */
const STEPS_KEPT = 1_000;

type Run = {
  firstId: number;
  lastId: number;
  firstTicks: bigint | null;
  lastTicks: bigint | null;
};

/** The time of a record is before that of a lower number, by more than the tolerance. */
export type StepBack = {
  readonly recordId: number;
  readonly beforeTicks: bigint;
  readonly afterTicks: bigint;
};

/** Numbers that are missing between two records. */
export type Gap = {
  readonly firstId: number;
  readonly lastId: number;
  /** Times of the records before and after it. */
  readonly fromTicks: bigint | null;
  readonly toTicks: bigint | null;
};

/** A run as JSON: first and last number, first and last ticks. */
export type StoredRun = readonly [number, number, string | null, string | null];
export type StoredRuns = {
  readonly recordCount: number;
  readonly isScattered: boolean;
  readonly runs: readonly StoredRun[];
};

export class RecordRuns {
  /** Ascending, never touching. */
  readonly #runs: Run[] = [];
  #at = 0;
  recordCount = 0;
  isScattered = false;
  /** Seen while adding and merging, the first 1,000; those between two runs are told by stepsBetween(). */
  readonly steps: StepBack[] = [];
  stepCount = 0;

  static from(stored: StoredRuns): RecordRuns {
    const runs = new RecordRuns();
    runs.recordCount = stored.recordCount;
    runs.isScattered = stored.isScattered;
    for (const [firstId, lastId, first, last] of stored.runs) {
      runs.#runs.push({ firstId, lastId, firstTicks: ticksOf(first), lastTicks: ticksOf(last) });
    }
    return runs;
  }

  toStored(): StoredRuns {
    return {
      recordCount: this.recordCount,
      isScattered: this.isScattered,
      runs: this.#runs.map((run) => [
        run.firstId,
        run.lastId,
        run.firstTicks?.toString() ?? null,
        run.lastTicks?.toString() ?? null,
      ]),
    };
  }

  /** @param recordId a safe integer */
  add(recordId: number, ticks: bigint | null): void {
    this.recordCount += 1;
    const current = this.#runs[this.#at];
    const next = this.#runs[this.#at + 1];
    // Nearly every record follows the one before it.
    if (current && recordId === current.lastId + 1 && (!next || next.firstId > recordId + 1)) {
      this.#compare(current.lastTicks, ticks, recordId);
      current.lastId = recordId;
      current.lastTicks = ticks;
      return;
    }
    this.#insert({ firstId: recordId, lastId: recordId, firstTicks: ticks, lastTicks: ticks });
  }

  /** Adds what another observation of the same log has. */
  merge(other: RecordRuns): void {
    this.recordCount += other.recordCount;
    this.isScattered ||= other.isScattered;
    // Records that came again show the same steps again.
    const steps = other.steps.filter(({ recordId }) => !this.#holdsStepTo(recordId));
    this.stepCount += other.stepCount - other.steps.length + steps.length;
    this.steps.push(...steps.slice(0, Math.max(0, STEPS_KEPT - this.steps.length)));
    for (const run of other.#runs) this.#insert({ ...run });
  }

  /** Different numbers; null when scattered. */
  get distinctCount(): number | null {
    if (this.isScattered) return null;
    return this.#runs.reduce((sum, run) => sum + run.lastId - run.firstId + 1, 0);
  }

  /** Missing numbers between runs, ascending. Empty when scattered. */
  gaps(): Gap[] {
    return this.#pairs().map(([before, after]) => ({
      firstId: before.lastId + 1,
      lastId: after.firstId - 1,
      fromTicks: before.lastTicks,
      toTicks: after.firstTicks,
    }));
  }

  /** Steps back over a gap. */
  stepsBetween(): StepBack[] {
    return this.#pairs().flatMap(([before, after]) => {
      const step = stepBack(before.lastTicks, after.firstTicks, after.firstId);
      return step ? [step] : [];
    });
  }

  #pairs(): (readonly [Run, Run])[] {
    return this.#runs.flatMap((run, index) => {
      const next = this.#runs[index + 1];
      return next ? [[run, next] as const] : [];
    });
  }

  #insert(added: Run): void {
    const runs = this.#runs;
    const start = this.#firstReaching(added.firstId - 1);
    let end = start;
    let joined = added;
    for (let run = runs[end]; run && run.firstId <= joined.lastId + 1; run = runs[end]) {
      joined = this.#join(run, joined);
      end += 1;
    }
    runs.splice(start, end - start, joined);
    this.#at = start;
    if (runs.length > RUNS_MAX) this.isScattered = true;
    if (this.isScattered) this.#collapse();
  }

  #holdsStepTo(id: number): boolean {
    const run = this.#runs[this.#firstReaching(id)];
    return run !== undefined && run.firstId < id;
  }

  /** Index of the first run that ends at or after the number. */
  #firstReaching(id: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#runs[middle]?.lastId ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #join(known: Run, added: Run): Run {
    if (!this.isScattered) {
      if (added.firstId === known.lastId + 1) this.#compare(known.lastTicks, added.firstTicks, added.firstId);
      if (known.firstId === added.lastId + 1) this.#compare(added.lastTicks, known.firstTicks, known.firstId);
    }
    const first = added.firstId < known.firstId ? added : known;
    const last = added.lastId > known.lastId ? added : known;
    return {
      firstId: first.firstId,
      firstTicks: first.firstTicks,
      lastId: last.lastId,
      lastTicks: last.lastTicks,
    };
  }

  #compare(before: bigint | null, after: bigint | null, recordId: number): void {
    const step = stepBack(before, after, recordId);
    if (!step) return;
    this.stepCount += 1;
    if (this.steps.length < STEPS_KEPT) this.steps.push(step);
  }

  #collapse(): void {
    const first = this.#runs[0];
    const last = this.#runs.at(-1);
    if (!first || !last || first === last) return;
    this.#runs.splice(0, this.#runs.length, {
      firstId: first.firstId,
      firstTicks: first.firstTicks,
      lastId: last.lastId,
      lastTicks: last.lastTicks,
    });
    this.#at = 0;
  }
}

function stepBack(before: bigint | null, after: bigint | null, recordId: number): StepBack | null {
  if (before === null || after === null || before - after <= BACKWARDS_TOLERANCE_TICKS) return null;
  return { recordId, beforeTicks: before, afterTicks: after };
}

function ticksOf(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}

/** A record number as it can be counted; null for none and for what no log reaches. */
export function recordNumber(recordId: string | null): number | null {
  return recordId !== null && /^\d{1,15}$/.test(recordId) ? Number(recordId) : null;
}
