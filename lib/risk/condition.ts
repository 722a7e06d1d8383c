import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { compileSearch } from '#lib/spl/compile.ts';
import { quoteForMessage, suggest } from '#lib/spl/nearest.ts';
import { parseSearch } from '#lib/spl/parse.ts';
import { type SearchEnvironment, SplError } from '#lib/spl/types.ts';

/** What a condition is asked on; a field that is not there is null. */
export type FieldSource = { get(name: string): FieldValue };

export type Condition = (fields: FieldSource) => boolean;

const PREFIX = 'search * | where ';
const ENVIRONMENT: SearchEnvironment = {
  macros: new Map(),
  dataModels: new Map(),
  lookups: new Map(),
  isVerbatim: () => false,
};

/**
 * Makes a condition of a risk factor or incident rule ready to ask: an SPL expression as behind `| where`. Throws SplError,
 * with positions in the text, when it is wrong, names a field that there is not, or looks at the clock: what was decided by
 * the time of day could not be computed again.
 */
export function compileCondition(text: string, fields: readonly string[]): Condition {
  return inCondition(() => {
    const [, where, ...more] = parseSearch(PREFIX + text);
    if (where?.kind !== 'where' || more.length > 0) {
      const at = more[0] ?? { from: PREFIX.length, to: PREFIX.length + text.length };
      throw new SplError('A condition is one expression without further commands.', at.from, at.to);
    }
    checkFields(where.expression, fields);
    const search = compileSearch(PREFIX + text, ENVIRONMENT);
    // A search that needs the clock selects every event and decides later; then this one selects, though 1 is not 2.
    if (compileSearch(`${PREFIX}(${text}) AND 1=2`, ENVIRONMENT).select(rowEvent({ get: () => null }))) {
      throw new SplError(
        'A condition cannot ask what time it is now.',
        where.expression.from,
        where.expression.to,
      );
    }
    return (values) => search.select(rowEvent(values));
  });
}

function checkFields(node: unknown, fields: readonly string[]): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) checkFields(item, fields);
    return;
  }
  const { kind, name, from, to } = node as { kind?: string; name?: string; from?: number; to?: number };
  if (kind === 'field' && name !== undefined && !fields.includes(name)) {
    throw new SplError(
      `There is no field ${quoteForMessage(name)}.${suggest(name, fields)}`,
      from ?? 0,
      to ?? 0,
    );
  }
  for (const value of Object.values(node)) checkFields(value, fields);
}

/** Positions of a mistake in the condition, without what stands before it. */
function inCondition<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SplError)) throw error;
    const at = (offset: number): number => Math.max(0, offset - PREFIX.length);
    throw new SplError(error.message, at(error.from), at(error.to));
  }
}

function rowEvent(fields: FieldSource): SearchableEvent {
  return { timeTicks: null, get: (name) => fields.get(name), fieldNames: () => [] };
}
