import type { Prisma } from '#lib/db/generated/client.ts';
import { jsonToPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import type { Knowledge } from '#lib/detection/rule.ts';
import { recomputeChains } from './chain-findings.ts';
import { keepIncidents } from './keep-incidents.ts';
import { computeRisk, readRiskModel } from './model.ts';
import type { RiskEventDraft } from './risk-events.ts';
import type { RiskObjectDraft } from './risk-objects.ts';

type Transaction = Prisma.TransactionClient;

/** Rows of one statement. */
const ROWS_AT_ONCE = 5_000;

/**
 * Makes risk events, risk objects, incidents and chains equal to what the findings, factors, lists and settings give now.
 * Nothing is incremented: run twice, the state is the same.
 */
export async function recomputeRisk(
  tx: Transaction,
  investigationId: string,
  knowledge: Knowledge,
  nowMs: number,
): Promise<void> {
  const risk = computeRisk(await readRiskModel(tx, investigationId, knowledge.rules));
  await writeRiskEvents(tx, investigationId, risk.events);
  await writeRiskObjects(tx, investigationId, risk.objects);
  await keepIncidents(tx, investigationId, risk.incidents, nowMs);
  await recomputeChains(tx, investigationId, knowledge.chains, nowMs);
}

async function writeRiskEvents(
  tx: Transaction,
  investigationId: string,
  events: readonly RiskEventDraft[],
): Promise<void> {
  await tx.riskEvent.deleteMany({ where: { investigationId } });
  for (let from = 0; from < events.length; from += ROWS_AT_ONCE) {
    const rows = events.slice(from, from + ROWS_AT_ONCE).map((event) => ({
      finding_id: event.findingId,
      episode: event.episode,
      object_type: event.objectType,
      object_name: toPostgres(event.objectName),
      logged_name: toPostgres(event.loggedName),
      host_id: event.hostId,
      detection_id: event.rule.id,
      base_score: event.baseScore,
      multiplier: event.multiplier,
      addend: event.addend,
      factors: jsonToPostgres(event.factors),
      filter_factor: event.filterFactor,
      score: event.score,
      time_ticks: event.timeTicks.toString(),
      message: toPostgres(event.message),
    }));
    await tx.$executeRaw`
      INSERT INTO risk_event (finding_id, episode, object_type, object_name, logged_name, investigation_id, host_id,
        detection_id, base_score, multiplier, addend, factors, filter_factor, score, time_ticks, message)
      SELECT finding_id, episode, object_type, object_name, logged_name, ${investigationId}, host_id,
        detection_id, base_score, multiplier, addend, factors, filter_factor, score, time_ticks, message
      FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(finding_id char(64), episode int, object_type text,
        object_name text, logged_name text, host_id uuid, detection_id text, base_score float8, multiplier float8,
        addend float8, factors jsonb, filter_factor float8, score float8, time_ticks bigint, message text)`;
  }
}

async function writeRiskObjects(
  tx: Transaction,
  investigationId: string,
  objects: readonly RiskObjectDraft[],
): Promise<void> {
  await tx.riskObject.deleteMany({ where: { investigationId } });
  await tx.riskObject.createMany({
    data: objects.map((object) => ({
      investigationId,
      objectType: object.type,
      objectName: toPostgres(object.name),
      hostId: object.hostId,
      peakScore: object.peak.score,
      peakUncapped: object.peak.uncapped,
      peakStartTicks: object.peak.startTicks,
      peakEndTicks: object.peak.endTicks,
      totalScore: object.totalScore,
      eventCount: object.events.length,
      severity: object.severity,
      priority: object.priority === null ? null : toPostgres(object.priority),
      category: object.category.map(toPostgres),
      aliases: jsonToPostgres(object.aliases) as Prisma.InputJsonValue,
    })),
  });
}
