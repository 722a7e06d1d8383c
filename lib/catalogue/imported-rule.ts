import type { ImportedDetection } from '#lib/content/import/types.ts';
import { renderTemplate } from '#lib/content/template.ts';
import { type DetectionRule, riskOf } from '#lib/detection/rule.ts';
import { compileSearch } from '#lib/spl/compile.ts';
import type { CompiledSearch, SearchEnvironment } from '#lib/spl/types.ts';
import { relevantSearches } from './relevant.ts';

/** Makes an imported detection ready to run. Throws SplError, with positions in its search, when it cannot. */
export function importedRule(
  detection: ImportedDetection,
  variant: string,
  environment: SearchEnvironment,
): DetectionRule {
  const search = compileSearch(detection.search, environment);
  const sources = detection.dataSources.join(', ');
  return {
    id: detection.id,
    name: detection.name,
    type: detection.type,
    variant,
    evaluation: 'strict',
    search,
    relevant: anyOf(relevantSearches(search.expandedText).map((text) => compileSearch(text, environment))),
    blindLabel: sources === '' ? 'no events that its search looks at here' : `no ${sources} here`,
    // Published scores are the product already.
    ...riskOf(detection.risk.score, 100),
    riskObjects: detection.risk.objects,
    techniques: detection.techniques,
    stories: detection.stories,
    joinsScriptBlocks: false,
    decodes: false,
    sentence(row, events) {
      const name = detection.name.replaceAll('$', '');
      const hasHost = row.get('dest') !== undefined && row.get('dest') !== null;
      return hasHost ? renderTemplate(`${name} on $dest:short$`, { row, events }) : name;
    },
    riskMessage: (row, events) => renderTemplate(detection.risk.message || detection.name, { row, events }),
    checkNext: () => [],
  };
}

/** Selects what any of the searches selects. */
function anyOf(searches: readonly CompiledSearch[]): CompiledSearch {
  const [first, ...others] = searches;
  if (!first) throw new Error('a search has at least its own leading part');
  if (others.length === 0) return first;
  return {
    ...first,
    text: searches.map(({ text }) => text).join('\n'),
    expandedText: searches.map(({ expandedText }) => expandedText).join('\n'),
    needles: [],
    select: (event) => searches.some((search) => search.select(event)),
  };
}
