/**
 * Finds the rules that cover a finding: many rules over many findings. A rule is asked only where one of the tests holds
 * without which it covers nothing (anchors.ts); rules without any are asked once for each distinct tuple of the values they read. The answer
 * is the one of asking each rule (`covers` of compile.ts).
 */
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { foldCase } from '#lib/spl/pattern.ts';
import { scalarsOf, toText } from '#lib/spl/value.ts';
import { type Anchor, anchorsOf } from './anchors.ts';
import type { CompiledFilter } from './compile.ts';

/** Where a rule counts. Empty detections and hosts: everywhere. */
export type RuleScope = {
  readonly detectionIds: readonly string[];
  /** Detections whose rows no longer have what the rule reads: it leaves them alone. */
  readonly exceptDetectionIds: readonly string[];
  /** Joined names in lower case. */
  readonly hosts: readonly string[];
  readonly fromTicks: bigint | null;
  readonly toTicks: bigint | null;
};

export type ScopedRule = { readonly filter: CompiledFilter; readonly scope: RuleScope };

export type Subject = {
  readonly detectionId: string;
  /** Joined name in lower case. */
  readonly host: string | null;
  readonly firstTicks: bigint | null;
  readonly lastTicks: bigint | null;
  readonly row: SearchableEvent;
};

export const isForDetection = (scope: RuleScope, detectionId: string): boolean =>
  (scope.detectionIds.length === 0 || scope.detectionIds.includes(detectionId)) &&
  !scope.exceptDetectionIds.includes(detectionId);

/** A finding is in a window when its first and its last event are. */
export function isInScope(scope: RuleScope, subject: Subject): boolean {
  const { hosts, fromTicks, toTicks } = scope;
  if (!isForDetection(scope, subject.detectionId)) return false;
  if (hosts.length > 0 && (subject.host === null || !hosts.includes(subject.host))) return false;
  if (fromTicks !== null && (subject.firstTicks === null || subject.firstTicks < fromTicks)) return false;
  return toTicks === null || (subject.lastTicks !== null && subject.lastTicks <= toTicks);
}

const covers = (rule: ScopedRule, subject: Subject): boolean =>
  isInScope(rule.scope, subject) && rule.filter.covers(subject.row);

/** The rules that cover the finding, in the order of the rules, each asked: what FilterIndex must equal. */
export const askEach = <R extends ScopedRule>(rules: readonly R[], subject: Subject): R[] =>
  rules.filter((rule) => covers(rule, subject));

/** Distinct tuples that are remembered for one group of rules, and the longest of them. */
const MAX_TUPLES = 20_000;
const MAX_TUPLE_LENGTH = 4_000;

export class FilterIndex<R extends ScopedRule> {
  readonly #rules: readonly R[];
  readonly #byDetection = new Map<string, DetectionIndex>();

  constructor(rules: readonly R[]) {
    this.#rules = rules;
  }

  /** In the order of the rules. */
  rulesCovering(subject: Subject): readonly R[] {
    let index = this.#byDetection.get(subject.detectionId);
    if (index === undefined) {
      index = new DetectionIndex(this.#rules, subject.detectionId);
      this.#byDetection.set(subject.detectionId, index);
    }
    return index.placesCovering(subject).flatMap((place) => this.#rules[place] ?? []);
  }
}

/** Places of rules by the texts that a value must be, or begin or end with. */
class AnchorIndex {
  /** By length of the text, so that no more of a long value is looked at. */
  readonly #texts = { is: new Map(), starts: new Map(), ends: new Map() } as Record<
    Anchor['kind'],
    Map<number, Map<string, number[]>>
  >;

  add({ kind, value }: Anchor, place: number): void {
    const texts = this.#texts[kind].get(value.length) ?? new Map<string, number[]>();
    this.#texts[kind].set(value.length, texts);
    const places = texts.get(value);
    if (places === undefined) texts.set(value, [place]);
    else if (places.at(-1) !== place) places.push(place);
  }

  visit(value: string, use: (place: number) => void): void {
    const { is, starts, ends } = this.#texts;
    for (const place of is.get(value.length)?.get(foldCase(value)) ?? []) use(place);
    for (const [length, texts] of starts) {
      if (length > value.length) continue;
      for (const place of texts.get(foldCase(value.slice(0, length))) ?? []) use(place);
    }
    for (const [length, texts] of ends) {
      if (length > value.length) continue;
      for (const place of texts.get(foldCase(value.slice(-length))) ?? []) use(place);
    }
  }
}

type Group = {
  readonly fields: readonly string[];
  readonly places: number[];
  readonly known: Map<string, readonly number[]>;
};

/** The rules that may count for one detection; they are named by their places among all. */
class DetectionIndex {
  readonly #rules: readonly ScopedRule[];
  readonly #byField = new Map<string, AnchorIndex>();
  readonly #groups = new Map<string, Group>();

  constructor(rules: readonly ScopedRule[], detectionId: string) {
    this.#rules = rules;
    for (const [place, { filter, scope }] of rules.entries()) {
      if (!isForDetection(scope, detectionId)) continue;
      const anchors = anchorsOf(filter.commands);
      if (anchors === null) this.#group(filter).places.push(place);
      else for (const anchor of anchors) this.#indexOf(anchor.field).add(anchor, place);
    }
  }

  #indexOf(field: string): AnchorIndex {
    const known = this.#byField.get(field) ?? new AnchorIndex();
    this.#byField.set(field, known);
    return known;
  }

  #group({ uses }: CompiledFilter): Group {
    const fields = [...new Set(uses.flatMap(({ name, isWritten }) => (isWritten ? [] : [name])))].sort();
    const key = JSON.stringify(fields);
    const group = this.#groups.get(key) ?? { fields, places: [], known: new Map() };
    this.#groups.set(key, group);
    return group;
  }

  placesCovering(subject: Subject): readonly number[] {
    const places: number[] = [];
    const { row } = subject;
    const asked = new Set<number>();
    const ask = (place: number): void => {
      if (asked.has(place)) return;
      asked.add(place);
      const rule = this.#rules[place];
      if (rule !== undefined && covers(rule, subject)) places.push(place);
    };
    for (const [field, index] of this.#byField) {
      for (const value of scalarsOf(row.get(field))) index.visit(toText(value), ask);
    }
    for (const group of this.#groups.values()) {
      for (const place of this.#placesOfGroup(group, row)) {
        const rule = this.#rules[place];
        if (rule !== undefined && isInScope(rule.scope, subject)) places.push(place);
      }
    }
    return places.sort((a, b) => a - b);
  }

  /** Whatever the scope; what a rule says of a row depends on the fields that it reads alone. */
  #placesOfGroup({ fields, places, known }: Group, row: SearchableEvent): readonly number[] {
    const ask = (): readonly number[] => places.filter((place) => this.#rules[place]?.filter.covers(row));
    const tuple = fields.map((field): FieldValue => row.get(field));
    // Long texts are seldom the same twice.
    if (lengthOf(tuple) > MAX_TUPLE_LENGTH) return ask();
    const key = JSON.stringify(tuple);
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = ask();
    if (known.size >= MAX_TUPLES) known.clear();
    known.set(key, found);
    return found;
  }
}

const lengthOf = (tuple: readonly FieldValue[]): number =>
  tuple.reduce<number>(
    (sum, value) => sum + scalarsOf(value).reduce<number>((length, one) => length + toText(one).length, 0),
    0,
  );
