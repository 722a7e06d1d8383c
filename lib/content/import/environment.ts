import type { LookupTable, MacroDefinition, SearchEnvironment } from '#lib/spl/types.ts';
import type { ImportedDetection } from './types.ts';

const macroKey = ({ name, args }: MacroDefinition): string =>
  args.length === 0 ? name : `${name}(${args.length})`;

/** Filter macros that a search calls and its own by name: to be filled in by who runs it, and empty until then. */
function filterMacros({ fileName, search }: ImportedDetection): readonly MacroDefinition[] {
  const called = [...search.matchAll(/`(\w+_filter)`/g)].map(([, name]) => name ?? '');
  return [...called, `${fileName}_filter`].map((name) => ({ name, args: [], definition: 'search *' }));
}

/**
 * What imported searches are compiled against: the product's environment, and over it what came along. Later macros and lookups
 * replace earlier ones of the same name.
 */
export function importEnvironment(
  base: SearchEnvironment,
  imported: {
    readonly detections: readonly ImportedDetection[];
    readonly macros: readonly MacroDefinition[];
    readonly lookups: readonly LookupTable[];
  },
): SearchEnvironment {
  const filters = imported.detections.flatMap(filterMacros);
  return {
    ...base,
    macros: new Map([
      ...filters.map((macro) => [macro.name, macro] as const),
      ...base.macros,
      ...imported.macros.map((macro) => [macroKey(macro), macro] as const),
    ]),
    lookups: new Map([...base.lookups, ...imported.lookups.map((table) => [table.name, table] as const)]),
  };
}
