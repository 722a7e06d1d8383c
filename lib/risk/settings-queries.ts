import { listAudit } from '#lib/audit/queries.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { loadedContent } from '#lib/detection/rules.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { FACTOR_FIELDS } from './factors.ts';
import { INCIDENT_FIELDS } from './incident-rule.ts';
import { readRiskSettings } from './settings.ts';
import { ENTITY_KINDS, type FactorItem, type IncidentRuleItem, type RiskSettingsDetail } from './types.ts';

/** Everything that the settings of risk show. */
export async function getRiskSettings(actor: Actor): Promise<RiskSettingsDetail> {
  requirePermission(actor, 'read');
  const [settings, factors, rules, entities, history] = await Promise.all([
    readRiskSettings(db),
    listFactors(),
    listRules(),
    listEntityFiles(),
    listAudit(actor, 'risk-settings', 'risk'),
  ]);
  return {
    isCapped: settings.isCapped,
    factors,
    rules,
    entities,
    fields: { factor: FACTOR_FIELDS, incident: INCIDENT_FIELDS },
    history,
  };
}

async function listFactors(): Promise<FactorItem[]> {
  const [factors, counts] = await Promise.all([
    db.riskFactor.findMany({
      orderBy: { number: 'asc' },
      include: { versions: { orderBy: { number: 'desc' }, take: 100 } },
    }),
    db.$queryRaw<{ number: number; count: bigint }[]>`
      SELECT (factor->>'number')::int AS number, count(*) AS count
      FROM risk_event CROSS JOIN LATERAL jsonb_array_elements(factors) factor
      WHERE investigation_id = ${DEFAULT_INVESTIGATION} GROUP BY 1`,
  ]);
  return factors.flatMap(({ id, number, versions: rows }) => {
    const versions = rows.map((row) => ({
      ...versionOf(row),
      operation: row.operation,
      value: row.value,
    }));
    const [newest] = versions;
    if (!newest) return [];
    const eventCount = Number(counts.find((one) => one.number === number)?.count ?? 0);
    return [{ ...newest, id, number, eventCount, versions }];
  });
}

async function listRules(): Promise<IncidentRuleItem[]> {
  const [content, { disabledRules }, own, counts] = await Promise.all([
    loadedContent(),
    readRiskSettings(db),
    db.incidentRule.findMany({
      orderBy: { id: 'asc' },
      include: { versions: { orderBy: { number: 'desc' }, take: 100 } },
    }),
    db.incident.groupBy({
      by: ['ruleId'],
      where: { investigationId: DEFAULT_INVESTIGATION, state: 'active' },
      _count: { _all: true },
    }),
  ]);
  const countOf = (id: string): number => counts.find(({ ruleId }) => ruleId === id)?._count._all ?? 0;
  const shipped = content.incidents.map((rule) => ({
    id: rule.id,
    isShipped: true,
    name: rule.name,
    description: rule.description,
    condition: rule.condition,
    windowHours: rule.window_hours,
    severity: rule.severity === 'by-score' ? null : rule.severity,
    isEnabled: !disabledRules.includes(rule.id),
    version: null,
    incidentCount: countOf(rule.id),
    versions: [],
  }));
  return [
    ...shipped,
    ...own.flatMap(({ id, versions: rows }) => {
      const versions = rows.map((row) => ({
        ...versionOf(row),
        windowHours: row.windowHours,
        severity: row.severity,
      }));
      const [newest] = versions;
      if (!newest || newest.isRemoved) return [];
      const { name, condition, windowHours, severity, isEnabled, version, reason } = newest;
      return [
        {
          id,
          isShipped: false,
          name,
          description: reason,
          condition,
          windowHours,
          severity,
          isEnabled,
          version,
          incidentCount: countOf(id),
          versions,
        },
      ];
    }),
  ];
}

function versionOf(row: {
  readonly number: number;
  readonly name: string;
  readonly condition: string;
  readonly isEnabled: boolean;
  readonly isRemoved: boolean;
  readonly reason: string;
  readonly revertOf: number | null;
  readonly authorName: string;
  readonly createdAt: Date;
}) {
  return {
    version: row.number,
    name: fromPostgres(row.name),
    condition: fromPostgres(row.condition),
    isEnabled: row.isEnabled,
    isRemoved: row.isRemoved,
    reason: fromPostgres(row.reason),
    revertOf: row.revertOf,
    author: fromPostgres(row.authorName),
    createdAt: row.createdAt.toISOString(),
  };
}

async function listEntityFiles(): Promise<RiskSettingsDetail['entities']> {
  const files = await db.entity.groupBy({
    by: ['kind', 'fileName'],
    _count: { _all: true },
    _max: { importedAt: true },
    orderBy: { fileName: 'asc' },
  });
  return ENTITY_KINDS.map((kind) => {
    const own = files.filter((file) => file.kind === kind);
    return {
      kind,
      count: own.reduce((sum, file) => sum + file._count._all, 0),
      files: own.map((file) => ({
        name: fromPostgres(file.fileName),
        count: file._count._all,
        importedAt: file._max.importedAt?.toISOString() ?? '',
      })),
    };
  });
}
