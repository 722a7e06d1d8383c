import { runnability } from '#lib/content/import/runnability.ts';
import type { ImportedDetection } from '#lib/content/import/types.ts';
import type { SearchableEvent } from '#lib/events/event.ts';
import type { CompiledSearch, RunOptions, SearchEnvironment } from '#lib/spl/types.ts';
import { type Proof, prove } from './proof/prove.ts';

/** How far a detection gets. Each stage needs those before it. */
export type Coverage = {
  readonly file: string;
  readonly id: string | null;
  readonly name: string | null;
  readonly isParsed: boolean;
  readonly isCompiled: boolean;
  /** It ran on an empty stream. */
  readonly isRun: boolean;
  readonly proof: Proof | null;
  /** Rows on the recorded data of its tests; null: there is none here. */
  readonly testRows: number | null;
  /** Why it is refused, as the reader or the compiler says; null when it runs. */
  readonly refusal: { readonly reason: string; readonly from: number; readonly to: number } | null;
};

/** Recorded logs are older than this. */
const RUN: RunOptions = { mode: 'strict', nowMs: Date.UTC(2030, 0, 1) };

export function unreadable(file: string, reason: string): Coverage {
  return {
    file,
    id: null,
    name: null,
    isParsed: false,
    isCompiled: false,
    isRun: false,
    proof: null,
    testRows: null,
    refusal: { reason, from: 0, to: 0 },
  };
}

/**
 * Compiles a detection, runs it on nothing, proves it, and runs it on its test data. Never throws for what a search says.
 * @param readTestData the events of its tests that it selects; null when there are none here
 */
export async function coverageOf(
  file: string,
  detection: ImportedDetection,
  environment: SearchEnvironment,
  readTestData: (compiled: CompiledSearch) => Promise<readonly SearchableEvent[] | null>,
): Promise<Coverage> {
  const { id, name, search } = detection;
  const parsed = { ...unreadable(file, ''), id, name, isParsed: true };
  const result = runnability(search, environment);
  if (result.status === 'cannot run') {
    const { reason, from, to } = result;
    return { ...parsed, refusal: { reason, from, to } };
  }
  const { compiled } = result;
  let testRows: number | null = null;
  try {
    compiled.run([], RUN);
    const events = await readTestData(compiled);
    if (events !== null) testRows = compiled.run(events, RUN).length;
  } catch (error) {
    // Whatever an engine throws here would stop a scan: it is a refusal that has to be seen.
    const reason = `running it failed: ${error instanceof Error ? error.message : String(error)}`;
    return { ...parsed, isCompiled: true, refusal: { reason, from: 0, to: search.length } };
  }
  return {
    ...parsed,
    isCompiled: true,
    isRun: true,
    proof: prove(search, environment),
    testRows,
    refusal: null,
  };
}

/** Refusals by what they name, the most frequent first. */
export function refusalCounts(
  rows: readonly Coverage[],
): readonly (readonly [reason: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { refusal } of rows) {
    if (refusal === null) continue;
    const reason = firstSentence(refusal.reason);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : a > b ? 1 : 0));
}

/** What follows the first sentence is the remedy, which differs. */
function firstSentence(message: string): string {
  const end = message.search(/[.:] /);
  return end < 0 ? message : message.slice(0, end + (message[end] === '.' ? 1 : 0));
}
