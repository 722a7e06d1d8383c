import type { ChainRule } from '#lib/detection/chain-rule.ts';
import { fieldTexts } from '#lib/detection/fields.ts';
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { HOUR_TICKS } from '#lib/events/ticks.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { hostResolver, type NamedHost } from '#lib/targets/resolve.ts';
import { readTargets, type Targets } from '#lib/targets/targets.ts';
import type { Switching, Use } from './chains.ts';

/** An event of a finding, or one that a timeline keeps, that may be a step of a chain. */
export type StepEvent = {
  readonly eventId: string;
  readonly hostId: string;
  readonly timeTicks: bigint;
  readonly record: EvidenceRecord;
  readonly findingId: string | null;
  /** False: somebody said that the finding is a false or benign positive, or a filter rule hides it. */
  readonly counts: boolean;
  /** Of an extended finding, whose row may say more than the event: texts were joined or decoded. */
  readonly row: ReadonlyMap<string, FieldValue> | null;
};

export type Switchings = {
  readonly switchings: readonly Switching[];
  /** Events that turn something on, by id. */
  readonly openings: ReadonlyMap<string, SearchableEvent>;
};

/** What turns the switch on or off, of the events of findings that may do so. */
export function switchingsOf(rule: ChainRule, events: readonly StepEvent[]): Switchings {
  const openings = new Map<string, SearchableEvent>();
  const switchings: Switching[] = [];
  for (const step of events) {
    const event = eventFromRecord(step.record);
    if (step.counts && rule.opens.isOpening(event)) {
      openings.set(step.eventId, event);
      switchings.push({ ...happening(step), state: 'on', isClear: rule.opens.isClear(event) });
    }
  }
  return { switchings: [...switchings, ...closingsOf(rule, events)], openings };
}

/** What turns the switch off; whatever somebody thinks of the finding, it was turned off. */
export function closingsOf(rule: ChainRule, events: readonly StepEvent[]): readonly Switching[] {
  return events
    .filter(({ record }) => rule.closes.search.select(eventFromRecord(record)))
    .map((step) => ({ ...happening(step), state: 'off', isClear: true }));
}

export type Span = { readonly from: bigint; readonly to: bigint };

/** From the first turning-on to where the last may reach; null when nothing is turned on. */
export function reachOf(rule: ChainRule, switchings: readonly Switching[]): Span | null {
  const times = switchings.filter(({ state }) => state === 'on').map((one) => one.timeTicks);
  if (times.length === 0) return null;
  const from = times.reduce((min, time) => (time < min ? time : min));
  const last = times.reduce((max, time) => (time > max ? time : max));
  return { from, to: last + withinTicks(rule) };
}

export function withinTicks(rule: ChainRule): bigint {
  return BigInt(rule.withinHours) * HOUR_TICKS;
}

/** What the events use, on which of the hosts. */
export function usesOf(
  rule: ChainRule,
  events: readonly StepEvent[],
  hosts: readonly NamedHost[],
): readonly Use[] {
  const counted = events
    .filter((step) => step.counts)
    .map((step) => ({ step, targets: targetsOfStep(step, rule.uses.targetFields) }));
  const resolve = hostResolver(
    hosts,
    counted.flatMap(({ targets }) => targets.remote),
  );
  return counted.map(({ step, targets }) => ({
    ...happening(step),
    targetHostIds: [
      ...(targets.isLocal ? [step.hostId] : []),
      ...targets.remote.flatMap((name) => resolve(name) ?? []),
    ],
  }));
}

function happening({ eventId, hostId, timeTicks, record, findingId }: StepEvent) {
  const recordId = record.system.recordId ?? '';
  return {
    eventId,
    hostId,
    timeTicks,
    recordNumber: /^\d{1,20}$/.test(recordId) ? BigInt(recordId) : 0n,
    findingIds: findingId === null ? [] : [findingId],
  };
}

/** A multivalue field of a row may come from other events of it, so it says nothing of this one. */
function targetsOfStep(step: StepEvent, fields: readonly string[]): Targets {
  const event = eventFromRecord(step.record);
  const texts = fields.flatMap((field) => {
    const whole = fieldTexts(step.row?.get(field) ?? null);
    return [...fieldTexts(event.get(field)), ...(whole.length === 1 ? whole : [])];
  });
  const found = [...new Set(texts)].map(readTargets);
  const remote = [...new Set(found.flatMap((targets) => targets.remote))];
  // A part of a script, or a script before it is decoded, that names no host does not mean the own one.
  const isLocal =
    remote.length === 0 || found.some((targets) => targets.isLocal && targets.remote.length > 0);
  return { remote, isLocal };
}
