import { eventFromRecord } from '#lib/events/windows.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { kindRecord } from './relevance.ts';
import type { DetectionRule } from './rule.ts';

export type IndexedRule = { readonly rule: DetectionRule; readonly index: number };

/** A hostile file may name any number of channels. */
const KINDS_MAX = 10_000;

/**
 * Of a thousand rules, the few whose relevant search selects events of a record's kind. In other forms than those of Windows
 * a kind does not say which log an event is of: there it is all.
 */
export class RulesByKind {
  readonly #all: readonly IndexedRule[];
  /** By event id first: a number is found faster than a text is made. */
  readonly #byEventId = new Map<number | null, Map<string, readonly IndexedRule[]>>();
  #kindCount = 0;

  constructor(rules: readonly DetectionRule[]) {
    this.#all = rules.map((rule, index) => ({ rule, index }));
  }

  rulesFor(record: EvidenceRecord): readonly IndexedRule[] {
    if (record.form !== 'evtx' && record.form !== 'xml') return this.#all;
    const { eventId, providerName, channel } = record.system;
    const key = `${channel}\n${providerName}`;
    let byLog = this.#byEventId.get(eventId);
    let rules = byLog?.get(key);
    if (rules) return rules;
    const kind = eventFromRecord(kindRecord({ eventId, provider: providerName, channel }));
    rules = this.#all.filter(({ rule }) => rule.relevant.select(kind));
    if (this.#kindCount >= KINDS_MAX) return rules;
    this.#kindCount++;
    if (!byLog) {
      byLog = new Map();
      this.#byEventId.set(eventId, byLog);
    }
    byLog.set(key, rules);
    return rules;
  }
}
