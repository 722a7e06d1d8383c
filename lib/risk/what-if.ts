import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { riskOf } from '#lib/detection/rule.ts';
import { DAY_TICKS } from '#lib/events/ticks.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { compileFactor, FACTOR_FIELDS } from './factors.ts';
import { withoutFilters } from './filter-hits.ts';
import { compileIncidentRule, INCIDENT_FIELDS, ownSentence } from './incident-rule.ts';
import type { Assumptions } from './inputs.ts';
import { computeRisk, type Risk, type RiskModel } from './model.ts';
import type { RiskEventDraft } from './risk-events.ts';
import type { RiskObjectDraft } from './risk-objects.ts';
import { checkCondition } from './rule-commands.ts';
import { sumOf } from './score.ts';
import { riskSnapshot } from './snapshot.ts';
import type { WhatIf } from './types.ts';

const OBJECTS_SHOWN = 100;
const INCIDENTS_SHOWN = 100;

/**
 * What risk would be if something were otherwise, computed as risk itself is; nothing is changed. Throws AppError
 * `invalid-input` for a condition with a mistake.
 */
export async function askWhatIf(actor: Actor, assumptions: Assumptions): Promise<WhatIf> {
  requirePermission(actor, 'read');
  if (assumptions.factor) checkCondition(assumptions.factor.condition, FACTOR_FIELDS);
  if (assumptions.incidentRule) checkCondition(assumptions.incidentRule.condition, INCIDENT_FIELDS);
  const { model: all, hits } = await riskSnapshot();
  const model = lastDays(all, assumptions.days);
  const otherwise = {
    ...assume(model, assumptions),
    findings: model.findings.map((finding) =>
      assumedFinding(finding, hits.get(finding.id) ?? [], model, assumptions),
    ),
  };
  return compare(computeRisk(model), computeRisk(otherwise), await numbersOf());
}

async function numbersOf(): Promise<ReadonlyMap<string, number>> {
  const rows = await db.incident.findMany({
    where: { investigationId: DEFAULT_INVESTIGATION },
    select: { identity: true, number: true },
  });
  return new Map(rows.map(({ identity, number }) => [identity, number]));
}

/** Episodes of the last days of event time, counted from the latest of what is stored. */
function lastDays(model: RiskModel, days: number | undefined): RiskModel {
  if (days === undefined) return model;
  const latest = model.findings
    .flatMap(({ episodes }) => episodes.map(({ startTicks }) => startTicks))
    .reduce((max, ticks) => (ticks > max ? ticks : max), 0n);
  const from = latest - BigInt(days) * DAY_TICKS;
  return {
    ...model,
    findings: model.findings.flatMap((finding) => {
      const episodes = finding.episodes.filter(({ startTicks }) => startTicks >= from);
      return episodes.length === 0 ? [] : [{ ...finding, episodes }];
    }),
  };
}

function assume(
  model: RiskModel,
  { factor, incidentRule, withoutFactors, isCapped }: Assumptions,
): RiskModel {
  const factors = model.factors.filter(({ number }) => !withoutFactors.includes(number));
  const assumed = { name: 'this factor', number: 0, version: 0 };
  return {
    ...model,
    isCapped: isCapped ?? model.isCapped,
    factors: factor ? [...factors, compileFactor({ ...assumed, ...factor })] : factors,
    incidentRules: incidentRule
      ? [
          ...model.incidentRules,
          compileIncidentRule({
            ...incidentRule,
            id: 'assumed',
            name: 'This rule',
            isPerStory: false,
            objectTypes: [],
            sentence: ownSentence('This rule'),
          }),
        ]
      : model.incidentRules,
  };
}

function assumedFinding(
  finding: RiskModel['findings'][number],
  hits: Parameters<typeof withoutFilters>[1],
  { rules }: RiskModel,
  { withoutFilters: numbers, risks }: Assumptions,
): RiskModel['findings'][number] {
  const shown = withoutFilters(finding, hits, numbers);
  const risk = risks.find(({ detectionId }) => detectionId === finding.detectionId);
  const rule = rules.find(({ id }) => id === finding.detectionId);
  if (!risk || !rule) return shown;
  const { riskScore } = riskOf(risk.impact ?? rule.impact, risk.confidence ?? rule.confidence);
  return { ...shown, riskScore };
}

function compare(before: Risk, after: Risk, numbers: ReadonlyMap<string, number>): WhatIf {
  const keyOf = ({ type, name }: RiskObjectDraft): string => JSON.stringify([type, name]);
  const [was, is] = [before, after].map(({ objects }) => new Map(objects.map((one) => [keyOf(one), one])));
  const changed = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].flatMap((key) => {
    const [old, next] = [was?.get(key), is?.get(key)];
    const one = old ?? next;
    if (!one || old?.peak.score === next?.peak.score) return [];
    return [
      {
        type: one.type,
        name: one.name,
        before: old?.peak.score ?? 0,
        after: next?.peak.score ?? 0,
        severityBefore: old?.severity ?? ('info' as const),
        severityAfter: next?.severity ?? ('info' as const),
      },
    ];
  });
  const change = (one: (typeof changed)[number]): number => Math.abs(one.after - one.before);
  const [identitiesBefore, identitiesAfter] = [before, after].map(
    ({ incidents }) => new Set(incidents.map(({ identity }) => identity)),
  );
  const scores = new Map(before.events.map((event) => [eventKey(event), event.score]));
  const afterKeys = new Set(after.events.map(eventKey));
  const times = [...before.events, ...after.events].map(({ timeTicks }) => timeTicks);
  const extreme = (isBetter: (a: bigint, b: bigint) => boolean): string | null =>
    times.length === 0 ? null : times.reduce((one, other) => (isBetter(other, one) ? other : one)).toString();
  return {
    objectTotal: changed.length,
    objects: changed
      .toSorted((a, b) => change(b) - change(a) || (a.name < b.name ? -1 : 1))
      .slice(0, OBJECTS_SHOWN),
    sumBefore: sumOf(before.events.map(({ score }) => score)),
    sumAfter: sumOf(after.events.map(({ score }) => score)),
    incidentsBefore: before.incidents.length,
    incidentsAfter: after.incidents.length,
    raised: after.incidents
      .filter(({ identity }) => !identitiesBefore?.has(identity))
      .map(({ sentence }) => sentence)
      .slice(0, INCIDENTS_SHOWN),
    withdrawn: before.incidents
      .filter(({ identity }) => !identitiesAfter?.has(identity))
      .map(({ identity, sentence }) => ({ number: numbers.get(identity) ?? null, sentence }))
      .slice(0, INCIDENTS_SHOWN),
    eventCount:
      after.events.filter((event) => scores.get(eventKey(event)) !== event.score).length +
      before.events.filter((event) => !afterKeys.has(eventKey(event))).length,
    fromTicks: extreme((a, b) => a < b),
    toTicks: extreme((a, b) => a > b),
  };
}

function eventKey(event: RiskEventDraft): string {
  return JSON.stringify([event.findingId, event.episode, event.objectType, event.objectName]);
}
