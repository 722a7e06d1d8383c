import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { currentCatalogue } from '#lib/catalogue/current.ts';
import { db } from '#lib/db/client.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { type Conflict, type Coverage, countNames, coverageOf } from './coverage.ts';
import { coveredFindings } from './covered.ts';
import { draftOf, draftSource } from './draft.ts';
import { findRule } from './find.ts';
import type { DraftInput } from './inputs.ts';
import { fieldsWithValues } from './known-fields.ts';
import { inForceWhere, ruleContext, sourceOf } from './rules.ts';
import type { RuleSource } from './scoped-rule.ts';
import type { FindingSubject } from './subjects.ts';
import type { CoveredFinding, FilterConflict, FilterPreview } from './types.ts';
import { checkDraft } from './validate.ts';

const SAMPLE = 20;
const CONFLICTS_SHOWN = 50;

/**
 * What a draft would do to the stored findings, by what applies rules. A text with mistakes covers nothing; `problems` says
 * why. Throws AppError `not-found` for a rule that is not there.
 */
export async function previewFilter(
  actor: Actor,
  input: { readonly draft: DraftInput; readonly ruleId: string | null },
): Promise<FilterPreview> {
  requirePermission(actor, 'read');
  const now = new Date();
  const draft = draftOf(input.draft, now);
  const catalogue = await currentCatalogue();
  const fields = await fieldsWithValues(draft.detectionIds, catalogue);
  const check = checkDraft(draft, fields, catalogue);
  const rule = input.ruleId === null ? null : await findRule(input.ruleId);
  const context = await ruleContext(db, DEFAULT_INVESTIGATION, catalogue);
  const coverage =
    check.problems.length > 0
      ? null
      : await coverageOf(
          db,
          {
            investigationId: DEFAULT_INVESTIGATION,
            draft,
            source: draftSource(draft),
            ruleId: rule?.id ?? null,
            inForce: rule ? await inForceNow(rule.id, now) : null,
          },
          context,
        );
  return { ...check, ...(coverage === null ? NOTHING : await shownCoverage(coverage, catalogue)) };
}

async function inForceNow(ruleId: string, now: Date): Promise<RuleSource | null> {
  const version = await db.filterRuleVersion.findFirst({ where: { ruleId, ...inForceWhere(now) } });
  return version ? sourceOf(version) : null;
}

type Shown = Omit<FilterPreview, 'problems' | 'warnings' | 'form' | 'formReason' | 'formatted'>;

const NOTHING: Shown = {
  considered: 0,
  covered: 0,
  byHost: [],
  byUser: [],
  byDetection: [],
  firstTicks: null,
  lastTicks: null,
  sample: [],
  added: { count: 0, sample: [] },
  removed: { count: 0, sample: [] },
  conflicts: [],
  conflictTotal: 0,
  hiddenAlready: 0,
  riskBefore: 0,
  riskAfter: 0,
  missingField: [],
};

async function shownCoverage(
  coverage: Coverage,
  { knowledge }: Awaited<ReturnType<typeof currentCatalogue>>,
): Promise<Shown> {
  const { covered, added, removed, conflicts } = coverage;
  const names = new Map(knowledge.rules.map(({ id, name }) => [id, name]));
  return {
    considered: coverage.considered,
    covered: covered.length,
    byHost: countNames(covered.map(({ host, dest }) => host ?? dest)),
    byUser: countNames(covered.map(({ user }) => user)),
    byDetection: countNames(covered.map(({ detectionId }) => names.get(detectionId) ?? detectionId)),
    firstTicks: extreme(
      covered.map(({ firstTicks }) => firstTicks),
      (a, b) => a < b,
    ),
    lastTicks: extreme(
      covered.map(({ lastTicks }) => lastTicks),
      (a, b) => a > b,
    ),
    sample: await sampleOf(covered),
    added: { count: added.length, sample: await sampleOf(added) },
    removed: { count: removed.length, sample: await sampleOf(removed) },
    conflicts: await conflictItems(conflicts),
    conflictTotal: conflicts.length,
    hiddenAlready: coverage.hiddenAlready,
    riskBefore: coverage.riskBefore,
    riskAfter: coverage.riskAfter,
    missingField: coverage.missingField,
  };
}

const sampleOf = (findings: readonly FindingSubject[]): Promise<CoveredFinding[]> =>
  coveredFindings(
    findings.map(({ id }) => id),
    SAMPLE,
  );

async function conflictItems(conflicts: readonly Conflict[]): Promise<FilterConflict[]> {
  const kinds = new Map(conflicts.map(({ finding, conflict }) => [finding.id, conflict]));
  // True positives first, however many of higher risk there are.
  const ids = conflicts.toSorted((a, b) => rank(a) - rank(b)).map(({ finding }) => finding.id);
  const items = await coveredFindings(ids.slice(0, CONFLICTS_SHOWN), CONFLICTS_SHOWN);
  return items
    .map((item) => ({ ...item, conflict: kinds.get(item.id) ?? 'higher-risk' }))
    .sort((a, b) => rank(a) - rank(b));
}

const rank = ({ conflict }: Pick<Conflict, 'conflict'>): number => (conflict === 'true-positive' ? 0 : 1);

function extreme(
  times: readonly (bigint | null)[],
  isBetter: (a: bigint, b: bigint) => boolean,
): string | null {
  const found = times.reduce(
    (best, time) => (best === null || (time !== null && isBetter(time, best)) ? time : best),
    null,
  );
  return found?.toString() ?? null;
}
