import { createHash } from 'node:crypto';
import type { DetectionRule } from '#lib/detection/rule.ts';
import type { LookupTable } from '#lib/spl/types.ts';

/** Raised when the engine begins to select other events for the same search; all stored evidence is then read again. */
const ENGINE_VERSION = 1;

/**
 * Tells rules that select the same events from those that may not: evidence that was read with a key need not be read
 * again for it. Of the search after macro expansion, so that a changed macro counts.
 */
export function ruleKey(rule: DetectionRule, lookupsHash: string): string {
  const parts = [
    ENGINE_VERSION,
    rule.id,
    rule.variant,
    rule.search.expandedText,
    rule.relevant.expandedText,
    rule.joinsScriptBlocks,
    rule.decodes,
    /\b(input)?lookup\b/i.test(rule.search.expandedText) ? lookupsHash : null,
  ];
  return sha256(JSON.stringify(parts)).slice(0, 16);
}

export function hashLookups(lookups: readonly LookupTable[]): string {
  const hash = createHash('sha256');
  for (const lookup of lookups) hash.update(JSON.stringify(lookup));
  return hash.digest('hex');
}

/**
 * Name of an imported variant: the first eight hex digits of the hash of its search. White space is no part of it, so
 * that a search that was only set otherwise keeps its findings.
 */
export function variantName(search: string): string {
  return sha256(search.replace(/\s+/g, ' ').trim()).slice(0, 8);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
