import { DATA_MODELS } from '#lib/events/cim/index.ts';
import { isVerbatim } from '#lib/events/verbatim.ts';
import type { MacroDefinition, SearchEnvironment } from '#lib/spl/types.ts';
import type { Content } from './load.ts';
import type { MacroContent } from './schema.ts';

/**
 * What searches of the content are compiled against: its macros, an empty filter macro for each detection, CIM. Macros of
 * a variant go before those of the content.
 */
export function searchEnvironment(
  content: Content,
  ofVariant: readonly MacroContent[] = [],
): SearchEnvironment {
  const macros = new Map<string, MacroDefinition>();
  for (const { file_name } of content.detections) {
    const name = `${file_name}_filter`;
    macros.set(name, { name, args: [], definition: 'search *' });
  }
  for (const macro of [...content.macros, ...ofVariant]) {
    macros.set(macro.args.length === 0 ? macro.name : `${macro.name}(${macro.args.length})`, macro);
  }
  return { macros, dataModels: DATA_MODELS, lookups: new Map(), isVerbatim };
}
