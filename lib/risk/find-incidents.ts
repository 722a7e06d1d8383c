import { createHash } from 'node:crypto';
import { renderTemplate } from '#lib/content/template.ts';
import type { FieldValue } from '#lib/events/event.ts';
import { shortHostName } from '#lib/events/names.ts';
import type { FieldSource } from './condition.ts';
import { entityField } from './factors.ts';
import type { CompiledIncidentRule } from './incident-rule.ts';
import type { RiskEventDraft } from './risk-events.ts';
import type { RiskObjectDraft } from './risk-objects.ts';
import { type Severity, sumSeverity } from './severity.ts';
import { type Window, windowsOf } from './window.ts';

/** Risk events of one object that a rule holds for, as they are now. */
export type IncidentDraft = {
  readonly identity: string;
  readonly rule: CompiledIncidentRule;
  readonly object: RiskObjectDraft;
  readonly story: string;
  readonly sentence: string;
  readonly severity: Severity;
  /** Of the window with the highest sum: with and without the cap, and when it was. */
  readonly score: number;
  readonly uncapped: number;
  readonly sourceCount: number;
  readonly tacticCount: number;
  readonly peakStartTicks: bigint;
  readonly peakEndTicks: bigint;
  readonly members: readonly { readonly event: RiskEventDraft; readonly isInPeak: boolean }[];
};

export type IncidentContext = {
  readonly investigationId: string;
  readonly isCapped: boolean;
  tacticsOf(technique: string): readonly string[];
};

/**
 * What the rule raises for an object. Windows slide over event time; those that overlap and for which the rule holds are one
 * incident, told by the window with the highest sum. Its id is of the first event.
 */
export function incidentsOf(
  rule: CompiledIncidentRule,
  object: RiskObjectDraft,
  context: IncidentContext,
): IncidentDraft[] {
  if (rule.objectTypes.length > 0 && !rule.objectTypes.includes(object.type)) return [];
  if (!rule.isPerStory) return incidentsAmong(rule, object, object.events, '', context);
  const stories = [...new Set(object.events.flatMap((event) => event.rule.stories))].sort();
  return stories.flatMap((story) =>
    incidentsAmong(
      rule,
      object,
      object.events.filter((event) => event.rule.stories.includes(story)),
      story,
      context,
    ),
  );
}

type Run = { readonly from: number; to: number; peak: Window };

function incidentsAmong(
  rule: CompiledIncidentRule,
  object: RiskObjectDraft,
  events: readonly RiskEventDraft[],
  story: string,
  context: IncidentContext,
): IncidentDraft[] {
  const fields = new WindowFields(events, object, context);
  const runs: Run[] = [];
  for (const window of windowsOf(events, rule.windowHours, context.isCapped)) {
    fields.show(window);
    if (!rule.holds(fields)) continue;
    const current = runs.at(-1);
    if (!current || window.from >= current.to) runs.push({ from: window.from, to: window.to, peak: window });
    else {
      current.to = Math.max(current.to, window.to);
      if (window.sum > current.peak.sum) current.peak = window;
    }
  }
  return runs.map((run) => draftOf(rule, object, events, story, run, context));
}

function draftOf(
  rule: CompiledIncidentRule,
  object: RiskObjectDraft,
  events: readonly RiskEventDraft[],
  story: string,
  { from, to, peak }: Run,
  context: IncidentContext,
): IncidentDraft {
  const [first, last, opening] = [events[peak.from], events[peak.to - 1], events[from]];
  if (!first || !last || !opening) throw new Error('a window without events');
  const fields = new WindowFields(events, object, context);
  fields.show(peak);
  const row = new Map<string, FieldValue>(
    [
      'risk_object',
      'risk_score_sum',
      'risk_event_count',
      'source_count',
      'tactic_count',
      'technique_count',
    ].map((name) => [name, fields.get(name)]),
  );
  if (object.type === 'system') row.set('risk_object', shortHostName(object.name));
  row.set('analyticstory', story);
  row.set('window', windowWords(rule.windowHours));
  return {
    identity: createHash('sha256')
      .update(
        JSON.stringify([
          context.investigationId,
          rule.id,
          object.type,
          object.name,
          story,
          opening.findingId,
          opening.episode,
        ]),
      )
      .digest('hex'),
    rule,
    object,
    story,
    sentence: renderTemplate(rule.sentence, { row, events: [] }),
    severity: rule.severity ?? sumSeverity(peak.sum),
    score: peak.sum,
    uncapped: peak.uncapped,
    sourceCount: Number(fields.get('source_count')),
    tacticCount: Number(fields.get('tactic_count')),
    peakStartTicks: first.timeTicks,
    peakEndTicks: last.timeTicks,
    members: events.slice(from, to).map((event, index) => ({
      event,
      isInPeak: from + index >= peak.from && from + index < peak.to,
    })),
  };
}

function windowWords(hours: number): string {
  if (hours % 24 !== 0 || hours === 24) return hours === 1 ? '1 hour' : `${hours} hours`;
  return `${hours / 24} days`;
}

/** What conditions see of a window. Counted as it slides, so that a window costs what enters and leaves it. */
class WindowFields implements FieldSource {
  readonly #events: readonly RiskEventDraft[];
  readonly #object: RiskObjectDraft;
  readonly #tacticsOf: (technique: string) => readonly string[];
  readonly #sources = new Counter();
  readonly #techniques = new Counter();
  readonly #tactics = new Counter();
  readonly #stories = new Counter();
  #window: Window = { from: 0, to: 0, sum: 0, uncapped: 0 };

  constructor(events: readonly RiskEventDraft[], object: RiskObjectDraft, context: IncidentContext) {
    this.#events = events;
    this.#object = object;
    this.#tacticsOf = context.tacticsOf;
  }

  /** Windows come in order, and none ends before the one before it. */
  show(window: Window): void {
    for (const event of this.#events.slice(this.#window.to, window.to)) this.#count(event, 1);
    for (const event of this.#events.slice(this.#window.from, window.from)) this.#count(event, -1);
    this.#window = window;
  }

  get(name: string): FieldValue {
    const { from, to, sum } = this.#window;
    switch (name) {
      case 'risk_object':
        return this.#object.name;
      case 'risk_object_type':
        return this.#object.type;
      case 'risk_score_sum':
        return sum;
      case 'risk_event_count':
        return to - from;
      case 'max_risk_score':
        return this.#events.slice(from, to).reduce((max, { score }) => Math.max(max, score), 0);
      case 'source_count':
        return this.#sources.values().length;
      case 'tactic_count':
        return this.#tactics.values().length;
      case 'technique_count':
        return this.#techniques.values().length;
      case 'source':
        return this.#sources.values();
      case 'analyticstories':
        return this.#stories.values();
      case 'annotations.mitre_attack':
        return this.#techniques.values();
      case 'annotations.mitre_attack.mitre_tactic_id':
        return this.#tactics.values();
      default:
        return entityField(this.#object.events[0]?.entity ?? null, name);
    }
  }

  #count({ rule }: RiskEventDraft, by: number): void {
    this.#sources.count(rule.name, by);
    for (const story of rule.stories) this.#stories.count(story, by);
    for (const technique of rule.techniques) {
      this.#techniques.count(technique, by);
      for (const tactic of this.#tacticsOf(technique)) this.#tactics.count(tactic, by);
    }
  }
}

class Counter {
  readonly #counts = new Map<string, number>();

  count(value: string, by: number): void {
    const count = (this.#counts.get(value) ?? 0) + by;
    if (count === 0) this.#counts.delete(value);
    else this.#counts.set(value, count);
  }

  values(): string[] {
    return [...this.#counts.keys()].sort();
  }
}
