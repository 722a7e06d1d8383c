import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, jsonFromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { fieldTexts } from '#lib/detection/fields.ts';
import type { DetectionRule, Knowledge } from '#lib/detection/rule.ts';
import type { FieldValue } from '#lib/events/event.ts';
import { hostName } from '#lib/events/names.ts';
import { recomputeChains } from './chain-findings.ts';
import { sumSeverity } from './severity.ts';
import { peakWindow } from './window.ts';

/** What CIM writes where it knows no user; a placeholder is no risk object. */
const PLACEHOLDERS = new Set(['unknown', '-', '', 'null']);

/** Makes risk events, risk objects and chains equal to what the findings give now. */
export async function recomputeRisk(
  tx: Prisma.TransactionClient,
  investigationId: string,
  knowledge: Knowledge,
  nowMs: number,
): Promise<void> {
  await writeRiskEvents(tx, investigationId, knowledge.rules);
  await writeRiskObjects(tx, investigationId);
  await recomputeChains(tx, investigationId, knowledge.chains, nowMs);
}

/** Each episode of a finding that counts is one risk event for each risk object that its detection names. */
async function writeRiskEvents(
  tx: Prisma.TransactionClient,
  investigationId: string,
  rules: readonly DetectionRule[],
): Promise<void> {
  await tx.riskEvent.deleteMany({ where: { investigationId } });
  const findings = await tx.finding.findMany({
    where: { investigationId, ...COUNTS_FOR_RISK },
    include: { episodes: true, host: { select: { name: true } } },
  });
  const byId = new Map(rules.map((rule) => [`${rule.id} ${rule.variant}`, rule]));
  const events: Prisma.RiskEventCreateManyInput[] = [];
  for (const finding of findings) {
    const rule = byId.get(`${finding.detectionId} ${finding.variant}`);
    if (!rule) continue;
    const row = new Map(jsonFromPostgres(finding.row) as [string, FieldValue][]);
    const message = toPostgres(rule.riskMessage(row, []));
    for (const object of riskObjects(rule, row, finding.host?.name ?? null)) {
      for (const episode of finding.episodes) {
        events.push({
          findingId: finding.id,
          episode: episode.number,
          investigationId,
          objectType: object.type,
          objectName: toPostgres(object.name),
          hostId: object.type === 'system' ? finding.hostId : null,
          score: finding.riskScore * finding.filterFactor,
          timeTicks: episode.startTicks,
          message,
        });
      }
    }
  }
  await tx.riskEvent.createMany({ data: events });
}

/** False and benign positives and what a filter rule hides leave the sum at once; without events there is no risk. */
export const COUNTS_FOR_RISK = {
  state: 'active',
  mode: 'strict',
  isHidden: false,
  OR: [{ disposition: null }, { disposition: { in: ['true_positive', 'undetermined'] } }],
} satisfies Prisma.FindingWhereInput;

function riskObjects(
  rule: DetectionRule,
  row: ReadonlyMap<string, FieldValue>,
  joinedHost: string | null,
): readonly { type: string; name: string }[] {
  const objects = rule.riskObjects.flatMap(({ field, type }) =>
    fieldTexts(row.get(field))
      .filter((value) => !PLACEHOLDERS.has(value.trim().toLowerCase()))
      .map((value) => ({
        type,
        name: type === 'system' ? (joinedHost === null ? hostName(value) : fromPostgres(joinedHost)) : value,
      })),
  );
  return [...new Map(objects.map((object) => [`${object.type} ${object.name}`, object])).values()];
}

async function writeRiskObjects(tx: Prisma.TransactionClient, investigationId: string): Promise<void> {
  await tx.riskObject.deleteMany({ where: { investigationId } });
  const events = await tx.riskEvent.findMany({ where: { investigationId } });
  const objects = Map.groupBy(events, (event) => JSON.stringify([event.objectType, event.objectName]));
  await tx.riskObject.createMany({
    data: [...objects.values()].flatMap((group) => {
      const [first] = group;
      const peak = peakWindow(group);
      if (!first || !peak) return [];
      return {
        investigationId,
        objectType: first.objectType,
        objectName: first.objectName,
        hostId: first.hostId,
        peakScore: peak.score,
        peakStartTicks: peak.startTicks,
        peakEndTicks: peak.endTicks,
        totalScore: group.reduce((sum, event) => sum + event.score, 0),
        eventCount: group.length,
        severity: sumSeverity(peak.score),
      };
    }),
  });
}
