import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { currentKnowledge } from '#lib/catalogue/current.ts';
import { coverageOf } from '#lib/custody/queries.ts';
import { db } from '#lib/db/client.ts';
import { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import { chainOfHost } from '#lib/findings/chain-detail.ts';
import { findingsOfHost } from '#lib/findings/list.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import type { Severity } from '#lib/risk/severity.ts';
import type { HostListQuery } from './inputs.ts';
import type { HostDetail, HostListItem, HostPage } from './types.ts';

/** Hosts with their risk, the highest first (or by name); hosts without risk too. */
export async function listHosts(actor: Actor, query: HostListQuery): Promise<HostPage> {
  requirePermission(actor, 'read');
  const like = `%${toPostgres(query.q ?? '').replace(/[\\%_]/g, '\\$&')}%`;
  const where = Prisma.sql`h.investigation_id = ${DEFAULT_INVESTIGATION} AND h.joined_to_id IS NULL AND (
    h.name ILIKE ${like} OR EXISTS (SELECT 1 FROM host a WHERE a.joined_to_id = h.id AND a.name ILIKE ${like}))`;
  const order =
    query.sort === 'name'
      ? Prisma.sql`h.name ASC`
      : query.sort === 'events'
        ? Prisma.sql`event_count DESC, h.name ASC`
        : Prisma.sql`peak_score DESC, finding_count DESC, h.name ASC`;
  const offset = Number(query.cursor ?? 0);
  const [rows, total] = await Promise.all([
    hostRows(where, Prisma.sql`ORDER BY ${order} LIMIT ${query.limit + 1} OFFSET ${offset}`),
    db.$queryRaw<{ count: bigint }[]>`SELECT count(*) FROM host h WHERE ${where}`,
  ]);
  return {
    items: rows.slice(0, query.limit),
    nextCursor: rows.length > query.limit ? String(offset + query.limit) : null,
    total: Number(total[0]?.count ?? 0),
  };
}

/** A host by its id or any of its names. Throws AppError `not-found`. */
export async function getHost(actor: Actor, idOrName: string): Promise<HostDetail> {
  requirePermission(actor, 'read');
  const id = await findHost(idOrName);
  const [item] = await hostRows(Prisma.sql`h.id = ${id}::uuid`, Prisma.empty);
  if (!item) throw new AppError('not-found', 'There is no such host.');
  const names = await namesOf(id);
  const known = await currentKnowledge();
  const [risk, events, findings, chain, coverage, evidence] = await Promise.all([
    db.riskObject.findFirst({ where: { hostId: id, objectType: 'system' } }),
    db.riskEvent.findMany({
      where: { hostId: id, objectType: 'system' },
      orderBy: { timeTicks: 'asc' },
      include: { finding: { select: { number: true, detectionId: true } } },
    }),
    findingsOfHost(id),
    chainOfHost(id, known.chains),
    coverageOf({ hostIds: names }),
    db.$queryRaw<{ id: string; name: string; count: bigint }[]>`
      SELECT e.id::text, e.name, sum(c.count)::bigint AS count FROM event_count c JOIN evidence e ON e.id = c.evidence_id
      WHERE c.host_id = ANY(${names}::uuid[]) GROUP BY e.id, e.name ORDER BY count DESC LIMIT 100`,
  ]);
  return {
    ...item,
    totalScore: risk?.totalScore ?? 0,
    peakEndTicks: risk?.peakEndTicks.toString() ?? null,
    riskEvents: events.map((event) => ({
      findingId: event.findingId,
      findingNumber: event.finding.number,
      detectionName: known.rules.find((rule) => rule.id === event.finding.detectionId)?.name ?? '',
      message: fromPostgres(event.message),
      score: event.score,
      ticks: event.timeTicks.toString(),
      isInPeak:
        risk !== null && event.timeTicks >= risk.peakStartTicks && event.timeTicks <= risk.peakEndTicks,
    })),
    findings,
    coverage,
    evidence: evidence.map((one) => ({ id: one.id, name: fromPostgres(one.name), count: Number(one.count) })),
    chain,
  };
}

/** The id of the host that a name or id stands for, joined names followed. Throws AppError `not-found`. */
export async function findHost(idOrName: string): Promise<string> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(idOrName);
  const host = await db.host.findFirst({
    where: isId
      ? { id: idOrName }
      : { investigationId: DEFAULT_INVESTIGATION, name: toPostgres(idOrName.toLowerCase()) },
  });
  if (!host) throw new AppError('not-found', 'There is no such host. Its evidence may have been deleted.');
  return host.joinedToId ?? host.id;
}

/** Ids of the host and of the names that are joined to it: what its events stand under. */
export async function namesOf(hostId: string): Promise<readonly string[]> {
  const joined = await db.host.findMany({ where: { joinedToId: hostId }, select: { id: true } });
  return [hostId, ...joined.map((row) => row.id)];
}

async function hostRows(where: Prisma.Sql, tail: Prisma.Sql): Promise<HostListItem[]> {
  const rows = await db.$queryRaw<
    {
      id: string;
      name: string;
      aliases: string[] | null;
      peak_score: number | null;
      peak_start_ticks: bigint | null;
      severity: Severity | null;
      finding_count: bigint;
      open_count: bigint;
      event_count: bigint | null;
      first_ticks: bigint | null;
      last_ticks: bigint | null;
      chain_severity: Severity | null;
      covered: string[] | null;
    }[]
  >`
    SELECT h.id::text, h.name, names.aliases, COALESCE(r.peak_score, 0) AS peak_score, r.peak_start_ticks,
      r.severity::text AS severity, f.finding_count, f.open_count,
      k.chain_severity::text AS chain_severity,
      c.event_count, c.first_ticks, c.last_ticks, v.covered
    FROM host h
    LEFT JOIN risk_object r ON r.host_id = h.id AND r.object_type = 'system'
    CROSS JOIN LATERAL (
      SELECT array_agg(n.id) AS ids, array_agg(n.name ORDER BY n.name) FILTER (WHERE n.id <> h.id) AS aliases
      FROM host n WHERE n.id = h.id OR n.joined_to_id = h.id) names
    CROSS JOIN LATERAL (
      SELECT count(*) AS finding_count, count(*) FILTER (WHERE status <> 'closed') AS open_count
      FROM finding WHERE state = 'active' AND NOT is_hidden AND (
        host_id = h.id OR id IN (SELECT chain_id FROM chain_member WHERE host_id = h.id))) f
    CROSS JOIN LATERAL (
      SELECT max(chain.severity) AS chain_severity FROM finding chain
      WHERE chain.state = 'active' AND NOT chain.is_hidden AND chain.id IN (SELECT chain_id FROM chain_member WHERE host_id = h.id)
        AND COALESCE(chain.disposition NOT IN ('false_positive', 'benign_positive'), true)) k
    CROSS JOIN LATERAL (
      SELECT sum(count)::bigint AS event_count, min(first_ticks) AS first_ticks, max(last_ticks) AS last_ticks
      FROM event_count WHERE host_id = ANY(names.ids)) c
    CROSS JOIN LATERAL (
      SELECT array_agg(DISTINCT detection_id || ' ' || variant) AS covered FROM coverage
      WHERE host_id = ANY(names.ids) AND relevant_count > 0) v
    WHERE ${where} ${tail}`;
  const { rules } = await currentKnowledge();
  return rows.map((row) => ({
    id: row.id,
    name: fromPostgres(row.name),
    aliases: (row.aliases ?? []).map(fromPostgres),
    peakScore: row.peak_score ?? 0,
    peakStartTicks: row.peak_start_ticks?.toString() ?? null,
    severity: row.severity ?? 'info',
    findingCount: Number(row.finding_count),
    openFindingCount: Number(row.open_count),
    eventCount: Number(row.event_count ?? 0),
    firstTicks: row.first_ticks?.toString() ?? null,
    lastTicks: row.last_ticks?.toString() ?? null,
    hasChain: row.chain_severity !== null,
    chainSeverity: row.chain_severity,
    blindDetections: rules
      .filter((rule) => rule.evaluation === 'strict')
      .filter((rule) => !row.covered?.includes(`${rule.id} ${rule.variant}`))
      .map((rule) => rule.name),
  }));
}
