import type { Prisma } from '#lib/db/generated/client.ts';
import { effectOf } from './apply.ts';
import { isInScope, type ScopedRule } from './match.ts';
import type { RuleInForce } from './rules.ts';
import { type RuleContext, type RuleSource, scopedRule } from './scoped-rule.ts';
import { type FindingSubject, subjectPages } from './subjects.ts';
import type { FilterDraft, NamedCount } from './types.ts';

/** What a draft does to the stored findings. Computed by what applies rules, so that the effect is the same. */
export type Coverage = {
  readonly considered: number;
  readonly covered: readonly FindingSubject[];
  /** Numbers of the covered findings that the version in force does not cover, and ids of those that only it covers. */
  readonly added: readonly FindingSubject[];
  readonly removed: readonly FindingSubject[];
  readonly conflicts: readonly Conflict[];
  readonly hiddenAlready: number;
  readonly riskBefore: number;
  readonly riskAfter: number;
  readonly missingField: readonly NamedField[];
};

type NamedField = { readonly field: string; readonly count: number };
export type Conflict = {
  readonly finding: FindingSubject;
  readonly conflict: 'true-positive' | 'higher-risk';
};

export type CoverageQuestion = {
  readonly investigationId: string;
  readonly draft: Pick<FilterDraft, 'outcome' | 'factor'>;
  readonly source: RuleSource;
  /** The rule that the draft is a version of, and that version of it which is in force. */
  readonly ruleId: string | null;
  readonly inForce: RuleSource | null;
};

/** Throws SplError when the draft does not compile. */
export async function coverageOf(
  tx: Prisma.TransactionClient,
  question: CoverageQuestion,
  context: RuleContext,
): Promise<Coverage> {
  const { investigationId, draft, source, ruleId } = question;
  const rule = scopedRule(source, context);
  const before = question.inForce === null ? null : scopedRule(question.inForce, context);
  const compared = comparedFields(rule);
  const missing = new Map(compared.map((field) => [field, 0]));
  const covered: FindingSubject[] = [];
  const added: FindingSubject[] = [];
  const removed: FindingSubject[] = [];
  let considered = 0;
  let hiddenAlready = 0;
  let riskBefore = 0;
  let riskAfter = 0;
  const chainIds = context.catalogue.knowledge.chains.map(({ id }) => id);
  const covers = (one: ScopedRule | null, finding: FindingSubject): boolean =>
    one !== null && isInScope(one.scope, finding) && one.filter.covers(finding.row);
  for await (const page of subjectPages(tx, investigationId, chainIds)) {
    const coveredHere: FindingSubject[] = [];
    for (const finding of page) {
      const isCovered = covers(rule, finding);
      const wasCovered = covers(before, finding);
      if (isCovered) coveredHere.push(finding);
      if (isCovered && !wasCovered) added.push(finding);
      if (!isCovered && wasCovered) removed.push(finding);
      if (!isInScope(rule.scope, finding)) continue;
      considered++;
      for (const field of compared) {
        if (finding.row.get(field) === null) missing.set(field, (missing.get(field) ?? 0) + 1);
      }
    }
    const others = await effectsOfOthers(tx, coveredHere, ruleId);
    const own = { outcome: draft.outcome, factor: draft.outcome === 'lower' ? (draft.factor ?? 1) : 1 };
    for (const finding of coveredHere) {
      covered.push(finding);
      const rules = others.get(finding.id) ?? [];
      if (effectOf(rules).isHidden) hiddenAlready++;
      riskBefore += remainingRisk(finding, rules);
      riskAfter += remainingRisk(finding, [...rules, own]);
    }
  }
  return {
    considered,
    covered,
    added,
    removed,
    conflicts: draft.outcome === 'lower' ? [] : conflictsOf(covered),
    hiddenAlready,
    riskBefore,
    riskAfter,
    missingField: [...missing].flatMap(([field, count]) => (count > 0 ? [{ field, count }] : [])),
  };
}

type Effect = Pick<RuleInForce, 'outcome' | 'factor'>;

const remainingRisk = ({ riskScore }: FindingSubject, rules: readonly Effect[]): number => {
  const { isHidden, factor } = effectOf(rules);
  return isHidden ? 0 : riskScore * factor;
};

async function effectsOfOthers(
  tx: Prisma.TransactionClient,
  findings: readonly FindingSubject[],
  ruleId: string | null,
): Promise<ReadonlyMap<string, readonly Effect[]>> {
  if (findings.length === 0) return new Map();
  const rows = await tx.$queryRaw<(Effect & { finding_id: string })[]>`
    SELECT h.finding_id, v.outcome::text AS outcome, COALESCE(v.factor, 1) AS factor FROM filter_hit h
    JOIN filter_rule_version v ON v.rule_id = h.rule_id AND v.number = h.version_number
    WHERE h.finding_id = ANY(${findings.map(({ id }) => id)}::char(64)[])
      AND h.rule_id IS DISTINCT FROM ${ruleId}::uuid`;
  return Map.groupBy(rows, ({ finding_id: id }) => id);
}

/** What must not vanish without a second person. */
function conflictsOf(covered: readonly FindingSubject[]): Conflict[] {
  return covered.flatMap((finding): Conflict[] => {
    if (finding.disposition === 'true_positive') return [{ finding, conflict: 'true-positive' }];
    return finding.isHigher ? [{ finding, conflict: 'higher-risk' }] : [];
  });
}

/** Fields of whose absence it depends whether NOT f=v and f!=v are the same. */
function comparedFields({ filter }: ScopedRule): readonly string[] {
  return [...new Set(filter.uses.flatMap(({ name, isWritten }) => (isWritten ? [] : [name])))];
}

const NAMED_MAX = 50;

/** The most frequent names first. */
export function countNames(names: readonly (string | null)[]): NamedCount[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name ?? '', (counts.get(name ?? '') ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, NAMED_MAX);
}
