import type { Prisma } from '#lib/db/generated/client.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { jsonToPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { detect, type Result } from '#lib/detection/detect.ts';
import type { DetectionRule, Knowledge } from '#lib/detection/rule.ts';
import { hostName } from '#lib/events/names.ts';
import { recomputeRisk } from '#lib/risk/recompute.ts';
import { findingSeverity } from '#lib/risk/severity.ts';
import { episodesOf } from '#lib/risk/window.ts';
import { joinHosts } from './hosts.ts';
import { findingIdentity } from './identity.ts';
import { selectedEvents } from './selected-events.ts';

/**
 * Makes the findings of an investigation equal to what its events give now. Nothing is incremented: run twice, or after
 * evidence in any order, the state is the same. Triage (status, owner, notes) is never touched, except that a closed
 * finding with a new episode is reopened as recurred.
 */
export async function recomputeFindings(
  tx: Prisma.TransactionClient,
  investigationId: string,
  knowledge: Knowledge,
  nowMs: number,
): Promise<void> {
  await lockInvestigation(tx, investigationId, 'exclusive');
  await joinHosts(tx, investigationId);
  const hosts = await hostIds(tx, investigationId);
  for (const rule of knowledge.rules) {
    const events = await selectedEvents(tx, investigationId, rule.id, rule.variant);
    const results = detect(rule, events, { nowMs, lenient: true, extended: true });
    await applyResults(tx, investigationId, rule, results, hosts, nowMs);
  }
  await recomputeRisk(tx, investigationId, knowledge);
}

type Existing = {
  readonly id: string;
  readonly isTouched: boolean;
  readonly status: string;
  readonly closedAt: Date | null;
  readonly recurredAt: Date | null;
  readonly episodes: readonly { readonly startTicks: bigint }[];
};

async function applyResults(
  tx: Prisma.TransactionClient,
  investigationId: string,
  rule: DetectionRule,
  results: readonly Result[],
  hosts: ReadonlyMap<string, string>,
  nowMs: number,
): Promise<void> {
  const existing = new Map<string, Existing>(
    (
      await tx.finding.findMany({
        where: { investigationId, detectionId: rule.id, variant: rule.variant },
        select: {
          id: true,
          isTouched: true,
          status: true,
          closedAt: true,
          recurredAt: true,
          episodes: { select: { startTicks: true } },
        },
      })
    ).map((finding) => [finding.id, finding]),
  );
  const seen = new Set<string>();
  for (const result of results) {
    const id = findingIdentity({
      investigationId,
      detectionId: rule.id,
      variant: rule.variant,
      mode: result.mode,
      key: result.key,
    });
    seen.add(id);
    await writeFinding(tx, id, investigationId, result, hosts, existing.get(id) ?? null, nowMs);
  }
  for (const finding of existing.values()) {
    if (!seen.has(finding.id)) await withdrawFinding(tx, finding);
  }
}

async function writeFinding(
  tx: Prisma.TransactionClient,
  id: string,
  investigationId: string,
  result: Result,
  hosts: ReadonlyMap<string, string>,
  existing: Existing | null,
  nowMs: number,
): Promise<void> {
  const { rule } = result;
  const episodes = episodesOf(
    result.events.flatMap((event) => (event.record.timeTicks === null ? [] : [event.record.timeTicks])),
  );
  // Only strict findings carry risk: what was filled, joined or decoded adds nothing to the strict sum.
  const riskScore = result.mode === 'strict' ? rule.riskScore : 0;
  const computed = {
    state: 'active' as const,
    hostId: result.dest === null ? null : (hosts.get(toPostgres(hostName(result.dest))) ?? null),
    dest: result.dest === null ? null : toPostgres(result.dest),
    user: result.user === null ? null : toPostgres(result.user),
    sentence: toPostgres(result.sentence),
    count: result.events.length,
    firstTicks: result.firstTicks,
    lastTicks: result.lastTicks,
    riskScore,
    severity: result.mode === 'strict' ? findingSeverity(riskScore) : ('info' as const),
    techniques: [...rule.techniques],
    row: jsonToPostgres([...result.row]) as Prisma.InputJsonValue,
    filled: [...result.filled],
  };
  await tx.finding.upsert({
    where: { id },
    create: {
      id,
      investigationId,
      detectionId: rule.id,
      variant: rule.variant,
      mode: result.mode,
      ...computed,
    },
    update: { ...computed, ...recurrence(existing, episodes, nowMs) },
  });
  await tx.$executeRaw`DELETE FROM finding_event WHERE finding_id = ${id}`;
  await tx.$executeRaw`
    INSERT INTO finding_event (finding_id, investigation_id, event_id)
    SELECT ${id}, ${investigationId}, unnest(${result.events.map((event) => event.id)}::char(64)[])`;
  await tx.episode.deleteMany({ where: { findingId: id } });
  await tx.episode.createMany({
    data: episodes.map((episode, number) => ({ findingId: id, number, ...episode })),
  });
}

/** An episode that appears after the finding was closed reopens it; only a filter rule silences the future. */
function recurrence(
  existing: Existing | null,
  episodes: readonly { readonly startTicks: bigint }[],
  nowMs: number,
): { status?: 'new'; recurredAt?: Date } {
  if (existing?.status !== 'closed') return {};
  const known = existing.episodes.map((episode) => episode.startTicks);
  const latest = known.reduce<bigint | null>(
    (max, ticks) => (max === null || ticks > max ? ticks : max),
    null,
  );
  const isNew = episodes.some((episode) => latest !== null && episode.startTicks > latest);
  return isNew && episodes.length > known.length ? { status: 'new', recurredAt: new Date(nowMs) } : {};
}

/** A finding without events goes if nobody touched it, else stays as "evidence deleted" without risk. */
async function withdrawFinding(tx: Prisma.TransactionClient, finding: Existing): Promise<void> {
  if (!finding.isTouched) {
    await tx.finding.delete({ where: { id: finding.id } });
    return;
  }
  await tx.finding.update({
    where: { id: finding.id },
    data: {
      state: 'evidence_deleted',
      count: 0,
      riskScore: 0,
      chainId: null,
      chainSeverity: null,
      events: { deleteMany: {} },
      episodes: { deleteMany: {} },
    },
  });
}

async function hostIds(
  tx: Prisma.TransactionClient,
  investigationId: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.host.findMany({ where: { investigationId } });
  return new Map(rows.map((row) => [row.name, row.joinedToId ?? row.id]));
}
