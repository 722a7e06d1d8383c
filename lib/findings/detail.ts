import { listAudit } from '#lib/audit/queries.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { techniquesOf } from '#lib/content/attack.ts';
import { restoreRecord } from '#lib/custody/event-rows.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres, jsonFromPostgres } from '#lib/db/postgres-text.ts';
import type { DetectionRule, Knowledge } from '#lib/detection/rule.ts';
import { knowledge, loadedContent } from '#lib/detection/rules.ts';
import { joinScriptBlocks } from '#lib/detection/script-blocks.ts';
import { AppError } from '#lib/errors.ts';
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { findFinding } from './find.ts';
import { findingListItem } from './list.ts';
import { longTexts } from './selected-events.ts';
import type { ChainStep, FindingDetail, FindingEventItem, RowValue, WhyItFired } from './types.ts';

const EVENTS_SHOWN = 100;
const HISTORY_SHOWN = 200;

/** Everything that the page of one finding shows. Throws AppError `not-found`. */
export async function getFinding(actor: Actor, idOrNumber: string): Promise<FindingDetail> {
  requirePermission(actor, 'read');
  const { id } = await findFinding(idOrNumber);
  const [item, finding, known, content] = await Promise.all([
    findingListItem(id),
    db.finding.findUnique({
      where: { id },
      include: {
        episodes: { orderBy: { number: 'asc' } },
        notes: { orderBy: { createdAt: 'asc' }, include: { author: { select: { name: true } } } },
        riskEvents: true,
      },
    }),
    knowledge(),
    loadedContent(),
  ]);
  if (!item || !finding) throw new AppError('not-found', 'There is no such finding.');
  const rule = known.rules.find((one) => one.id === finding.detectionId && one.variant === finding.variant);
  const detection = content.detections.find((one) => one.id === finding.detectionId);
  if (!rule || !detection)
    throw new AppError('not-found', 'The detection of this finding is no longer installed.');
  const row = jsonFromPostgres(finding.row) as [string, FieldValue][];
  const { records, items, total } = await eventsOf(id, finding.investigationId);
  const events = records.map(eventFromRecord);
  const fields = new Map(row);
  const [riskObjects, chain, history, people] = await Promise.all([
    riskObjectsOf(finding.investigationId, finding.riskEvents),
    chainOf(finding, known),
    listAudit(actor, 'finding', id),
    db.user.findMany({
      where: { accounts: { some: {} }, OR: [{ banned: null }, { banned: false }] },
      select: { id: true, name: true },
      orderBy: { name: 'asc' },
      take: 200,
    }),
  ]);
  return {
    ...item,
    version: finding.version,
    reason: finding.reason === null ? null : fromPostgres(finding.reason),
    filled: finding.filled,
    row: row as [string, RowValue][],
    search: rule.search.text,
    why: whyItFired(rule, finding.mode, records, events),
    events: items,
    eventTotal: total,
    chain,
    techniqueDetails: techniquesOf(content).filter((technique) => finding.techniques.includes(technique.id)),
    killChain: detection.kill_chain_phases,
    nist: detection.nist,
    cis: detection.cis,
    impact: detection.risk.impact,
    confidence: detection.risk.confidence,
    riskObjects,
    checkNext: rule.checkNext(fields, events),
    knownFalsePositives: detection.known_false_positives,
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
    return {
      id: row.id,
      ticks: row.timeTicks?.toString() ?? null,
      channel: fromPostgres(row.channel),
      eventCode: row.eventCode,
      recordId: row.recordId === null ? null : fromPostgres(row.recordId),
      summary: fromPostgres(row.summary),
      fields: shownFields(eventFromRecord(record)),
      xml: renderEventXml(record),
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

function whyItFired(
  rule: DetectionRule,
  mode: string,
  records: readonly EvidenceRecord[],
  events: readonly SearchableEvent[],
): WhyItFired[] {
  const judged =
    mode === 'extended' ? joinScriptBlocks(records).map((block) => eventFromRecord(block.record)) : events;
  const terms = judged.flatMap((event) => rule.search.explain(event));
  return [...new Map(terms.map((term) => [JSON.stringify([term.term, term.value]), term])).values()];
}

async function riskObjectsOf(
  investigationId: string,
  riskEvents: readonly { objectType: string; objectName: string }[],
): Promise<FindingDetail['riskObjects']> {
  const names = [
    ...new Map(riskEvents.map((event) => [`${event.objectType} ${event.objectName}`, event])).values(),
  ];
  const { rules } = await knowledge();
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

async function chainOf(
  finding: {
    id: string;
    hostId: string | null;
    chainId: string | null;
    chainSeverity: FindingDetail['chainSeverity'];
  },
  known: Knowledge,
): Promise<FindingDetail['chain']> {
  const chain = known.chains.find((one) => one.id === finding.chainId);
  if (!chain || !finding.hostId || !finding.chainSeverity) return null;
  const members = await db.finding.findMany({
    where: { hostId: finding.hostId, chainId: chain.id },
    orderBy: [{ firstTicks: 'asc' }, { number: 'asc' }],
  });
  return {
    name: chain.name,
    severity: finding.chainSeverity,
    steps: members.map(
      (member): ChainStep => ({
        findingId: member.id,
        findingNumber: member.number,
        sentence: fromPostgres(member.sentence),
        label: chain.steps.find((step) => step.detectionId === member.detectionId)?.label ?? '',
        ticks: member.firstTicks?.toString() ?? null,
        severity: member.severity,
        isThis: member.id === finding.id,
        techniques: member.techniques,
      }),
    ),
  };
}
