import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { loadedContent } from '#lib/detection/rules.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import type { IncidentQuery } from './inputs.ts';
import type { IncidentItem, IncidentPage } from './types.ts';

/**
 * What wants a person at once: every chain raises an incident. It is triaged as the chain's finding, so one that was closed
 * as a false or benign positive is none any more. The worst first, then the latest.
 */
export async function listIncidents(actor: Actor, query: IncidentQuery): Promise<IncidentPage> {
  requirePermission(actor, 'read');
  const { chains } = await loadedContent();
  const where: Prisma.FindingWhereInput = {
    investigationId: DEFAULT_INVESTIGATION,
    detectionId: { in: chains.map(({ id }) => id) },
    state: 'active',
    isHidden: false,
    OR: [{ disposition: null }, { disposition: { in: ['true_positive', 'undetermined'] } }],
    ...(query.open === 'true' ? { status: { not: 'closed' } } : {}),
  };
  const offset = Number(query.cursor ?? 0);
  const [findings, total] = await Promise.all([
    db.finding.findMany({
      where,
      orderBy: [{ severity: 'desc' }, { firstTicks: 'desc' }, { number: 'desc' }],
      skip: offset,
      take: query.limit + 1,
      include: {
        owner: { select: { id: true, name: true } },
        chainMembers: {
          distinct: ['hostId'],
          orderBy: { timeTicks: 'asc' },
          select: { host: { select: { id: true, name: true } } },
        },
      },
    }),
    db.finding.count({ where }),
  ]);
  return {
    items: findings.slice(0, query.limit).map((finding): IncidentItem => {
      const chain = chains.find(({ id }) => id === finding.detectionId);
      return {
        kind: 'chain',
        findingId: finding.id,
        findingNumber: finding.number,
        name: chain?.name ?? finding.detectionId,
        sentence: fromPostgres(finding.sentence),
        severity: finding.severity,
        status: finding.status,
        owner: finding.owner,
        hosts: finding.chainMembers.map(({ host }) => ({ id: host.id, name: fromPostgres(host.name) })),
        stories: chain?.stories ?? [],
        techniques: finding.techniques,
        firstTicks: finding.firstTicks?.toString() ?? null,
        lastTicks: finding.lastTicks?.toString() ?? null,
      };
    }),
    nextCursor: findings.length > query.limit ? String(offset + query.limit) : null,
    total,
  };
}
