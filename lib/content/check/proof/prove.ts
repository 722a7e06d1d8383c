/**
 * Proves that a search does what its terms say: events made to satisfy them give a row, and with one term broken they give none. The
 * events are synthetic, and data models read their fields directly (see pinnedEnvironment).
 */
import { compileSearch } from '#lib/spl/compile.ts';
import { parseSearch } from '#lib/spl/parse.ts';
import { type CompiledSearch, type SearchEnvironment, SplError } from '#lib/spl/types.ts';
import { PROOF_NOW_MS, type ProofEvent, pinnedEnvironment } from './events.ts';
import { NO_SOLUTION } from './solution.ts';
import { Solver } from './solve.ts';
import { type Solve, STRATEGIES, type Strategy } from './strategies.ts';
import { not } from './term.ts';
import { type Demand, type Trace, traceSearch } from './trace.ts';

export type Proof =
  | {
      readonly status: 'proved';
      /** Made events that gave a row. */
      readonly eventCount: number;
      /** Terms that were broken, each in turn, and left no row. */
      readonly brokenTerms: number;
    }
  | { readonly status: 'not proved'; readonly reason: string };

/** Each is a level of recursion. */
const MAX_DEMANDS = 500;

/** The search must compile in the environment. Never throws for what a search says. */
export function prove(search: string, environment: SearchEnvironment): Proof {
  const pinned = pinnedEnvironment(environment);
  let compiled: CompiledSearch;
  let trace: Trace;
  try {
    compiled = compileSearch(search, pinned);
    trace = traceSearch(parseSearch(compiled.expandedText), pinned.lookups);
  } catch (error) {
    if (!(error instanceof SplError)) throw error;
    return { status: 'not proved', reason: error.message };
  }
  if (trace.demands.length > MAX_DEMANDS) return { status: 'not proved', reason: 'it has too many terms' };
  const hard = trace.demands.filter(({ isSoft }) => !isSoft);
  const leading = hard.filter(({ leads }) => leads !== null);
  for (const demands of [trace.demands, hard, leading]) {
    for (const strategy of STRATEGIES) {
      for (const events of strategy(trace, solutionsOf(demands))) {
        if (gives(compiled, events)) return breakTerms({ compiled, trace, demands, strategy }, events.length);
      }
    }
  }
  return { status: 'not proved', reason: 'no events were found that satisfy its terms' };
}

type Satisfied = {
  readonly compiled: CompiledSearch;
  readonly trace: Trace;
  readonly demands: readonly Demand[];
  readonly strategy: Strategy;
};

const solutionsOf =
  (demands: readonly Demand[]): Solve =>
  (more) =>
    new Solver().meet([...demands.map(({ condition }) => condition), ...more], NO_SOLUTION);

/**
 * Breaks each term of the first command in turn: events that meet all else must give nothing. When none of them can be broken, because
 * others say the same, the next filter stands in.
 */
function breakTerms({ compiled, trace, demands, strategy }: Satisfied, eventCount: number): Proof {
  const isLeading = ({ leads }: Demand): boolean => leads !== null && leads === trace.streams[0];
  const hard = demands.filter(({ isSoft }) => !isSoft);
  let brokenTerms = 0;
  for (const demand of [...hard.filter(isLeading), ...hard.filter((one) => !isLeading(one))]) {
    if (brokenTerms > 0 && !isLeading(demand)) break;
    const others = demands.map((one) => (one === demand ? { ...one, condition: not(one.condition) } : one));
    const [events] = strategy(trace, solutionsOf(others));
    if (events === undefined) continue;
    if (gives(compiled, events)) {
      if (!isLeading(demand)) continue;
      return { status: 'not proved', reason: 'it gives a row also when one of its terms is broken' };
    }
    brokenTerms++;
  }
  if (brokenTerms === 0) return { status: 'not proved', reason: 'none of its terms could be broken alone' };
  return { status: 'proved', eventCount, brokenTerms };
}

/** Whether a row comes of the events. A search that ends at one of its limits gives none. */
function gives(compiled: CompiledSearch, events: readonly ProofEvent[]): boolean {
  try {
    const selected = events.filter((event) => compiled.select(event));
    const rows = compiled.run(selected, { mode: 'strict', nowMs: PROOF_NOW_MS });
    // A grouping without by-fields makes a row of no events too: count 0.
    return rows.some(({ sources }) => sources.length > 0);
  } catch (error) {
    if (error instanceof SplError) return false;
    throw error;
  }
}
