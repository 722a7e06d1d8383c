import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { currentKnowledge } from '#lib/catalogue/current.ts';
import { techniquesOf } from '#lib/content/attack.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { loadedContent } from '#lib/detection/rules.ts';
import { DAY_TICKS } from '#lib/events/ticks.ts';
import { newestFindings } from '#lib/findings/list.ts';
import { FINDING_STATUSES } from '#lib/findings/types.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { RISK_THRESHOLD, SEVERITIES } from '#lib/risk/severity.ts';
import type { AttackMatrix, Overview } from './types.ts';

const TOP_HOSTS = 10;
const NEWEST = 8;
const DAYS_SHOWN = 90;
const investigationId = DEFAULT_INVESTIGATION;

/** The numbers that a manager looks at; strict findings that no filter rule hides, as everywhere in risk. */
export async function getOverview(actor: Actor): Promise<Overview> {
  requirePermission(actor, 'read');
  const where = { investigationId, state: 'active', mode: 'strict', isHidden: false } as const;
  const [groups, evidence, hostTotal, overThreshold, chains, days, hosts, newest, { rules }] =
    await Promise.all([
      db.finding.groupBy({
        by: ['detectionId', 'severity', 'status', 'disposition'],
        where,
        _count: { _all: true },
      }),
      db.evidence.aggregate({
        where: { investigationId },
        _count: { _all: true },
        _sum: { recordCount: true, lossCount: true },
        _min: { firstTicks: true },
        _max: { lastTicks: true },
      }),
      db.host.count({ where: { investigationId, joinedToId: null } }),
      db.riskObject.count({
        where: { investigationId, objectType: 'system', peakScore: { gt: RISK_THRESHOLD } },
      }),
      db.$queryRaw<{ count: bigint }[]>`
      SELECT count(DISTINCT m.host_id) AS count FROM chain_member m JOIN finding c ON c.id = m.chain_id
      WHERE c.investigation_id = ${investigationId} AND c.state = 'active' AND NOT c.is_hidden
        AND COALESCE(c.disposition NOT IN ('false_positive', 'benign_positive'), true)`,
      db.$queryRaw<{ day: bigint; count: bigint; risk: number }[]>`
      SELECT first_ticks / ${DAY_TICKS} AS day, count(*) AS count, sum(risk_score) AS risk FROM finding
      WHERE investigation_id = ${investigationId} AND state = 'active' AND mode = 'strict' AND NOT is_hidden AND first_ticks IS NOT NULL
      GROUP BY 1 ORDER BY 1 DESC LIMIT ${DAYS_SHOWN}`,
      db.riskObject.findMany({
        where: { investigationId, objectType: 'system' },
        orderBy: [{ peakScore: 'desc' }, { objectName: 'asc' }],
        take: TOP_HOSTS,
      }),
      newestFindings(NEWEST),
      currentKnowledge(),
    ]);
  const perHost = await db.finding.groupBy({
    by: ['hostId'],
    where: { ...where, hostId: { in: hosts.flatMap((host) => host.hostId ?? []) } },
    _count: { _all: true },
  });
  const sum = (matches: (group: (typeof groups)[number]) => boolean): number =>
    groups.filter(matches).reduce((total, group) => total + group._count._all, 0);
  const isClosed = (group: { status: string }): boolean => group.status === 'closed';
  return {
    findingTotal: sum(() => true),
    openTotal: sum((group) => !isClosed(group)),
    closedTotal: sum(isClosed),
    falsePositiveTotal: sum((group) => group.disposition === 'false_positive'),
    hostTotal,
    hostsOverThreshold: overThreshold,
    chainHostTotal: Number(chains[0]?.count ?? 0),
    evidenceTotal: evidence._count._all,
    recordTotal: Number(evidence._sum.recordCount ?? 0),
    lossTotal: evidence._sum.lossCount ?? 0,
    firstTicks: evidence._min.firstTicks?.toString() ?? null,
    lastTicks: evidence._max.lastTicks?.toString() ?? null,
    bySeverity: SEVERITIES.map((severity) => ({
      severity,
      count: sum((group) => group.severity === severity),
    })),
    byStatus: FINDING_STATUSES.map((status) => ({ status, count: sum((group) => group.status === status) })),
    byDetection: rules
      .map((rule) => ({
        detectionId: rule.id,
        name: rule.name,
        open: sum((group) => group.detectionId === rule.id && !isClosed(group)),
        closed: sum((group) => group.detectionId === rule.id && isClosed(group)),
        falsePositive: sum(
          (group) => group.detectionId === rule.id && group.disposition === 'false_positive',
        ),
      }))
      .filter(({ open, closed }) => open + closed > 0)
      .sort((a, b) => b.open - a.open || b.closed - a.closed),
    silentDetections: rules.filter((rule) => !groups.some((group) => group.detectionId === rule.id)).length,
    byDay: days.toReversed().map((day) => ({
      day: new Date(Number(day.day) * 86_400_000).toISOString().slice(0, 10),
      count: Number(day.count),
      risk: day.risk,
    })),
    topHosts: hosts.map((host) => ({
      hostId: host.hostId,
      name: fromPostgres(host.objectName),
      peakScore: host.peakScore,
      severity: host.severity,
      findings: perHost.find((count) => count.hostId === host.hostId)?._count._all ?? 0,
    })),
    newest,
  };
}

/** Techniques that the detections cover, under each of their tactics, with what was found. */
export async function getAttackMatrix(actor: Actor): Promise<AttackMatrix> {
  requirePermission(actor, 'read');
  const [content, { rules }, findings] = await Promise.all([
    loadedContent(),
    currentKnowledge(),
    db.finding.findMany({
      where: { investigationId, state: 'active', isHidden: false, mode: { in: ['strict', 'extended'] } },
      select: { techniques: true, hostId: true, riskScore: true, mode: true },
    }),
  ]);
  const techniques = techniquesOf(content);
  const cells = techniques.map((technique) => {
    // A sub-technique's finding is its parent's too, but counts once there.
    const members = new Set([
      technique.id,
      ...techniques.filter((one) => one.parentId === technique.id).map((one) => one.id),
    ]);
    const ofTechnique = findings.filter((finding) => finding.techniques.some((id) => members.has(id)));
    const found = ofTechnique.filter(({ mode }) => mode === 'strict');
    return {
      tactics: technique.tactics,
      cell: {
        id: technique.id,
        name: technique.name,
        parentId: technique.parentId,
        url: technique.url,
        findingCount: found.length,
        extendedCount: ofTechnique.length - found.length,
        hostCount: new Set(found.flatMap((finding) => finding.hostId ?? [])).size,
        risk: found.reduce((total, finding) => total + finding.riskScore, 0),
        detections: rules
          .filter((rule) => rule.techniques.some((id) => members.has(id)))
          .map((rule) => ({ id: rule.id, name: rule.name })),
      },
    };
  });
  const tactics = new Map(cells.flatMap(({ tactics }) => tactics.map((tactic) => [tactic.id, tactic.name])));
  return {
    attackVersion: content.attack.version,
    tactics: [...tactics].map(([id, name]) => ({
      id,
      name,
      techniques: cells
        .filter(({ tactics, cell }) => cell.detections.length > 0 && tactics.some((one) => one.id === id))
        .map(({ cell }) => cell),
    })),
  };
}
