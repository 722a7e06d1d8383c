/** Makes the text of a rule ready to run, by the compiler that runs detections. */
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { compileRowTest } from '#lib/spl/compile.ts';
import type { LookupTable } from '#lib/spl/types.ts';
import { type FieldUse, fieldUses, inPlace, parseBody, type RowCommand } from './body.ts';

export type Lookups = ReadonlyMap<string, LookupTable>;

export type CompiledFilter = {
  readonly commands: readonly RowCommand[];
  readonly uses: readonly FieldUse[];
  /** Whether the rule covers the row: its body drops it. */
  readonly covers: (row: SearchableEvent) => boolean;
};

/** Throws SplError with positions in the text. */
export function compileFilter(text: string, lookups: Lookups): CompiledFilter {
  const { source, commands, place } = parseBody(text);
  const stays = inPlace(place, () =>
    compileRowTest(commands, source, {
      macros: new Map(),
      dataModels: new Map(),
      lookups,
      isVerbatim: () => false,
    }),
  );
  return { commands, uses: fieldUses({ source, commands }), covers: (row) => !stays(row) };
}

/** A finding's row as commands see it: after ctime, so that its times are texts in UTC. */
export function rowEvent(row: Iterable<readonly [name: string, value: FieldValue]>): SearchableEvent {
  const fields = new Map(row);
  return { timeTicks: null, get: (name) => fields.get(name) ?? null, fieldNames: () => [...fields.keys()] };
}
