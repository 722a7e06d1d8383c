/** Ways to make a set of events out of solutions: one is enough for most searches, some count or compare. */
import { makeEvents, type ProofEvent, TICKS_PER_DAY, TICKS_PER_MILLISECOND } from './events.ts';
import { fieldKey, MAX_EVENTS, type Solution } from './solution.ts';
import type { Condition } from './term.ts';
import type { Trace } from './trace.ts';

/** Solutions of what is demanded, and of more. */
export type Solve = (more: readonly Condition[]) => Iterable<Solution>;

/** Yields sets of events to try. */
export type Strategy = (trace: Trace, solve: Solve) => Iterable<readonly ProofEvent[]>;

const MAX_TRIES = 40;
const MAX_UNION = 12;
const CROWD = 30;
const HISTORY = 40;
const MAX_CROWDS = 8;

function* firstOf<T>(items: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const item of items) {
    if (taken++ >= count) return;
    yield item;
  }
}

/** The events of one solution. */
function* single(trace: Trace, solve: Solve): Generator<readonly ProofEvent[]> {
  for (const solution of firstOf(solve([]), MAX_TRIES)) {
    const events = makeEvents(trace.streams, solution);
    if (events !== null) yield events;
  }
}

/** Start and end of a transaction. */
function* phased(trace: Trace, solve: Solve): Generator<readonly ProofEvent[]> {
  const sets = trace.phases.map(
    (phase) =>
      [
        ...firstOf(
          single(trace, () => solve([phase])),
          1,
        ),
      ][0],
  );
  if (sets.length > 0 && sets.every((set) => set !== undefined)) yield inOrder(sets.flat());
}

/** Events of several solutions after each other, there and back: for dc() and transactions over alternatives. */
function* union(trace: Trace, solve: Solve): Generator<readonly ProofEvent[]> {
  const sets = [...firstOf(single(trace, solve), MAX_UNION)];
  for (const solution of firstOf(solve([]), 1)) {
    // The alternatives of one field, `f=a OR f=b`, are one solution: events take turns.
    const varied = [...solution.needs].flatMap(([key, { wanted }]) =>
      wanted.some(({ shapes }) => shapes.length > 1) ? [key] : [],
    );
    const counts = new Map(trace.streams.map((stream) => [stream, 4]));
    if (varied.length > 0) {
      sets.push(makeEvents(trace.streams, { ...solution, counts, varied: new Set(varied) }) ?? []);
    }
  }
  if (sets.length < 2) return;
  yield inOrder([...sets.flat(), ...sets.toReversed().flat(), ...sets.flat()].slice(0, MAX_EVENTS));
}

function inOrder(events: readonly ProofEvent[]): readonly ProofEvent[] {
  return events.map((event, index) => event.later(BigInt(index) * TICKS_PER_MILLISECOND));
}

/** A crowd in one group beside forty of one event each: for what stands out from the average. */
function* crowd(trace: Trace, solve: Solve): Generator<readonly ProofEvent[]> {
  const [stream] = trace.streams;
  if (stream === undefined) return;
  const make = (solution: Solution, count: number, keys: readonly string[]): readonly ProofEvent[] =>
    makeEvents(trace.streams, {
      ...solution,
      counts: new Map(solution.counts).set(stream, count),
      varied: new Set([...solution.varied, ...keys]),
    }) ?? [];
  const keys = [...stream.fields].map((name) => fieldKey(stream, name));
  const free = keys.filter((key) => !trace.groupKeys.has(key));
  // What groups differ in, but for what they are compared within.
  const others = keys.filter((key) => trace.groupKeys.has(key) && !trace.comparedKeys.has(key));
  for (const solution of firstOf(solve([]), MAX_CROWDS)) {
    const events = make(solution, Math.max(CROWD, solution.counts.get(stream) ?? 1), free);
    const [one] = events;
    if (one === undefined) continue;
    const days = Array.from({ length: HISTORY }, (_, index) => BigInt(index + 1) * TICKS_PER_DAY);
    yield [...events, ...days.map((ticks) => one.later(-ticks))];
    yield [...events, ...make(solution, HISTORY, others)];
  }
}

export const STRATEGIES: readonly Strategy[] = [single, phased, union, crowd];
