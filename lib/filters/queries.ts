import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import type { Catalogue } from '#lib/catalogue/catalogue.ts';
import { currentCatalogue } from '#lib/catalogue/current.ts';
import { descriptionOf } from '#lib/catalogue/description.ts';
import { db } from '#lib/db/client.ts';
import type { FilterRule, FilterRuleVersion, Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { findFinding } from '#lib/findings/find.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { coveredFindings } from './covered.ts';
import { draftOfVersion } from './draft.ts';
import { findRule, speakingVersion } from './find.ts';
import type { FilterListQuery } from './inputs.ts';
import { filtersOf } from './of-finding.ts';
import { reviewOf, stateOf } from './review.ts';
import {
  type FilterDetail,
  type FilterListItem,
  type FilterPage,
  type FilterVersion,
  type FindingFilters,
  REVIEW_REASONS,
  type ReviewReason,
} from './types.ts';

export { filterFields } from './known-fields.ts';
export { previewFilter } from './preview.ts';
export { proposeFilters } from './proposals.ts';

const INCLUDE = {
  versions: { orderBy: { number: 'desc' }, include: { owner: { select: { id: true, name: true } } } },
} satisfies Prisma.FilterRuleInclude;

type Version = FilterRuleVersion & { readonly owner: { readonly id: string; readonly name: string } | null };
type Rule = FilterRule & { readonly versions: readonly Version[] };

const DAY_MS = 86_400_000;
const FINDINGS_SHOWN = 200;

/** Rules with what they cover now, and how many want a look for which reason. */
export async function listFilters(actor: Actor, query: FilterListQuery): Promise<FilterPage> {
  requirePermission(actor, 'read');
  const items = await allItems(new Date());
  const matching = items.filter((item) => matches(item, query)).sort(orderOf(query));
  const offset = Number(query.cursor ?? 0);
  const current = items.filter(({ state }) => state !== 'removed');
  return {
    items: matching.slice(offset, offset + query.limit),
    total: matching.length,
    nextCursor: offset + query.limit < matching.length ? String(offset + query.limit) : null,
    review: Object.fromEntries(
      REVIEW_REASONS.map((reason) => [
        reason,
        current.filter(({ review }) => review.includes(reason)).length,
      ]),
    ) as Record<ReviewReason, number>,
  };
}

/** One rule with its versions and what it covers. Throws AppError `not-found`. */
export async function getFilter(actor: Actor, idOrNumber: string): Promise<FilterDetail> {
  requirePermission(actor, 'read');
  const { id } = await findRule(idOrNumber);
  const [rule, [item], hits] = await Promise.all([
    db.filterRule.findUniqueOrThrow({ where: { id }, include: INCLUDE }),
    allItems(new Date(), id),
    db.filterHit.findMany({ where: { ruleId: id }, select: { findingId: true } }),
  ]);
  if (!item) throw new Error('a rule without a version');
  return {
    ...item,
    versions: rule.versions.map((version) => versionOf(version, rule)),
    findings: await coveredFindings(
      hits.map(({ findingId }) => findingId),
      FINDINGS_SHOWN,
    ),
  };
}

/** Rules in force that cover a finding. Throws AppError `not-found`. */
export async function filtersOfFinding(actor: Actor, findingId: string): Promise<FindingFilters> {
  requirePermission(actor, 'read');
  return filtersOf((await findFinding(findingId)).id);
}

/** @param id of one rule, or of all */
async function allItems(now: Date, id?: string): Promise<FilterListItem[]> {
  const [rules, hits, counts, catalogue] = await Promise.all([
    db.filterRule.findMany({
      ...(id === undefined ? {} : { where: { id } }),
      orderBy: { number: 'asc' },
      include: INCLUDE,
    }),
    hitFigures(now, id),
    findingCounts(),
    currentCatalogue(),
  ]);
  return rules.flatMap((rule) => {
    const version = speakingVersion(rule.versions);
    return version ? [itemOf(rule, version, hits.get(rule.id) ?? NO_HITS, counts, catalogue, now)] : [];
  });
}

type HitFigures = {
  readonly covered: number;
  readonly hits7: number;
  readonly hits30: number;
  readonly risk: number;
};
const NO_HITS: HitFigures = { covered: 0, hits7: 0, hits30: 0, risk: 0 };

async function hitFigures(now: Date, id: string | undefined): Promise<ReadonlyMap<string, HitFigures>> {
  const since = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  const rows = await db.$queryRaw<
    { rule_id: string; covered: bigint; hits7: bigint; hits30: bigint; risk: number }[]
  >`
    SELECT rule_id::text, count(*) AS covered, count(*) FILTER (WHERE last_at >= ${since(7)}) AS hits7,
      count(*) FILTER (WHERE last_at >= ${since(30)}) AS hits30, sum(risk_taken) AS risk
    FROM filter_hit WHERE ${id ?? null}::uuid IS NULL OR rule_id = ${id ?? null}::uuid GROUP BY rule_id`;
  return new Map(
    rows.map((row) => [
      row.rule_id,
      { covered: Number(row.covered), hits7: Number(row.hits7), hits30: Number(row.hits30), risk: row.risk },
    ]),
  );
}

type FindingCount = {
  readonly detectionId: string;
  readonly hosts: readonly string[];
  readonly count: number;
};

/** Findings by detection and host; of both names of a joined host. */
async function findingCounts(): Promise<readonly FindingCount[]> {
  const rows = await db.$queryRaw<{ detection_id: string; names: string[] | null; count: bigint }[]>`
    SELECT f.detection_id, f.count, (
      SELECT array_agg(n.name) FROM host n WHERE n.id = f.host_id OR n.joined_to_id = f.host_id) AS names
    FROM (
      SELECT detection_id, host_id, count(*) AS count FROM finding
      WHERE investigation_id = ${DEFAULT_INVESTIGATION} AND state = 'active' GROUP BY detection_id, host_id) f`;
  return rows.map((row) => ({
    detectionId: row.detection_id,
    hosts: row.names ?? [],
    count: Number(row.count),
  }));
}

/** Findings in the scope of a version; its window is left out, which would make nearly every share a whole. */
function inScope(version: Version, counts: readonly FindingCount[], catalogue: Catalogue): number {
  const chains = new Set(catalogue.knowledge.chains.map(({ id }) => id));
  return counts
    .filter(({ detectionId }) =>
      version.detectionIds.length === 0
        ? !chains.has(detectionId)
        : version.detectionIds.includes(detectionId),
    )
    .filter(({ hosts }) => version.hosts.length === 0 || hosts.some((host) => version.hosts.includes(host)))
    .reduce((sum, { count }) => sum + count, 0);
}

function itemOf(
  rule: Rule,
  version: Version,
  hits: HitFigures,
  counts: readonly FindingCount[],
  catalogue: Catalogue,
  now: Date,
): FilterListItem {
  const draft = draftOfVersion(version, rule.investigationId);
  const considered = inScope(version, counts, catalogue);
  const share = considered === 0 ? 0 : Math.min(1, hits.covered / considered);
  return {
    id: rule.id,
    number: rule.number,
    name: draft.name,
    text: draft.text,
    state: stateOf(rule, version, now),
    outcome: draft.outcome,
    factor: draft.factor,
    snoozeUntil: draft.snoozeUntil,
    detections: draft.detectionIds.map((id) => ({ id, name: nameOf(id, catalogue) })),
    hosts: draft.hosts,
    isThisInvestigation: draft.isThisInvestigation,
    owner: version.owner,
    ticket: draft.ticket,
    reason: draft.reason,
    author: version.authorName,
    createdAt: rule.createdAt.toISOString(),
    expiresAt: draft.expiresAt,
    version: version.number,
    covered: hits.covered,
    hits7: hits.hits7,
    hits30: hits.hits30,
    lastHitAt: rule.lastHitAt?.toISOString() ?? null,
    riskTaken: hits.risk,
    share,
    review: reviewOf(rule, version, share, catalogue, now),
  };
}

function nameOf(detectionId: string, catalogue: Catalogue): string {
  const entry = catalogue.entries.find(({ id }) => id === detectionId);
  return entry ? descriptionOf(entry).name : detectionId;
}

function versionOf(version: Version, rule: Rule): FilterVersion {
  return {
    ...draftOfVersion(version, rule.investigationId),
    number: version.number,
    state: version.state,
    conflicts: version.conflicts,
    revertOf: version.revertOf,
    author: version.authorName,
    authorId: version.authorId,
    createdAt: version.createdAt.toISOString(),
    decidedBy: version.decidedByName,
    decidedAt: version.decidedAt?.toISOString() ?? null,
    decision: version.decision === null ? null : fromPostgres(version.decision),
    owner: version.owner,
  };
}

function matches(item: FilterListItem, query: FilterListQuery): boolean {
  const states = query.state ?? [];
  const isShown =
    states.length === 0 ? item.state !== 'removed' && item.state !== 'rejected' : states.includes(item.state);
  if (!isShown) return false;
  if (query.review?.length && !query.review.some((reason) => item.review.includes(reason))) return false;
  const ids = query.detection ?? [];
  if (ids.length > 0 && item.detections.length > 0 && !item.detections.some(({ id }) => ids.includes(id)))
    return false;
  if (query.owner?.length && !query.owner.includes(item.owner?.id ?? 'none')) return false;
  const text = [`R-${item.number}`, item.name, item.text, item.reason, item.ticket ?? '']
    .join('\n')
    .toLowerCase();
  return (query.q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function orderOf(query: FilterListQuery): (a: FilterListItem, b: FilterListItem) => number {
  const key = (item: FilterListItem): number | string => {
    switch (query.sort) {
      case 'number':
        return item.number;
      case 'name':
        return item.name.toLowerCase();
      case 'covered':
        return item.covered;
      case 'hits7':
        return item.hits7;
      case 'lastHit':
        return item.lastHitAt ?? '';
      case 'expires':
        return item.expiresAt ?? '9';
      case 'risk':
        return item.riskTaken;
    }
  };
  const sign = query.direction === 'asc' ? 1 : -1;
  return (a, b) => {
    const [left, right] = [key(a), key(b)];
    return sign * (left < right ? -1 : left > right ? 1 : a.number - b.number);
  };
}
