import { HOUR_TICKS } from '#lib/events/ticks.ts';

/** More kept events of one lane, host and hour than this are counted but not kept (DESIGN, "Evidence at speed"). */
export const KEPT_PER_HOUR = 500;

/** What is remembered at most; forgetting only means that the database has more to trim. */
const REMEMBERED_MAX = 50_000;

type Place = { readonly ticks: bigint | null; readonly id: string };

/** The hour of the timeline that an event counts to, as PostgreSQL divides: towards zero. */
export function timelineHour(ticks: bigint | null): bigint | null {
  return ticks === null ? null : ticks / HOUR_TICKS;
}

/**
 * Knows, while an evidence is read, which events have enough earlier ones of their lane, host and hour that they will
 * never be on a timeline, so that they need not be written. It holds the earliest events by time and id, which is what
 * write-batch.ts trims by: what one refuses the other would take away, whatever the batches are.
 */
export class TimelineBound {
  readonly #groups = new Map<string, Place[]>();
  #remembered = 0;

  /**
   * Whether the event has its place among the earliest so far.
   *
   * @param identify asked only when the time alone does not decide
   */
  admits(host: string, lane: string, ticks: bigint | null, identify: () => string): boolean {
    const key = `${lane} ${timelineHour(ticks)} ${host}`;
    let group = this.#groups.get(key);
    if (!group) {
      if (this.#remembered >= REMEMBERED_MAX) this.#forget();
      group = [];
      this.#groups.set(key, group);
    }
    const last = group.at(-1);
    const isFull = group.length >= KEPT_PER_HOUR;
    if (isFull && last && isAfter(ticks, last.ticks)) return false;
    const place = { ticks, id: identify() };
    const index = placeOf(group, place);
    if (isFull && index === group.length) return false;
    const there = group[index];
    if (there && compare(there, place) === 0) return true;
    group.splice(index, 0, place);
    if (isFull) group.pop();
    else this.#remembered += 1;
    return true;
  }

  #forget(): void {
    this.#groups.clear();
    this.#remembered = 0;
  }
}

/** Where the place stands or would stand. */
function placeOf(group: readonly Place[], place: Place): number {
  let low = 0;
  let high = group.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = group[middle];
    if (other && compare(other, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(a: Place, b: Place): number {
  if (a.ticks !== b.ticks) return isAfter(a.ticks, b.ticks) ? 1 : -1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** All places of a group have a time, or none has. */
function isAfter(a: bigint | null, b: bigint | null): boolean {
  return a !== null && b !== null && a > b;
}
