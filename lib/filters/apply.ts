import { currentCatalogue } from '#lib/catalogue/current.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { recomputeRisk } from '#lib/risk/recompute.ts';
import { FilterIndex } from './match.ts';
import { type RuleInForce, ruleContext, rulesInForce } from './rules.ts';
import { type FindingSubject, subjectPages } from './subjects.ts';

type Transaction = Prisma.TransactionClient;

/**
 * Makes hits of rules, and what is hidden or lowered by them, equal to what the rules in force give now. Nothing is
 * incremented: run twice, or with rules made in another order, the state is the same; without rules it is as if there had
 * never been one. Risk is not computed here.
 */
export async function applyFilters(tx: Transaction, investigationId: string, now: Date): Promise<void> {
  const catalogue = await currentCatalogue(tx);
  const context = await ruleContext(tx, investigationId, catalogue);
  const rules = await rulesInForce(tx, investigationId, context, now);
  if (rules.length > 0) {
    const index = new FilterIndex(rules);
    const chainIds = catalogue.knowledge.chains.map(({ id }) => id);
    for await (const page of subjectPages(tx, investigationId, chainIds)) {
      const covered = page.map((finding) => ({ finding, rules: index.rulesCovering(finding) }));
      const hits = covered.flatMap(({ finding, rules: own }) => own.map((rule) => ({ rule, finding })));
      const known = await knownHits(tx, page);
      await writeHits(
        tx,
        investigationId,
        hits.filter((hit) => isNews(hit, known)),
        now,
      );
      await dropOtherHits(tx, known, hits);
      await markFindings(tx, covered);
    }
  }
  await dropStaleHits(tx, investigationId, rules);
  await unmarkOthers(tx, investigationId);
}

type Hit = { readonly rule: RuleInForce; readonly finding: FindingSubject };

type KnownHit = {
  readonly rule_id: string;
  readonly finding_id: string;
  readonly version_number: number;
  readonly risk_taken: number;
  readonly event_count: number;
};
type KnownHits = ReadonlyMap<string, KnownHit>;

const hitKey = (ruleId: string, findingId: string): string => `${ruleId} ${findingId}`;

/** Hits as they were written before, so that only what has changed is written. */
async function knownHits(tx: Transaction, page: readonly FindingSubject[]): Promise<KnownHits> {
  const rows = await tx.$queryRaw<KnownHit[]>`
    SELECT rule_id::text, finding_id, version_number, risk_taken, event_count FROM filter_hit
    WHERE finding_id = ANY(${page.map(({ id }) => id)}::char(64)[])`;
  return new Map(rows.map((row) => [hitKey(row.rule_id, row.finding_id), row]));
}

function isNews(hit: Hit, known: KnownHits): boolean {
  const before = known.get(hitKey(hit.rule.id, hit.finding.id));
  return (
    before?.version_number !== hit.rule.version ||
    before.risk_taken !== riskTaken(hit) ||
    before.event_count !== hit.finding.eventCount
  );
}

/** A hit is new when the finding is, or has more events than before. */
async function writeHits(
  tx: Transaction,
  investigationId: string,
  hits: readonly Hit[],
  now: Date,
): Promise<void> {
  if (hits.length === 0) return;
  await tx.$executeRaw`
    WITH changed AS (
      INSERT INTO filter_hit AS h
        (rule_id, finding_id, investigation_id, version_number, risk_taken, event_count, first_at, last_at)
      SELECT rule_id, finding_id, ${investigationId}, version_number, risk_taken, event_count, ${now}, ${now}
      FROM unnest(${hits.map(({ rule }) => rule.id)}::uuid[], ${hits.map(({ finding }) => finding.id)}::char(64)[],
        ${hits.map(({ rule }) => rule.version)}::int[], ${hits.map(riskTaken)}::float8[],
        ${hits.map(({ finding }) => finding.eventCount)}::int[])
        AS n(rule_id, finding_id, version_number, risk_taken, event_count)
      ON CONFLICT (rule_id, finding_id) DO UPDATE SET version_number = excluded.version_number,
        risk_taken = excluded.risk_taken, event_count = excluded.event_count,
        last_at = CASE WHEN excluded.event_count > h.event_count THEN excluded.last_at ELSE h.last_at END
      RETURNING h.rule_id, h.last_at)
    UPDATE filter_rule r SET last_hit_at = latest.last_at
    FROM (SELECT rule_id, max(last_at) AS last_at FROM changed GROUP BY rule_id) latest
    WHERE r.id = latest.rule_id AND (r.last_hit_at IS NULL OR r.last_hit_at < latest.last_at)`;
}

const riskTaken = ({ rule, finding }: Hit): number =>
  finding.riskScore * (rule.outcome === 'lower' ? 1 - rule.factor : 1);

async function dropOtherHits(tx: Transaction, known: KnownHits, hits: readonly Hit[]): Promise<void> {
  const wanted = new Set(hits.map(({ rule, finding }) => hitKey(rule.id, finding.id)));
  const gone = [...known].filter(([key]) => !wanted.has(key)).map(([, hit]) => hit);
  if (gone.length === 0) return;
  await tx.$executeRaw`
    DELETE FROM filter_hit h
    USING unnest(${gone.map((hit) => hit.rule_id)}::uuid[], ${gone.map((hit) => hit.finding_id)}::char(64)[])
      AS g(rule_id, finding_id)
    WHERE h.rule_id = g.rule_id AND h.finding_id = g.finding_id`;
}

/** What rules do to a finding together: hidden by any that hides, its risk lowered by each that lowers. */
export function effectOf(rules: readonly Pick<RuleInForce, 'outcome' | 'factor'>[]): {
  readonly isHidden: boolean;
  readonly factor: number;
} {
  return {
    isHidden: rules.some(({ outcome }) => outcome !== 'lower'),
    // From the smallest on, so that the order of the rules makes no difference.
    factor: rules
      .map(({ factor }) => factor)
      .toSorted((a, b) => a - b)
      .reduce((product, factor) => product * factor, 1),
  };
}

type Covered = { readonly finding: FindingSubject; readonly rules: readonly RuleInForce[] };

async function markFindings(tx: Transaction, covered: readonly Covered[]): Promise<void> {
  const effects = covered.flatMap(({ finding, rules }) => {
    const { isHidden, factor } = effectOf(rules);
    const isSame = finding.effect.isHidden === isHidden && finding.effect.factor === factor;
    return isSame ? [] : [{ id: finding.id, isHidden, factor }];
  });
  if (effects.length === 0) return;
  await tx.$executeRaw`
    UPDATE finding f SET is_hidden = w.is_hidden, filter_factor = w.factor
    FROM unnest(${effects.map(({ id }) => id)}::char(64)[], ${effects.map(({ isHidden }) => isHidden)}::boolean[],
      ${effects.map(({ factor }) => factor)}::float8[]) AS w(id, is_hidden, factor)
    WHERE f.id = w.id`;
}

/** Of rules that do not count any more, and of findings that are not active any more. */
async function dropStaleHits(
  tx: Transaction,
  investigationId: string,
  rules: readonly RuleInForce[],
): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM filter_hit h USING finding f
    WHERE h.investigation_id = ${investigationId} AND f.id = h.finding_id
      AND (f.state <> 'active' OR h.rule_id <> ALL(${rules.map(({ id }) => id)}::uuid[]))`;
}

async function unmarkOthers(tx: Transaction, investigationId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE finding f SET is_hidden = false, filter_factor = 1
    WHERE f.investigation_id = ${investigationId} AND (f.is_hidden OR f.filter_factor <> 1)
      AND NOT EXISTS (SELECT 1 FROM filter_hit h WHERE h.finding_id = f.id)`;
}

/** Applies all rules to an investigation whose lock is held, with the risk that comes of it. */
export async function reapplyFilters(tx: Transaction, investigationId: string, now: Date): Promise<void> {
  await applyFilters(tx, investigationId, now);
  const { knowledge } = await currentCatalogue(tx);
  await recomputeRisk(tx, investigationId, knowledge, now.getTime());
}

/**
 * Lets findings come back whose rule's time is over: an expiry or a snooze has passed. To be called each minute; returns how
 * many investigations were changed.
 */
export async function endFiltersWhoseTimeIsOver(now: Date): Promise<number> {
  const due = await db.$queryRaw<{ investigation_id: string }[]>`
    SELECT DISTINCT h.investigation_id FROM filter_hit h
    JOIN filter_rule_version v ON v.rule_id = h.rule_id AND v.number = h.version_number
    WHERE v.expires_at <= ${now} OR (v.outcome = 'snooze' AND v.snooze_until <= ${now})
    ORDER BY 1`;
  for (const { investigation_id: id } of due) {
    await db.$transaction(
      async (tx) => {
        await lockInvestigation(tx, id, 'exclusive');
        await reapplyFilters(tx, id, now);
      },
      { timeout: 120_000, maxWait: 30_000 },
    );
  }
  return due.length;
}
