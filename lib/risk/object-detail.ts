import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { type JsonValue, toPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { placeOf } from './entities.ts';
import { detectionDescriber, riskEventItems } from './event-items.ts';
import type { FilterOn } from './filter-hits.ts';
import { incidentsOfObject } from './incidents.ts';
import type { RiskObjectReference } from './inputs.ts';
import { objectOfRow } from './queries.ts';
import { type RiskEventDraft, riskEventsOf } from './risk-events.ts';
import { riskSnapshot } from './snapshot.ts';
import type { RiskEventItem, RiskObjectDetail, RiskStep } from './types.ts';
import { waterfallOf } from './waterfall.ts';

const EVENTS_SHOWN = 1_000;

/** An object with everything that its sum is made of. Throws AppError `not-found`. */
export async function getRiskObject(actor: Actor, reference: RiskObjectReference): Promise<RiskObjectDetail> {
  requirePermission(actor, 'read');
  const row = await findObject(reference);
  const item = objectOfRow(row);
  const [{ model, hits }, events, detectionOf, incidents] = await Promise.all([
    riskSnapshot(),
    riskEventItems({ objectType: row.objectType, objectName: row.objectName }),
    detectionDescriber(),
    incidentsOfObject(item.type, item.name),
  ]);
  const isOfObject = (event: RiskEventDraft): boolean =>
    event.objectType === item.type && event.objectName === item.name;
  const hiddenIds = new Set(model.findings.flatMap(({ id, isHidden }) => (isHidden ? [id] : [])));
  const drafts = riskEventsOf(model.findings, model).filter(isOfObject);
  const isInPeak = (ticks: bigint): boolean => ticks >= row.peakStartTicks && ticks <= row.peakEndTicks;
  const hidden = drafts.filter((event) => hiddenIds.has(event.findingId) && isInPeak(event.timeTicks));
  const numbersOf = (findingId: string, isHiding: boolean): number[] =>
    (hits.get(findingId) ?? []).filter((hit) => hit.isHiding === isHiding).map(({ number }) => number);
  const steps = waterfallOf(
    [
      ...events
        .filter(({ ticks }) => isInPeak(BigInt(ticks)))
        .map((event) => ({ ...event, isHidden: false, filterNumbers: numbersOf(event.findingId, false) })),
      ...hidden.map((event) => ({
        detectionId: event.rule.id,
        detectionName: detectionOf(event.rule.id).name,
        baseScore: event.baseScore,
        factors: event.factors,
        filterFactor: event.filterFactor,
        score: 0,
        isHidden: true,
        filterNumbers: numbersOf(event.findingId, true),
      })),
    ],
    model.isCapped,
  );
  const sum: RiskStep = {
    kind: 'sum',
    label: 'highest sum within 24 hours',
    change: item.peakScore,
    detectionId: null,
    factorNumber: null,
    filterNumber: null,
    eventCount: events.filter(({ ticks }) => isInPeak(BigInt(ticks))).length,
  };
  const entity = drafts.find((event) => event.entity)?.entity ?? null;
  const detectionIds = new Set(drafts.map(({ rule }) => rule.id));
  return {
    ...item,
    isCapped: model.isCapped,
    steps: [...steps, sum],
    events: events
      .map((event) => ({ ...event, isInPeak: isInPeak(BigInt(event.ticks)) }))
      .slice(0, EVENTS_SHOWN),
    hidden: hidden.slice(0, EVENTS_SHOWN).map((event) => ({
      ...hiddenItem(event, detectionOf),
      filterNumbers: numbersOf(event.findingId, true),
    })),
    entity: entity && { kind: entity.kind, place: placeOf(entity), columns: Object.entries(entity.columns) },
    incidents,
    filters: filtersOn(drafts, hits),
    detections: model.rules
      .filter(({ id }) => detectionIds.has(id))
      .map(({ id, name, impact, confidence }) => ({ id, name, impact, confidence })),
  };
}

/** By its name, or by another that counts as it. */
async function findObject({ type, name }: RiskObjectReference) {
  const objectName = toPostgres(name);
  const where = { investigationId: DEFAULT_INVESTIGATION, objectType: type };
  const found =
    (await db.riskObject.findFirst({ where: { ...where, objectName } })) ??
    (await db.riskObject.findFirst({
      where: { ...where, objectName: { equals: objectName.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' } },
    })) ??
    (await db.riskObject.findFirst({
      where: {
        ...where,
        aliases: { array_contains: [{ name: objectName }] as unknown as JsonValue as never },
      },
    }));
  if (!found)
    throw new AppError('not-found', 'No risk event names this. Its findings may be filtered or gone.');
  return found;
}

function hiddenItem(
  event: RiskEventDraft,
  detectionOf: Awaited<ReturnType<typeof detectionDescriber>>,
): RiskEventItem {
  return {
    findingId: event.findingId,
    findingNumber: event.findingNumber,
    episode: event.episode,
    detectionId: event.rule.id,
    detectionName: detectionOf(event.rule.id).name,
    objectType: event.objectType,
    objectName: event.objectName,
    loggedName: event.loggedName,
    message: event.message,
    techniques: event.rule.techniques,
    stories: event.rule.stories,
    baseScore: event.baseScore,
    factors: event.factors,
    filterFactor: event.filterFactor,
    score: event.score,
    ticks: event.timeTicks.toString(),
    status: 'new',
  };
}

function filtersOn(
  events: readonly RiskEventDraft[],
  hits: ReadonlyMap<string, readonly FilterOn[]>,
): RiskObjectDetail['filters'] {
  const on = events.flatMap(({ findingId }) => hits.get(findingId) ?? []);
  return [...new Map(on.map(({ number, name }) => [number, { number, name }])).values()].sort(
    (a, b) => a.number - b.number,
  );
}
