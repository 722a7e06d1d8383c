import { techniquesOf } from '#lib/content/attack.ts';
import type { Content } from '#lib/content/load.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import type { DetectionRule } from '#lib/detection/rule.ts';
import { loadedContent } from '#lib/detection/rules.ts';
import { type IncidentDraft, incidentsOf } from './find-incidents.ts';
import type { CompiledIncidentRule } from './incident-rule.ts';
import { readRiskFindings, readSeenAccounts } from './read-findings.ts';
import {
  compileFactors,
  compileIncidentRules,
  readEntities,
  readFactors,
  readIncidentRules,
} from './read-rules.ts';
import { type RiskEventDraft, type RiskFinding, type RiskSetting, riskEventsOf } from './risk-events.ts';
import { type RiskObjectDraft, riskObjectsOf } from './risk-objects.ts';
import { readRiskSettings } from './settings.ts';

/** All that risk is computed from. What-if questions change it and ask again. */
export type RiskModel = RiskSetting & {
  readonly investigationId: string;
  readonly findings: readonly RiskFinding[];
  readonly incidentRules: readonly CompiledIncidentRule[];
  readonly isCapped: boolean;
};

export type Risk = {
  /** Of findings that no filter rule hides. */
  readonly events: readonly RiskEventDraft[];
  readonly objects: readonly RiskObjectDraft[];
  readonly incidents: readonly IncidentDraft[];
};

export async function readRiskModel(
  tx: Prisma.TransactionClient,
  investigationId: string,
  rules: readonly DetectionRule[],
): Promise<RiskModel> {
  const content = await loadedContent();
  const settings = await readRiskSettings(tx);
  const findings = await readRiskFindings(tx, investigationId);
  return {
    investigationId,
    rules,
    findings,
    isCapped: settings.isCapped,
    factors: compileFactors(await readFactors(tx)),
    incidentRules: compileIncidentRules(await readIncidentRules(tx, content, settings.disabledRules)),
    entities: await readEntities(tx),
    seenAccounts: await readSeenAccounts(tx, investigationId, findings),
    tacticsOf: tacticsOf(content),
  };
}

/** Pure: the same model gives the same risk, in whatever order its findings stand. */
export function computeRisk(model: RiskModel): Risk {
  const events = riskEventsOf(
    model.findings.filter(({ isHidden }) => !isHidden),
    model,
  );
  const objects = riskObjectsOf(events, model.isCapped);
  const incidents = objects.flatMap((object) =>
    model.incidentRules.flatMap((rule) => incidentsOf(rule, object, model)),
  );
  return { events, objects, incidents };
}

function tacticsOf(content: Content): (technique: string) => readonly string[] {
  const tactics = new Map(
    techniquesOf(content).map((technique) => [technique.id, technique.tactics.map(({ id }) => id)]),
  );
  // A technique that the content does not know may have a parent that it knows.
  return (technique) => tactics.get(technique) ?? tactics.get(technique.split('.')[0] ?? '') ?? [];
}
