import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { currentCatalogue } from '#lib/catalogue/current.ts';
import { lockAllInvestigations } from '#lib/catalogue/settle.ts';
import { db } from '#lib/db/client.ts';
import type { FilterRule, FilterRuleVersion, Prisma } from '#lib/db/generated/client.ts';
import { toPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { reapplyFilters } from './apply.ts';
import { type Conflict, coverageOf } from './coverage.ts';
import { draftOf, draftOfVersion, draftSource, requireFuture, versionColumns } from './draft.ts';
import { findRule, speakingVersion } from './find.ts';
import type { FilterDecision, FilterRenewal, FilterRevert, FilterSaveInput } from './inputs.ts';
import { DEFAULT_EXPIRY_DAYS, FILTER_LIMITS } from './limits.ts';
import { ruleContext, sourceOf } from './rules.ts';
import { columnsRead } from './scoped-rule.ts';
import type { FilterDraft, SavedFilter } from './types.ts';
import { requireSound } from './validate.ts';

type Transaction = Prisma.TransactionClient;
type RuleWithVersions = FilterRule & { readonly versions: readonly FilterRuleVersion[] };

const TRANSACTION = { timeout: 120_000, maxWait: 30_000 };
/** Findings because of which a version needs approval are named up to this many. */
const CONFLICTS_KEPT = 200;

/**
 * Saves a rule, or a new version of one. A version that hides true positives or findings of higher risk is only proposed:
 * the one in force stays until a manager other than the author approves. Throws AppError `invalid-input` with `problems`
 * for a text with mistakes, `conflict` when somebody saved another version meanwhile.
 */
export async function saveFilter(actor: Actor, input: FilterSaveInput): Promise<SavedFilter> {
  requirePermission(actor, 'write-filters');
  const now = new Date();
  const draft = draftOf(input.draft, now);
  return changeRules(async (tx) => {
    const rule = input.ruleId === null ? await createRule(tx, draft) : await ruleToChange(tx, input.ruleId);
    const newest = rule.versions.at(-1)?.number ?? 0;
    if (input.ruleId !== null && newest !== input.version) {
      throw new AppError(
        'conflict',
        'Somebody saved another version of this rule while you were working on it.',
        {
          version: newest,
        },
      );
    }
    return applied(tx, await addVersion(tx, actor, rule, draft, null, now), now);
  });
}

/**
 * Approves or rejects a proposed version. Throws AppError `forbidden` for its author, `conflict` when it does not wait (any
 * more).
 */
export async function decideFilter(actor: Actor, id: string, decision: FilterDecision): Promise<SavedFilter> {
  requirePermission(actor, 'approve-filters');
  const now = new Date();
  return changeRules(async (tx) => {
    const rule = await ruleToChange(tx, id);
    const version = rule.versions.find(({ number }) => number === decision.version);
    if (version?.state !== 'proposed') {
      throw new AppError('conflict', 'This version does not wait for approval.', {
        version: rule.versions.at(-1)?.number ?? null,
      });
    }
    if (version.authorId === actor.id) {
      throw new AppError('forbidden', 'Another manager than the author has to decide.');
    }
    const state = decision.isApproved ? 'in_force' : 'rejected';
    if (decision.isApproved) await endVersions(tx, rule.id, ['in_force']);
    await tx.filterRuleVersion.update({
      where: { ruleId_number: { ruleId: rule.id, number: version.number } },
      data: {
        state,
        decidedById: actor.id,
        decidedByName: actor.name,
        decidedAt: now,
        decision: toPostgres(decision.reason),
      },
    });
    await writeAudit(tx, actor, {
      action: 'filter.decide',
      objectType: 'filter',
      objectId: rule.id,
      before: { version: version.number, state: 'proposed' },
      after: { version: version.number, state, reason: toPostgres(decision.reason) },
    });
    if (decision.isApproved) await reapplyAll(tx, now);
    return { id: rule.id, number: rule.number, version: version.number, state };
  });
}

/** Makes what an earlier version said the newest version. One whose expiry has passed gets the default one. */
export async function revertFilter(actor: Actor, id: string, input: FilterRevert): Promise<SavedFilter> {
  requirePermission(actor, 'write-filters');
  const now = new Date();
  return changeRules(async (tx) => {
    const rule = await ruleToChange(tx, id);
    const version = rule.versions.find(({ number }) => number === input.toVersion);
    if (!version) throw new AppError('not-found', 'The rule has no such version.');
    const isOver = version.expiresAt !== null && version.expiresAt <= now;
    const draft = draftOfVersion(version, rule.investigationId);
    const expiresAt = isOver ? afterDays(now, DEFAULT_EXPIRY_DAYS) : draft.expiresAt;
    const changed = { ...draft, expiresAt, reason: input.reason };
    return applied(tx, await addVersion(tx, actor, rule, changed, version.number, now), now);
  });
}

/** Another end for what the rule says; a new version. */
export async function renewFilter(actor: Actor, id: string, input: FilterRenewal): Promise<SavedFilter> {
  requirePermission(actor, 'write-filters');
  const now = new Date();
  return changeRules(async (tx) => {
    const rule = await ruleToChange(tx, id);
    const version = speakingVersion(rule.versions);
    if (!version) throw new AppError('not-found', 'The rule has no version.');
    const draft = draftOfVersion(version, rule.investigationId);
    const isSnooze = draft.outcome === 'snooze' && input.expiresAt !== null;
    const changed = {
      ...draft,
      expiresAt: input.expiresAt,
      snoozeUntil: isSnooze ? input.expiresAt : draft.snoozeUntil,
      reason: input.reason,
    };
    return applied(tx, await addVersion(tx, actor, rule, changed, null, now), now);
  });
}

async function applied(tx: Transaction, saved: SavedFilter, now: Date): Promise<SavedFilter> {
  if (saved.state === 'in_force') await reapplyAll(tx, now);
  return saved;
}

/** Takes a rule out of force for good; its versions and the audit stay, and what it hid comes back. */
export async function removeFilter(
  actor: Actor,
  id: string,
  input: { readonly reason: string },
): Promise<void> {
  requirePermission(actor, 'write-filters');
  const now = new Date();
  await changeRules(async (tx) => {
    const rule = await ruleToChange(tx, id);
    const version = speakingVersion(rule.versions);
    await endVersions(tx, rule.id, ['in_force', 'proposed']);
    await tx.filterRule.update({ where: { id: rule.id }, data: { removedAt: now } });
    await writeAudit(tx, actor, {
      action: 'filter.remove',
      objectType: 'filter',
      objectId: rule.id,
      before: { number: rule.number, name: version?.name ?? null, version: version?.number ?? null },
      after: { reason: toPostgres(input.reason) },
    });
    await reapplyAll(tx, now);
  });
}

const afterDays = (now: Date, days: number): string =>
  new Date(now.getTime() + days * 86_400_000).toISOString();

/** Rules count in all investigations, so that whoever changes one changes nothing beside another. */
export function changeRules<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  return db.$transaction(async (tx) => {
    await lockAllInvestigations(tx);
    return work(tx);
  }, TRANSACTION);
}

export async function createRule(tx: Transaction, draft: FilterDraft): Promise<RuleWithVersions> {
  const count = await tx.filterRule.count({ where: { removedAt: null } });
  if (count >= FILTER_LIMITS.rules) {
    throw new AppError(
      'invalid-input',
      `There may be ${FILTER_LIMITS.rules} filter rules: remove some, or put several into one.`,
    );
  }
  const rule = await tx.filterRule.create({
    data: { investigationId: draft.isThisInvestigation ? DEFAULT_INVESTIGATION : null },
  });
  return { ...rule, versions: [] };
}

async function ruleToChange(tx: Transaction, idOrNumber: string): Promise<RuleWithVersions> {
  const { id } = await findRule(idOrNumber, tx);
  const rule = await tx.filterRule.findUniqueOrThrow({
    where: { id },
    include: { versions: { orderBy: { number: 'asc' } } },
  });
  if (rule.removedAt !== null) throw new AppError('conflict', 'This rule was removed.');
  return rule;
}

/** Adds what a draft says as the newest version, in force unless it needs a second person. Call reapplyAll after it. */
export async function addVersion(
  tx: Transaction,
  actor: Actor,
  rule: RuleWithVersions,
  draft: FilterDraft,
  revertOf: number | null,
  now: Date,
): Promise<SavedFilter> {
  requireFuture(draft, now);
  const catalogue = await currentCatalogue(tx);
  await requireSound(tx, draft, catalogue);
  const conflicts = await conflictsOf(tx, rule, draft);
  const state = conflicts.length > 0 ? 'proposed' : 'in_force';
  await endVersions(tx, rule.id, state === 'in_force' ? ['in_force', 'proposed'] : ['proposed']);
  const number = (rule.versions.at(-1)?.number ?? 0) + 1;
  const investigationId = draft.isThisInvestigation ? DEFAULT_INVESTIGATION : null;
  await tx.filterRule.update({ where: { id: rule.id }, data: { investigationId } });
  await tx.filterRuleVersion.create({
    data: {
      ruleId: rule.id,
      number,
      state,
      ...versionColumns(draft),
      columns: columnsRead(draft.text, draft.detectionIds, catalogue) as Prisma.InputJsonObject,
      conflicts: conflicts.slice(0, CONFLICTS_KEPT).map(({ finding }) => finding.number),
      revertOf,
      authorId: actor.id,
      authorName: actor.name,
      createdAt: now,
    },
  });
  const before = rule.versions.find((version) => version.state === 'in_force');
  await writeAudit(tx, actor, {
    action: 'filter.save',
    objectType: 'filter',
    objectId: rule.id,
    ...(before ? { before: { version: before.number, text: before.text } } : {}),
    after: {
      number: rule.number,
      version: number,
      state,
      name: toPostgres(draft.name),
      text: toPostgres(draft.text),
      outcome: draft.outcome,
      reason: toPostgres(draft.reason),
      conflicts: conflicts.length,
    },
  });
  return { id: rule.id, number: rule.number, version: number, state };
}

/** In the investigation that is looked at; what of others would vanish is not shown either. */
async function conflictsOf(
  tx: Transaction,
  rule: RuleWithVersions,
  draft: FilterDraft,
): Promise<readonly Conflict[]> {
  const context = await ruleContext(tx, DEFAULT_INVESTIGATION, await currentCatalogue(tx));
  const inForce = rule.versions.find(({ state }) => state === 'in_force');
  const { conflicts } = await coverageOf(
    tx,
    {
      investigationId: DEFAULT_INVESTIGATION,
      draft,
      source: draftSource(draft),
      ruleId: rule.id,
      inForce: inForce ? sourceOf(inForce) : null,
    },
    context,
  );
  return conflicts;
}

async function endVersions(
  tx: Transaction,
  ruleId: string,
  states: readonly ('in_force' | 'proposed')[],
): Promise<void> {
  await tx.filterRuleVersion.updateMany({
    where: { ruleId, state: { in: [...states] } },
    data: { state: 'ended' },
  });
}

/** After every change of rules. */
export async function reapplyAll(tx: Transaction, now: Date): Promise<void> {
  const investigations = await tx.investigation.findMany({ select: { id: true }, orderBy: { id: 'asc' } });
  for (const { id } of investigations) await reapplyFilters(tx, id, now);
}
