import { compileSearch } from '#lib/spl/compile.ts';
import { type CompiledSearch, type SearchEnvironment, SplError } from '#lib/spl/types.ts';

export type Runnability =
  | { readonly status: 'runs'; readonly compiled: CompiledSearch }
  /** Offsets in the search as given. */
  | { readonly status: 'cannot run'; readonly reason: string; readonly from: number; readonly to: number };

/** Whether a search can run here; if not, why, and where in it. */
export function runnability(search: string, environment: SearchEnvironment): Runnability {
  try {
    return { status: 'runs', compiled: compileSearch(search, environment) };
  } catch (error) {
    if (!(error instanceof SplError)) throw error;
    return { status: 'cannot run', reason: error.message, from: error.from, to: error.to };
  }
}
