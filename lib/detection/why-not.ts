import type { SearchableEvent } from '#lib/events/event.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { DetectionRule } from './rule.ts';

/** Relevant events that a search did not select for one reason, with the first of them. */
export type Miss = {
  /** The first term that they do not satisfy; null: they satisfy all, but the search drops their row. */
  readonly term: string | null;
  readonly field: string | null;
  /** What the example has in the field; null: nothing. */
  readonly value: string | null;
  readonly file: string;
  readonly recordId: string | null;
  count: number;
};

const VALUE_MAX = 200;
const MISSES_TOLD = 5;

/** Gathers why relevant events do not match, by detection and by the first term that fails; bounded by the searches. */
export class MissCounter {
  readonly #byRule: readonly { readonly rule: DetectionRule; readonly misses: Map<string | null, Miss> }[];

  constructor(rules: readonly DetectionRule[]) {
    this.#byRule = rules.map((rule) => ({ rule, misses: new Map() }));
  }

  add(file: string, record: EvidenceRecord, event: SearchableEvent): void {
    for (const { rule, misses } of this.#byRule) {
      if (!rule.relevant.select(event)) continue;
      const reason = rule.search.whyNot(event);
      const term = reason?.term ?? null;
      const known = misses.get(term);
      if (known) {
        known.count += 1;
        continue;
      }
      const value = reason?.value ?? null;
      misses.set(term, {
        term,
        field: reason?.field ?? null,
        value: value !== null && value.length > VALUE_MAX ? `${value.slice(0, VALUE_MAX)}…` : value,
        file,
        recordId: record.system.recordId,
        count: 1,
      });
    }
  }

  /** The nearest first: what fails a later term of the search satisfies those before it. */
  missesOf(rule: DetectionRule): readonly Miss[] {
    const place = ({ term }: Miss): number =>
      term === null ? Number.POSITIVE_INFINITY : rule.search.expandedText.lastIndexOf(term);
    const misses = this.#byRule.find((one) => one.rule === rule)?.misses.values() ?? [];
    return [...misses].sort((a, b) => compare(place(b), place(a))).slice(0, MISSES_TOLD);
  }
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `11 events do not satisfy EventCode=4104, for example record 7 of a.evtx, where EventCode is 4103`. */
export function missText({ term, field, value, file, recordId, count }: Miss): string {
  const events = count === 1 ? '1 relevant event' : `${count} relevant events`;
  const example = `record ${recordId ?? 'without a number'} of ${file}`;
  if (term === null) {
    return `${events} ${count === 1 ? 'satisfies' : 'satisfy'} all terms, but the search drops the row, for example ${example}; look with --lenient`;
  }
  const there = field === null ? '' : `, where ${field} is ${value === null ? 'absent' : value}`;
  return `${events} ${count === 1 ? 'does' : 'do'} not satisfy ${term}, for example ${example}${there}`;
}
