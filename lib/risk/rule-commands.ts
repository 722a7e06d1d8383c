import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { toPostgres } from '#lib/db/postgres-text.ts';
import { loadedContent } from '#lib/detection/rules.ts';
import { AppError } from '#lib/errors.ts';
import { SplError } from '#lib/spl/types.ts';
import { compileCondition } from './condition.ts';
import { changeRisk } from './everywhere.ts';
import { FACTOR_FIELDS } from './factors.ts';
import { INCIDENT_FIELDS } from './incident-rule.ts';
import type { FactorInput, IncidentRuleInput, RiskSettingsChange } from './inputs.ts';
import { readRiskSettings, writeRiskSettings } from './settings.ts';

type Transaction = Prisma.TransactionClient;

/** Rules of each kind that are not removed. */
const RULES_MAX = 200;

/** Throws AppError `invalid-input` with the place in the condition. Returns the factor's id. */
export async function addFactor(actor: Actor, input: FactorInput): Promise<string> {
  requirePermission(actor, 'manage-risk');
  checkCondition(input.condition, FACTOR_FIELDS);
  return changeRisk(async (tx) => {
    const versions = await tx.riskFactorVersion.findMany({
      distinct: ['factorId'],
      orderBy: { number: 'desc' },
    });
    checkCount(versions, 'risk factors');
    const { id } = await tx.riskFactor.create({ data: {} });
    await addFactorVersion(tx, actor, id, input);
    return id;
  });
}

export async function changeFactor(actor: Actor, id: string, input: FactorInput): Promise<void> {
  requirePermission(actor, 'manage-risk');
  checkCondition(input.condition, FACTOR_FIELDS);
  await changeRisk((tx) => addFactorVersion(tx, actor, id, input));
}

/** Its versions stay; a revert brings it back. */
export async function removeFactor(actor: Actor, id: string, reason: string): Promise<void> {
  requirePermission(actor, 'manage-risk');
  await changeRisk(async (tx) => {
    const newest = await newestFactor(tx, id);
    await addFactorVersion(tx, actor, id, { ...newest, reason }, { isRemoved: true });
  });
}

export async function revertFactor(actor: Actor, id: string, version: number, reason: string): Promise<void> {
  requirePermission(actor, 'manage-risk');
  await changeRisk(async (tx) => {
    const old = await tx.riskFactorVersion.findUnique({
      where: { factorId_number: { factorId: id, number: version } },
    });
    if (!old || old.isRemoved) throw new AppError('not-found', 'There is no such version of this factor.');
    await addFactorVersion(tx, actor, id, { ...old, reason }, { revertOf: version });
  });
}

async function addFactorVersion(
  tx: Transaction,
  actor: Actor,
  factorId: string,
  input: FactorInput,
  about: { readonly isRemoved?: boolean; readonly revertOf?: number } = {},
): Promise<void> {
  const before = await tx.riskFactorVersion.findFirst({ where: { factorId }, orderBy: { number: 'desc' } });
  if (!before && (await tx.riskFactor.count({ where: { id: factorId } })) === 0)
    throw new AppError('not-found', 'There is no such risk factor.');
  const data = {
    name: toPostgres(input.name),
    condition: toPostgres(input.condition),
    operation: input.operation,
    value: input.value,
    isEnabled: input.isEnabled,
    reason: toPostgres(input.reason),
    isRemoved: about.isRemoved ?? false,
    revertOf: about.revertOf ?? null,
  };
  const number = (before?.number ?? 0) + 1;
  await tx.riskFactorVersion.create({
    data: { ...data, factorId, number, authorName: toPostgres(actor.name) },
  });
  await writeAudit(tx, actor, {
    action: 'risk.factor',
    objectType: 'risk-factor',
    objectId: factorId,
    ...(before
      ? {
          before: {
            name: before.name,
            condition: before.condition,
            operation: before.operation,
            value: before.value,
            isEnabled: before.isEnabled,
          },
        }
      : {}),
    after: { ...data, version: number },
  });
}

async function newestFactor(tx: Transaction, factorId: string) {
  const newest = await tx.riskFactorVersion.findFirst({ where: { factorId }, orderBy: { number: 'desc' } });
  if (!newest || newest.isRemoved) throw new AppError('not-found', 'There is no such risk factor.');
  return newest;
}

/** Throws AppError `invalid-input` with the place in the condition. Returns the rule's id. */
export async function addIncidentRule(actor: Actor, input: IncidentRuleInput): Promise<string> {
  requirePermission(actor, 'manage-risk');
  checkCondition(input.condition, INCIDENT_FIELDS);
  return changeRisk(async (tx) => {
    const versions = await tx.incidentRuleVersion.findMany({
      distinct: ['ruleId'],
      orderBy: { number: 'desc' },
    });
    checkCount(versions, 'incident rules');
    const { id } = await tx.incidentRule.create({ data: {} });
    await addRuleVersion(tx, actor, id, input);
    return id;
  });
}

export async function changeIncidentRule(actor: Actor, id: string, input: IncidentRuleInput): Promise<void> {
  requirePermission(actor, 'manage-risk');
  checkCondition(input.condition, INCIDENT_FIELDS);
  await changeRisk((tx) => addRuleVersion(tx, actor, id, input));
}

export async function removeIncidentRule(actor: Actor, id: string, reason: string): Promise<void> {
  requirePermission(actor, 'manage-risk');
  await changeRisk(async (tx) => {
    const newest = await tx.incidentRuleVersion.findFirst({
      where: { ruleId: id },
      orderBy: { number: 'desc' },
    });
    if (!newest || newest.isRemoved) throw new AppError('not-found', 'There is no such incident rule.');
    await addRuleVersion(tx, actor, id, { ...newest, reason }, { isRemoved: true });
  });
}

export async function revertIncidentRule(
  actor: Actor,
  id: string,
  version: number,
  reason: string,
): Promise<void> {
  requirePermission(actor, 'manage-risk');
  await changeRisk(async (tx) => {
    const old = await tx.incidentRuleVersion.findUnique({
      where: { ruleId_number: { ruleId: id, number: version } },
    });
    if (!old || old.isRemoved) throw new AppError('not-found', 'There is no such version of this rule.');
    await addRuleVersion(tx, actor, id, { ...old, reason }, { revertOf: version });
  });
}

async function addRuleVersion(
  tx: Transaction,
  actor: Actor,
  ruleId: string,
  input: IncidentRuleInput,
  about: { readonly isRemoved?: boolean; readonly revertOf?: number } = {},
): Promise<void> {
  const before = await tx.incidentRuleVersion.findFirst({ where: { ruleId }, orderBy: { number: 'desc' } });
  if (!before && (await tx.incidentRule.count({ where: { id: ruleId } })) === 0)
    throw new AppError('not-found', 'There is no such incident rule.');
  const data = {
    name: toPostgres(input.name),
    condition: toPostgres(input.condition),
    windowHours: input.windowHours,
    severity: input.severity,
    isEnabled: input.isEnabled,
    reason: toPostgres(input.reason),
    isRemoved: about.isRemoved ?? false,
    revertOf: about.revertOf ?? null,
  };
  const number = (before?.number ?? 0) + 1;
  await tx.incidentRuleVersion.create({
    data: { ...data, ruleId, number, authorName: toPostgres(actor.name) },
  });
  await writeAudit(tx, actor, {
    action: 'risk.incident-rule',
    objectType: 'incident-rule',
    objectId: ruleId,
    ...(before
      ? {
          before: {
            name: before.name,
            condition: before.condition,
            windowHours: before.windowHours,
            severity: before.severity,
            isEnabled: before.isEnabled,
          },
        }
      : {}),
    after: { ...data, version: number },
  });
}

/** The stacking cap, and shipped incident rules on or off. */
export async function changeRiskSettings(actor: Actor, change: RiskSettingsChange): Promise<void> {
  requirePermission(actor, 'manage-risk');
  const { incidents } = await loadedContent();
  const { rule } = change;
  if (rule && !incidents.some(({ id }) => id === rule.id))
    throw new AppError('not-found', 'There is no such shipped incident rule.');
  await changeRisk(async (tx) => {
    const before = await readRiskSettings(tx);
    const others = before.disabledRules.filter((id) => id !== rule?.id);
    const after = {
      isCapped: change.isCapped ?? before.isCapped,
      disabledRules: rule ? (rule.isEnabled ? others : [...others, rule.id].sort()) : before.disabledRules,
    };
    await writeRiskSettings(tx, after);
    const plain = ({ isCapped, disabledRules }: typeof before) => ({
      isCapped,
      disabledRules: incidents.filter(({ id }) => disabledRules.includes(id)).map(({ name }) => name),
    });
    await writeAudit(tx, actor, {
      action: 'risk.settings',
      objectType: 'risk-settings',
      objectId: 'risk',
      before: plain(before),
      after: plain(after),
    });
  });
}

/** Throws AppError `invalid-input` with the place of the mistake. */
export function checkCondition(text: string, fields: readonly string[]): void {
  try {
    compileCondition(text, fields);
  } catch (error) {
    if (!(error instanceof SplError)) throw error;
    throw new AppError('invalid-input', error.message, {
      field: 'condition',
      from: error.from,
      to: error.to,
    });
  }
}

function checkCount(newest: readonly { readonly isRemoved: boolean }[], what: string): void {
  if (newest.filter(({ isRemoved }) => !isRemoved).length >= RULES_MAX)
    throw new AppError('invalid-input', `There may be ${RULES_MAX} ${what}; remove one first.`);
}
