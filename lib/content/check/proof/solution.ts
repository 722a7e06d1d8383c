/** What is known of the events that a search needs, and what to add to it. */
import { textFor, type ValueTest } from './shape.ts';
import type { Rex, Stream, Term } from './term.ts';

type Need = {
  readonly wanted: readonly ValueTest[];
  readonly unwanted: readonly ValueTest[];
  readonly isAbsent: boolean;
};
const NO_NEED: Need = { wanted: [], unwanted: [], isAbsent: false };

/** What is known of the events so far. Never changed; each step makes a new one. */
export type Solution = {
  /** By key of field or capture. */
  readonly needs: ReadonlyMap<string, Need>;
  /** Least number of events. */
  readonly counts: ReadonlyMap<Stream, number>;
  /** Keys whose values differ from event to event. */
  readonly varied: ReadonlySet<string>;
  /** Keys of one value, by pairs. */
  readonly same: readonly (readonly [string, string])[];
  readonly rexes: ReadonlyMap<number, Rex>;
};
export const NO_SOLUTION: Solution = {
  needs: new Map(),
  counts: new Map(),
  varied: new Set(),
  same: [],
  rexes: new Map(),
};

export const fieldKey = (stream: Stream, name: string): string => `${stream.id}:${name}`;
export const captureKey = (rex: Rex, group: string): string => `rex${rex.id}:${group}`;

/** More events than this nobody asks for; the proof of a search that counts further is given up. */
export const MAX_EVENTS = 600;

/** Functions that hand on what is in their first argument, near enough to try. */
export const TRANSPARENT = new Set(
  (
    'lower upper trim ltrim rtrim tostring tonumber urldecode replace substr split mvindex mvjoin mvdedup mvsort mvfilter ' +
    'mvappend values list min max first last earliest latest sum avg mean mode median round floor ceil ceiling abs ' +
    'coalesce nullif'
  ).split(' '),
);

/** The field or capture that a term shows. */
export function keyOf(term: Term): string | null {
  if (term.kind === 'field') return fieldKey(term.stream, term.name);
  if (term.kind === 'capture') return captureKey(term.rex, term.group);
  // A text with constants around it.
  if (term.kind === 'arithmetic' && term.operator === '.') return keyOf(term.left) ?? keyOf(term.right);
  const first = term.kind === 'call' && TRANSPARENT.has(term.name) ? term.args[0] : undefined;
  return first === undefined ? null : keyOf(first);
}

export function streamOf(term: Term): Stream | null {
  if (term.kind === 'field') return term.stream;
  if (term.kind === 'capture') return streamOf(term.rex.input);
  const first = term.kind === 'call' ? term.args[0] : undefined;
  return first === undefined ? null : streamOf(first);
}

export function addRex(solution: Solution, rex: Rex): Solution {
  return { ...solution, rexes: new Map(solution.rexes).set(rex.id, rex) };
}

export function* addTest(
  solution: Solution,
  key: string,
  test: ValueTest,
  truth: boolean,
): Generator<Solution> {
  if (truth) {
    yield* addNeed(solution, key, (need) => ({ ...need, wanted: [...need.wanted, test] }));
    return;
  }
  let isMet = false;
  for (const next of addNeed(solution, key, (need) => ({ ...need, unwanted: [...need.unwanted, test] }))) {
    isMet = true;
    yield next;
  }
  // A test that any text passes fails only on nothing.
  if (!isMet) yield* addNeed(solution, key, (need) => ({ ...need, isAbsent: true }));
}

/** Yields nothing when no text can meet the need. */
export function* addNeed(solution: Solution, key: string, change: (need: Need) => Need): Generator<Solution> {
  const need = change(solution.needs.get(key) ?? NO_NEED);
  if (need.isAbsent ? need.wanted.length > 0 : textFor(need.wanted, need.unwanted, 'x', 0) === null) return;
  yield { ...solution, needs: new Map(solution.needs).set(key, need) };
}
