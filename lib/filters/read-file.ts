import { parseConf } from '#lib/content/import/conf.ts';
import type { ImportedRules, NamedDetection } from './exchange.ts';
import { readRulesJson } from './json.ts';
import { readMacrosConf } from './macros-conf.ts';
import { readSigmaFilters } from './sigma-filter.ts';

export type FileFormat = 'macros' | 'json' | 'sigma';

/** By what stands in it. */
function formatOf(text: string): FileFormat {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (start.startsWith('{')) return 'json';
  return parseConf(text).stanzas.length > 0 ? 'macros' : 'sigma';
}

/** The rules of a file; what cannot be read is in `problems`. */
export function readRules(
  text: string,
  detections: readonly NamedDetection[],
  format: FileFormat = formatOf(text),
): ImportedRules {
  switch (format) {
    case 'macros':
      return readMacrosConf(text, detections);
    case 'json':
      return readRulesJson(text);
    case 'sigma':
      return readSigmaFilters(text, detections);
  }
}
