import { listAudit } from '#lib/audit/queries.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { currentCatalogue, currentKnowledge } from '#lib/catalogue/current.ts';
import { techniquesOf } from '#lib/content/attack.ts';
import { restoreRecord } from '#lib/custody/event-rows.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres, jsonFromPostgres } from '#lib/db/postgres-text.ts';
import { mappedForms } from '#lib/detection/detect.ts';
import { fieldText } from '#lib/detection/fields.ts';
import { AppError } from '#lib/errors.ts';
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { filtersOf } from '#lib/filters/of-finding.ts';
import { chainsOf } from './chain-detail.ts';
import { findFinding } from './find.ts';
import { findingListItem } from './list.ts';
import { unmatchedDetections } from './misses.ts';
import { longTexts } from './selected-events.ts';
import { toldOf } from './told.ts';
import type { FindingDetail, FindingEventItem, RowValue } from './types.ts';

const EVENTS_SHOWN = 100;
const HISTORY_SHOWN = 200;

/** Everything that the page of one finding shows. Throws AppError `not-found`. */
export async function getFinding(actor: Actor, idOrNumber: string): Promise<FindingDetail> {
  requirePermission(actor, 'read');
  const { id } = await findFinding(idOrNumber);
  const [item, finding, catalogue] = await Promise.all([
    findingListItem(id),
    db.finding.findUnique({
      where: { id },
      include: {
        episodes: { orderBy: { number: 'asc' } },
        notes: { orderBy: { createdAt: 'asc' }, include: { author: { select: { name: true } } } },
        riskEvents: true,
      },
    }),
    currentCatalogue(),
  ]);
  if (!item || !finding) throw new AppError('not-found', 'There is no such finding.');
  const row = jsonFromPostgres(finding.row) as [string, FieldValue][];
  const { records, items, total } = await eventsOf(id, finding.investigationId);
  const told = toldOf(catalogue, finding, row, records);
  if (!told) throw new AppError('not-found', 'The detection of this finding is no longer installed.');
  const [riskObjects, { chain, otherChains }, history, people, filters] = await Promise.all([
    riskObjectsOf(finding.investigationId, finding.riskEvents),
    chainsOf(id, catalogue.knowledge.chains),
    listAudit(actor, 'finding', id),
    db.user.findMany({
      where: { accounts: { some: {} }, OR: [{ banned: null }, { banned: false }] },
      select: { id: true, name: true },
      orderBy: { name: 'asc' },
      take: 200,
    }),
    filtersOf(id),
  ]);
  return {
    ...item,
    ...told,
    mappedFrom: mappedForms(records),
    unmatched: unmatchedDetections(catalogue.knowledge.rules, finding.detectionId, records),
    version: finding.version,
    reason: finding.reason === null ? null : fromPostgres(finding.reason),
    filled: finding.filled,
    row: row as [string, RowValue][],
    events: items,
    eventTotal: total,
    chain,
    otherChains,
    techniqueDetails: techniquesOf(catalogue.content).filter((technique) =>
      finding.techniques.includes(technique.id),
    ),
    riskObjects,
    episodes: finding.episodes.map((episode) => ({
      startTicks: episode.startTicks.toString(),
      endTicks: episode.endTicks.toString(),
      count: episode.count,
    })),
    notes: finding.notes.map((note) => ({
      id: note.id,
      author: note.author?.name ?? 'deleted user',
      text: fromPostgres(note.text),
      createdAt: note.createdAt.toISOString(),
    })),
    history: history.slice(0, HISTORY_SHOWN),
    createdAt: finding.createdAt.toISOString(),
    people,
    filters,
  };
}

async function eventsOf(
  findingId: string,
  investigationId: string,
): Promise<{ records: EvidenceRecord[]; items: FindingEventItem[]; total: number }> {
  const where = { findings: { some: { findingId } } };
  const [rows, total] = await Promise.all([
    db.event.findMany({
      where,
      orderBy: [{ timeTicks: 'asc' }, { id: 'asc' }],
      take: EVENTS_SHOWN,
      include: { sightings: { include: { evidence: { select: { name: true, sha256: true } } } } },
    }),
    db.event.count({ where }),
  ]);
  const bodies = await longTexts(
    db,
    investigationId,
    rows.map((row) => row.id),
  );
  const records = rows.map((row) => restoreRecord(row.record, bodies));
  const items = rows.map((row, index): FindingEventItem => {
    const record = records[index];
    if (!record) throw new Error('an event without its record');
    const event = eventFromRecord(record);
    return {
      id: row.id,
      ticks: row.timeTicks?.toString() ?? null,
      channel: fromPostgres(row.channel),
      eventCode: row.eventCode,
      recordId: row.recordId === null ? null : fromPostgres(row.recordId),
      summary: fromPostgres(row.summary),
      fields: shownFields(event),
      xml: fieldText(event.get('_raw')) ?? '',
      sightings: row.sightings.map((sighting) => ({
        evidenceId: sighting.evidenceId,
        evidenceName: fromPostgres(sighting.evidence.name),
        sha256: sighting.evidence.sha256,
        offset: Number(sighting.offset),
        line: sighting.line,
      })),
    };
  });
  return { records, items, total };
}

/** The raw text stands in the raw view. */
function shownFields(event: SearchableEvent): [string, RowValue][] {
  return event
    .fieldNames()
    .filter((name) => name !== '_raw')
    .map((name) => [name, event.get(name)]);
}

async function riskObjectsOf(
  investigationId: string,
  riskEvents: readonly { objectType: string; objectName: string }[],
): Promise<FindingDetail['riskObjects']> {
  const names = [
    ...new Map(riskEvents.map((event) => [`${event.objectType} ${event.objectName}`, event])).values(),
  ];
  const { rules } = await currentKnowledge();
  return Promise.all(
    names.map(async ({ objectType, objectName }) => {
      const [object, events] = await Promise.all([
        db.riskObject.findUniqueOrThrow({
          where: { investigationId_objectType_objectName: { investigationId, objectType, objectName } },
        }),
        db.riskEvent.findMany({
          where: { investigationId, objectType, objectName },
          include: { finding: { select: { detectionId: true } } },
        }),
      ]);
      const inPeak = events.filter(
        (event) => event.timeTicks >= object.peakStartTicks && event.timeTicks <= object.peakEndTicks,
      );
      const byDetection = Map.groupBy(inPeak, (event) => event.finding.detectionId);
      return {
        type: objectType,
        name: fromPostgres(objectName),
        hostId: object.hostId,
        peakScore: object.peakScore,
        peakStartTicks: object.peakStartTicks.toString(),
        peakEndTicks: object.peakEndTicks.toString(),
        severity: object.severity,
        parts: [...byDetection].map(([detectionId, parts]) => ({
          label: rules.find((rule) => rule.id === detectionId)?.name ?? detectionId,
          count: parts.length,
          score: parts.reduce((sum, part) => sum + part.score, 0),
        })),
      };
    }),
  );
}
