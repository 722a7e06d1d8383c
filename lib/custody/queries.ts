import type { Readable } from 'node:stream';
import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { currentKnowledge } from '#lib/catalogue/current.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { earlier, later } from '#lib/detection/relevance.ts';
import { env } from '#lib/env.ts';
import { AppError } from '#lib/errors.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { WORKER_GONE_MS } from '#lib/jobs/liveness.ts';
import { alertsOfEvidence } from './alerts.ts';
import { findGoing } from './archive-deletion.ts';
import { archiveMessages, membersOf, placesOf } from './archive-queries.ts';
import { countAsking } from './asking.ts';
import { hintsOfEvidence } from './hint-queries.ts';
import { choiceOf } from './reading.ts';
import { EvidenceStore } from './store.ts';
import type {
  DeletionConsequences,
  DetectionCoverage,
  EvidenceDetail,
  EvidenceListItem,
  EvidenceListPage,
} from './types.ts';
import { ARCHIVE_FORM } from './unpack.ts';

const LISTED_MAX = 1_000;
const PROBLEMS_SHOWN = 200;
/** What is missing may still come. */
const NO_HINTS = {
  hints: { items: [], counts: [], missingRecords: 0, scatteredLogs: 0 },
  duplicateCount: 0,
} as const;

/** All evidence of the investigation, newest first. */
export async function listEvidence(actor: Actor): Promise<EvidenceListPage> {
  requirePermission(actor, 'read');
  const rows = await db.evidence.findMany({
    where: { investigationId: DEFAULT_INVESTIGATION },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: LISTED_MAX,
    include: { uploadedBy: { select: { name: true } } },
  });
  return { items: await withCounts(rows), isWorkerRunning: await isWorkerRunning(actor) };
}

/** Throws AppError `not-found`. */
export async function getEvidence(actor: Actor, id: string): Promise<EvidenceDetail> {
  requirePermission(actor, 'read');
  const row = await findEvidence(id);
  const [item] = await withCounts([row]);
  if (!item) throw new Error('an evidence without its own counts');
  const isAlerts = item.alertCount > 0 && item.recordCount === 0;
  const [problems, hosts, kinds, coverage, observed, alerts] = await Promise.all([
    db.evidenceProblem.findMany({ where: { evidenceId: id }, orderBy: { seq: 'asc' }, take: PROBLEMS_SHOWN }),
    db.$queryRaw<
      { id: string; name: string; count: bigint; first_ticks: bigint | null; last_ticks: bigint | null }[]
    >`
      SELECT h.id::text, h.name, sum(c.count)::bigint AS count, min(c.first_ticks) AS first_ticks, max(c.last_ticks) AS last_ticks
      FROM event_count c JOIN host l ON l.id = c.host_id JOIN host h ON h.id = COALESCE(l.joined_to_id, l.id)
      WHERE c.evidence_id = ${id}::uuid GROUP BY h.id, h.name ORDER BY count DESC, h.name LIMIT 200`,
    db.$queryRaw<{ channel: string; event_code: number; count: bigint }[]>`
      SELECT channel, event_code, sum(count)::bigint AS count FROM event_count
      WHERE evidence_id = ${id}::uuid GROUP BY channel, event_code ORDER BY count DESC, channel, event_code LIMIT 100`,
    isAlerts ? [] : coverageOf({ evidenceId: id }),
    row.uploadId === null ? hintsOfEvidence(id) : NO_HINTS,
    alertsOfEvidence(id, item.alertCount),
  ]);
  return {
    ...item,
    members: row.form === ARCHIVE_FORM ? await membersOf(id) : null,
    timeZone: row.timeZone,
    mapping: choiceOf(row.mapping),
    isMappable: row.headerKey !== null,
    alsoAsking: row.question === null ? { archive: 0, investigation: 0 } : await countAsking(row),
    readerVersion: row.readerVersion,
    problems: problems.map((problem) => ({
      offset: Number(problem.offset),
      line: problem.line,
      code: problem.code,
      message: fromPostgres(problem.message),
      skippedBytes: Number(problem.skippedBytes),
      isLoss: problem.isLoss,
    })),
    hosts: hosts.map((host) => ({
      id: host.id,
      name: fromPostgres(host.name),
      count: Number(host.count),
      firstTicks: host.first_ticks?.toString() ?? null,
      lastTicks: host.last_ticks?.toString() ?? null,
    })),
    kinds: kinds.map((kind) => ({
      channel: fromPostgres(kind.channel),
      eventCode: kind.event_code,
      count: Number(kind.count),
    })),
    coverage,
    alerts,
    ...observed,
  };
}

/** What would go with an evidence: events that nothing else has seen, and the findings that rest on them alone. */
export async function deletionConsequences(actor: Actor, id: string): Promise<DeletionConsequences> {
  requirePermission(actor, 'delete-evidence');
  const row = await findEvidence(id);
  const going = (await findGoing(db, id)).gone.map((one) => one.id);
  const [counts] = await db.$queryRaw<{ events: bigint; shared: bigint; removed: bigint; kept: bigint }[]>`
    WITH seen AS (
      SELECT DISTINCT s.event_id, EXISTS (
        SELECT 1 FROM sighting o WHERE o.investigation_id = s.investigation_id AND o.event_id = s.event_id
          AND o.evidence_id <> ALL(${going}::uuid[])) AS is_shared
      FROM sighting s WHERE s.evidence_id = ANY(${going}::uuid[])
    ), gone AS (
      SELECT f.id, f.is_touched FROM finding f
      WHERE f.investigation_id = ${row.investigationId} AND f.state = 'active'
        AND EXISTS (SELECT 1 FROM finding_event fe WHERE fe.finding_id = f.id)
        AND (NOT EXISTS (
          SELECT 1 FROM finding_event fe WHERE fe.finding_id = f.id
            AND fe.event_id NOT IN (SELECT event_id FROM seen WHERE NOT is_shared))
          -- A chain needs an event that opens it and one that uses it.
          OR EXISTS (
            SELECT 1 FROM chain_member m WHERE m.chain_id = f.id AND m.role <> 'closing'
            GROUP BY m.role = 'use'
            HAVING bool_and(m.event_id IN (SELECT event_id FROM seen WHERE NOT is_shared))))
    )
    SELECT (SELECT count(*) FROM seen WHERE NOT is_shared) AS events, (SELECT count(*) FROM seen WHERE is_shared) AS shared,
      (SELECT count(*) FROM gone WHERE NOT is_touched) AS removed, (SELECT count(*) FROM gone WHERE is_touched) AS kept`;
  return {
    name: fromPostgres(row.name),
    memberCount: going.length - 1,
    eventCount: Number(counts?.events ?? 0),
    alertCount: await db.alert.count({ where: { evidenceId: { in: going } } }),
    sharedEventCount: Number(counts?.shared ?? 0),
    findingsRemoved: Number(counts?.removed ?? 0),
    findingsKept: Number(counts?.kept ?? 0),
  };
}

/** The bytes as they came; who took them is written down. */
export async function openEvidence(
  actor: Actor,
  id: string,
): Promise<{ name: string; sizeBytes: number; sha256: string; content: Readable }> {
  requirePermission(actor, 'download-evidence');
  const row = await findEvidence(id);
  const { sha256 } = row;
  if (sha256 === null) {
    throw new AppError('conflict', 'The upload of this file still runs. Download it when it is whole.');
  }
  await db.$transaction((tx) =>
    writeAudit(tx, actor, {
      action: 'evidence.download',
      objectType: 'evidence',
      objectId: id,
      investigationId: row.investigationId,
    }),
  );
  return {
    name: fromPostgres(row.name),
    sizeBytes: Number(row.sizeBytes),
    sha256,
    content: new EvidenceStore(env().JOBSIGHT_DATA).read(sha256),
  };
}

/** Whether a worker said within the last seconds that it lives. */
export async function isWorkerRunning(actor: Actor): Promise<boolean> {
  requirePermission(actor, 'read');
  const since = new Date(Date.now() - WORKER_GONE_MS);
  return (await db.workerHeartbeat.count({ where: { seenAt: { gte: since } } })) > 0;
}

/**
 * What each detection could judge in an evidence or on a host (with its joined names). Callers have checked the role.
 */
export async function coverageOf(
  where: { readonly evidenceId: string } | { readonly hostIds: readonly string[] },
): Promise<readonly DetectionCoverage[]> {
  const rows = await db.coverage.findMany({
    where: 'evidenceId' in where ? where : { hostId: { in: [...where.hostIds] } },
  });
  const { rules } = await currentKnowledge();
  return rules.map((rule) => {
    const own = rows.filter((row) => row.detectionId === rule.id && row.variant === rule.variant);
    const relevantCount = own.reduce((sum, row) => sum + row.relevantCount, 0);
    const selectedCount = own.reduce((sum, row) => sum + row.selectedCount, 0);
    const outcome = selectedCount > 0 ? 'matched' : relevantCount > 0 ? 'ran' : 'blind';
    return {
      detectionId: rule.id,
      detectionName: rule.name,
      outcome,
      relevantCount,
      selectedCount,
      firstTicks:
        own.reduce<bigint | null>((min, row) => earlier(min, row.firstTicks), null)?.toString() ?? null,
      lastTicks: own.reduce<bigint | null>((max, row) => later(max, row.lastTicks), null)?.toString() ?? null,
      label:
        outcome === 'blind'
          ? `Blind: ${rule.blindLabel}`
          : `Ran over ${relevantCount.toLocaleString('en')} events`,
    } as const;
  });
}

export type EvidenceRow = Prisma.EvidenceGetPayload<{ include: { uploadedBy: { select: { name: true } } } }>;

/** Throws AppError `not-found`. Callers have checked the role. */
export async function findEvidence(id: string): Promise<EvidenceRow> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
  const row = isId
    ? await db.evidence.findUnique({ where: { id }, include: { uploadedBy: { select: { name: true } } } })
    : null;
  if (!row) throw new AppError('not-found', 'There is no such evidence. It may have been deleted.');
  return row;
}

/** What is there of evidence that arrives; none of what is whole. */
async function receivedOf(rows: readonly EvidenceRow[]): Promise<ReadonlyMap<string, number>> {
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  const received = new Map<string, number>();
  for (const { id, uploadId } of rows) {
    const bytes = uploadId === null ? null : await store.receivedBytes(uploadId);
    if (bytes !== null) received.set(id, bytes);
  }
  return received;
}

async function withCounts(rows: readonly EvidenceRow[]): Promise<EvidenceListItem[]> {
  const ids = rows.map((row) => row.id);
  const counts = await db.$queryRaw<{ evidence_id: string; findings: bigint; hosts: bigint }[]>`
    SELECT e.id::text AS evidence_id,
      (SELECT count(DISTINCT fe.finding_id) FROM sighting s
        JOIN finding_event fe ON fe.investigation_id = s.investigation_id AND fe.event_id = s.event_id
        JOIN finding f ON f.id = fe.finding_id AND f.state = 'active' AND f.mode = 'strict' AND NOT f.is_hidden
        WHERE s.evidence_id = e.id) AS findings,
      (SELECT count(DISTINCT COALESCE(h.joined_to_id, h.id)) FROM host h WHERE h.id IN (
        SELECT host_id FROM event_count WHERE evidence_id = e.id UNION ALL
        SELECT host_id FROM alert WHERE evidence_id = e.id)) AS hosts
    FROM evidence e WHERE e.id = ANY(${ids}::uuid[])`;
  const [messages, places, received] = await Promise.all([
    archiveMessages(rows.filter((row) => row.form === ARCHIVE_FORM).map((row) => row.id)),
    placesOf(rows),
    receivedOf(rows),
  ]);
  const byId = new Map(counts.map((count) => [count.evidence_id, count]));
  return rows.map((row) => ({
    id: row.id,
    name: fromPostgres(row.name),
    sha256: row.sha256,
    sizeBytes: Number(row.sizeBytes),
    receivedBytes: received.get(row.id) ?? Number(row.sizeBytes),
    form: row.form,
    status: row.status,
    question: row.question,
    message: row.message === null ? (messages.get(row.id) ?? null) : fromPostgres(row.message),
    uploadedBy: row.uploadedBy?.name ?? null,
    archive: places.get(row.id) ?? null,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    readBytes: Math.min(Number(row.nextOffset), Number(row.sizeBytes)),
    recordCount: Number(row.recordCount),
    alertCount: Number(row.alertCount),
    problemCount: row.problemCount,
    lossCount: row.lossCount,
    firstTicks: row.firstTicks?.toString() ?? null,
    lastTicks: row.lastTicks?.toString() ?? null,
    findingCount: Number(byId.get(row.id)?.findings ?? 0),
    hostCount: Number(byId.get(row.id)?.hosts ?? 0),
  }));
}
