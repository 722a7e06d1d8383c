import type { Prisma } from '#lib/db/generated/client.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { jsonToPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { detect, type Result, type SelectedEvent } from '#lib/detection/detect.ts';
import type { DetectionRule, Knowledge } from '#lib/detection/rule.ts';
import { hostName } from '#lib/events/names.ts';
import { newestFinding, noteFindings } from '#lib/notifications/occurrences.ts';
import { recomputeRisk } from '#lib/risk/recompute.ts';
import { findingSeverity } from '#lib/risk/severity.ts';
import { SplError } from '#lib/spl/types.ts';
import { joinHosts } from './hosts.ts';
import { findingIdentity } from './identity.ts';
import { EXISTING_COLUMNS, type ExistingFinding, keepFinding, withdrawFinding } from './keep.ts';
import { selectedEvents } from './selected-events.ts';
import { carryTriage, supersedeOthers } from './supersede.ts';

/**
 * Makes the findings of an investigation equal to what its events give now. Nothing is incremented: run twice, or after
 * evidence in any order, the state is the same. Triage (status, owner, notes) is never touched, except that a closed
 * finding with a new episode is reopened as recurred.
 *
 * @returns rules whose search passed one of its limits; they have no findings
 */
export async function recomputeFindings(
  tx: Prisma.TransactionClient,
  investigationId: string,
  knowledge: Knowledge,
  nowMs: number,
): Promise<readonly StoppedRule[]> {
  await lockInvestigation(tx, investigationId, 'exclusive');
  const newest = await newestFinding(tx);
  await joinHosts(tx, investigationId);
  const hosts = await hostIds(tx, investigationId);
  await supersedeOthers(tx, investigationId, [...knowledge.rules, ...knowledge.chains], new Date(nowMs));
  const withRows = await rulesWithRows(tx, investigationId);
  const stopped: StoppedRule[] = [];
  for (const rule of knowledge.rules) {
    if (!withRows.has(`${rule.id} ${rule.variant}`)) continue;
    const events = await selectedEvents(tx, investigationId, rule.id, rule.variant);
    const results = resultsOf(rule, events, nowMs);
    if (typeof results === 'string') stopped.push({ detectionId: rule.id, reason: results });
    else await applyResults(tx, investigationId, rule, results, hosts, nowMs);
  }
  await carryTriage(tx, investigationId);
  await recomputeRisk(tx, investigationId, knowledge, nowMs);
  await noteFindings(tx, investigationId, knowledge, { number: newest, now: new Date(nowMs) });
  return stopped;
}

export type StoppedRule = { readonly detectionId: string; readonly reason: string };

/** A search that passes a limit must not keep all others from their results: its message instead of results. */
function resultsOf(
  rule: DetectionRule,
  events: readonly SelectedEvent[],
  nowMs: number,
): readonly Result[] | string {
  try {
    return detect(rule, events, { nowMs, lenient: true, extended: true });
  } catch (error) {
    if (error instanceof SplError) return error.message;
    throw error;
  }
}

/** Rules that selected an event or have a finding, by id and variant: of a thousand, most have neither. */
async function rulesWithRows(
  tx: Prisma.TransactionClient,
  investigationId: string,
): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ rule: string }[]>`
    SELECT DISTINCT detection_id || ' ' || variant AS rule FROM selection WHERE investigation_id = ${investigationId}
    UNION
    SELECT DISTINCT detection_id || ' ' || variant FROM finding WHERE investigation_id = ${investigationId}`;
  return new Set(rows.map(({ rule }) => rule));
}

async function applyResults(
  tx: Prisma.TransactionClient,
  investigationId: string,
  rule: DetectionRule,
  results: readonly Result[],
  hosts: ReadonlyMap<string, string>,
  nowMs: number,
): Promise<void> {
  const existing = new Map<string, ExistingFinding>(
    (
      await tx.finding.findMany({
        where: { investigationId, detectionId: rule.id, variant: rule.variant },
        select: EXISTING_COLUMNS,
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
  existing: ExistingFinding | null,
  nowMs: number,
): Promise<void> {
  const { rule, mode } = result;
  // Only strict findings carry risk: what was filled, joined or decoded adds nothing to the strict sum.
  const riskScore = mode === 'strict' ? rule.riskScore : 0;
  await keepFinding(
    tx,
    {
      id,
      investigationId,
      detectionId: rule.id,
      variant: rule.variant,
      mode,
      hostId: result.dest === null ? null : (hosts.get(toPostgres(hostName(result.dest))) ?? null),
      dest: result.dest === null ? null : toPostgres(result.dest),
      user: result.user === null ? null : toPostgres(result.user),
      sentence: toPostgres(result.sentence),
      firstTicks: result.firstTicks,
      lastTicks: result.lastTicks,
      riskScore,
      severity: mode === 'strict' ? findingSeverity(riskScore) : 'info',
      techniques: rule.techniques,
      row: jsonToPostgres([...result.row]) as Prisma.InputJsonValue,
      filled: result.filled,
      events: result.events.map(({ id: eventId, record }) => ({ id: eventId, timeTicks: record.timeTicks })),
    },
    existing,
    nowMs,
  );
}

async function hostIds(
  tx: Prisma.TransactionClient,
  investigationId: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.host.findMany({ where: { investigationId } });
  return new Map(rows.map((row) => [row.name, row.joinedToId ?? row.id]));
}
