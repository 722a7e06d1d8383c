import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import type { ChainRule } from '#lib/detection/chain-rule.ts';
import { knowledge, loadedContent } from '#lib/detection/rules.ts';
import { type FacetValue, FINDING_STATUSES } from '#lib/findings/types.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import type { IncidentQuery } from './inputs.ts';
import { SEVERITIES } from './severity.ts';
import type { IncidentFacets, IncidentItem, IncidentPage, IncidentSort } from './types.ts';

/**
 * What wants a person at once: incidents that sums of risk raise, and chains. A chain is triaged as its finding, so one that
 * was closed as a false or benign positive, or that a filter rule hides, is none any more.
 */
export async function listIncidents(actor: Actor, query: IncidentQuery): Promise<IncidentPage> {
  requirePermission(actor, 'read');
  const { chains } = await knowledge();
  const items = itemsSql(chains);
  const filter = whereSql(query, null);
  const offset = Number(query.cursor ?? 0);
  const direction = query.direction === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  const [rows, totals, facets] = await Promise.all([
    db.$queryRaw<ItemRow[]>`
      WITH item AS (${items}) SELECT i.*, u.name AS owner_name FROM item i LEFT JOIN "user" u ON u.id = i.owner_id
      WHERE ${filter} ORDER BY ${SORT_SQL[query.sort]} ${direction}, i.first_ticks DESC, i.number, i.finding_number
      LIMIT ${query.limit + 1} OFFSET ${offset}`,
    db.$queryRaw<{ total: bigint; total_all: bigint }[]>`
      WITH item AS (${items})
      SELECT count(*) FILTER (WHERE ${filter}) AS total, count(*) AS total_all FROM item i`,
    facetCounts(items, query),
  ]);
  return {
    items: await toItems(rows.slice(0, query.limit), chains),
    nextCursor: rows.length > query.limit ? String(offset + query.limit) : null,
    total: Number(totals[0]?.total ?? 0),
    totalAll: Number(totals[0]?.total_all ?? 0),
    facets,
  };
}

/** Of a risk object. Callers have checked the role. */
export async function incidentsOfObject(type: string, name: string): Promise<IncidentItem[]> {
  const rows = await db.$queryRaw<ItemRow[]>`
    WITH item AS (${itemsSql([])}) SELECT i.*, u.name AS owner_name FROM item i LEFT JOIN "user" u ON u.id = i.owner_id
    WHERE i.object_type = ${type} AND i.object_name = ${toPostgres(name)}
    ORDER BY i.state, i.severity DESC, i.first_ticks DESC LIMIT 100`;
  return toItems(rows, []);
}

/** Callers have checked the role. */
export async function incidentItem(number: number): Promise<IncidentItem | null> {
  const rows = await db.$queryRaw<ItemRow[]>`
    WITH item AS (${itemsSql([])}) SELECT i.*, u.name AS owner_name FROM item i LEFT JOIN "user" u ON u.id = i.owner_id
    WHERE i.number = ${number}`;
  return (await toItems(rows, []))[0] ?? null;
}

type ItemRow = {
  kind: IncidentItem['kind'];
  number: number | null;
  finding_id: string | null;
  finding_number: number | null;
  rule_id: string;
  rule_name: string | null;
  sentence: string;
  severity: IncidentItem['severity'];
  state: IncidentItem['state'];
  status: IncidentItem['status'];
  disposition: IncidentItem['disposition'];
  owner_id: string | null;
  owner_name: string | null;
  object_type: string | null;
  object_name: string | null;
  host_id: string | null;
  score: number | null;
  event_count: number;
  stories: string[] | null;
  techniques: string[];
  first_ticks: bigint | null;
  last_ticks: bigint | null;
};

/** Incidents of rules and of chains under the same columns. */
function itemsSql(chains: readonly ChainRule[]): Prisma.Sql {
  return Prisma.sql`
    SELECT 'risk' AS kind, number, NULL::text AS finding_id, NULL::int AS finding_number, rule_id, rule_name, sentence,
      severity, state::text, status, disposition, owner_id, object_type, object_name, host_id::text, score, event_count,
      stories, techniques, first_ticks, last_ticks
    FROM incident WHERE investigation_id = ${DEFAULT_INVESTIGATION}
    UNION ALL
    SELECT 'chain', NULL, id, number, detection_id, NULL, sentence, severity, 'active', status, disposition, owner_id,
      NULL, NULL, host_id::text, NULL, count, NULL, techniques, first_ticks, last_ticks
    FROM finding WHERE investigation_id = ${DEFAULT_INVESTIGATION} AND state = 'active' AND NOT is_hidden
      AND detection_id = ANY(${chains.map(({ id }) => id)})
      AND COALESCE(disposition NOT IN ('false_positive', 'benign_positive'), true)`;
}

const SORT_SQL: Record<IncidentSort, Prisma.Sql> = {
  severity: Prisma.sql`i.severity`,
  score: Prisma.sql`COALESCE(i.score, 0)`,
  first: Prisma.sql`COALESCE(i.first_ticks, 0)`,
  last: Prisma.sql`COALESCE(i.last_ticks, 0)`,
  status: Prisma.sql`i.status`,
};

type Facet = keyof IncidentFacets;

const FACET_SQL: Record<Facet, Prisma.Sql> = {
  severity: Prisma.sql`i.severity::text`,
  rule: Prisma.sql`i.rule_id`,
  status: Prisma.sql`i.status::text`,
  state: Prisma.sql`i.state`,
  owner: Prisma.sql`COALESCE(i.owner_id, 'none')`,
  object: Prisma.sql`i.object_type`,
};
const FACET_VALUES = 20;

/** @param except a facet that its own choice does not narrow, so that its other values keep their numbers */
function whereSql(query: IncidentQuery, except: Facet | null): Prisma.Sql {
  const parts = [Prisma.sql`TRUE`];
  for (const facet of Object.keys(FACET_SQL) as Facet[]) {
    const chosen = query[facet];
    if (chosen && chosen.length > 0 && facet !== except)
      parts.push(Prisma.sql`${FACET_SQL[facet]} = ANY(${[...chosen]})`);
  }
  if (query.disposition && query.disposition.length > 0)
    parts.push(Prisma.sql`i.disposition::text = ANY(${[...query.disposition]})`);
  if (query.open === 'true') parts.push(Prisma.sql`i.status <> 'closed' AND i.state = 'active'`);
  if (query.q) {
    const like = `%${toPostgres(query.q).replace(/[\\%_]/g, '\\$&')}%`;
    parts.push(Prisma.sql`(i.sentence ILIKE ${like} OR i.object_name ILIKE ${like} OR i.rule_name ILIKE ${like}
      OR ('I-' || i.number) ILIKE ${like} OR ('F-' || i.finding_number) ILIKE ${like})`);
  }
  return Prisma.join(parts, ' AND ');
}

async function facetCounts(items: Prisma.Sql, query: IncidentQuery): Promise<IncidentFacets> {
  const { chains } = await knowledge();
  const count = async (facet: Facet): Promise<FacetValue[]> => {
    const rows = await db.$queryRaw<{ value: string | null; label: string | null; count: bigint }[]>`
      WITH item AS (${items})
      SELECT ${FACET_SQL[facet]} AS value,
        max(${facet === 'owner' ? Prisma.sql`COALESCE(u.name, 'Nobody')` : facet === 'rule' ? Prisma.sql`i.rule_name` : FACET_SQL[facet]}) AS label,
        count(*) AS count
      FROM item i LEFT JOIN "user" u ON u.id = i.owner_id
      WHERE ${whereSql(query, facet)} GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT ${FACET_VALUES}`;
    return rows.flatMap(({ value, label, count: found }) => {
      if (value === null) return [];
      const chain = chains.find(({ id }) => id === value);
      return [{ value, label: chain?.name ?? fromPostgres(label ?? value), count: Number(found) }];
    });
  };
  const [severity, rule, status, state, owner, object] = await Promise.all([
    count('severity'),
    count('rule'),
    count('status'),
    count('state'),
    count('owner'),
    count('object'),
  ]);
  const by = (order: readonly string[]) => (a: FacetValue, b: FacetValue) =>
    order.indexOf(a.value) - order.indexOf(b.value);
  return {
    severity: severity.toSorted(by(SEVERITIES.toReversed())),
    rule,
    status: status.toSorted(by(FINDING_STATUSES)),
    state,
    owner,
    object,
  };
}

async function toItems(rows: readonly ItemRow[], chains: readonly ChainRule[]): Promise<IncidentItem[]> {
  const [content, members, hosts] = await Promise.all([
    loadedContent(),
    db.chainMember.findMany({
      where: { chainId: { in: rows.flatMap(({ finding_id }) => finding_id ?? []) } },
      distinct: ['chainId', 'hostId'],
      orderBy: { timeTicks: 'asc' },
      select: { chainId: true, host: { select: { id: true, name: true } } },
    }),
    db.host.findMany({
      where: { id: { in: rows.flatMap(({ host_id }) => host_id ?? []) } },
      select: { id: true, name: true },
    }),
  ]);
  return rows.map((row): IncidentItem => {
    const ofChain = members.filter(({ chainId }) => chainId === row.finding_id).map(({ host }) => host);
    const own = hosts.filter(({ id }) => id === row.host_id);
    return {
      kind: row.kind,
      number: row.number,
      findingId: row.finding_id,
      findingNumber: row.finding_number,
      ruleId: row.rule_id,
      name:
        row.rule_name === null
          ? (chains.find(({ id }) => id === row.rule_id)?.name ?? row.rule_id)
          : fromPostgres(row.rule_name),
      sentence: fromPostgres(row.sentence),
      severity: row.severity,
      state: row.state,
      status: row.status,
      disposition: row.disposition,
      owner: row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name ?? row.owner_id },
      object:
        row.object_type === null || row.object_name === null
          ? null
          : { type: row.object_type, name: fromPostgres(row.object_name) },
      score: row.score,
      eventCount: row.event_count,
      hosts: (row.kind === 'chain' ? ofChain : own).map(({ id, name }) => ({ id, name: fromPostgres(name) })),
      stories:
        row.stories?.map(fromPostgres) ?? content.chains.find(({ id }) => id === row.rule_id)?.stories ?? [],
      techniques: row.techniques,
      firstTicks: row.first_ticks?.toString() ?? null,
      lastTicks: row.last_ticks?.toString() ?? null,
    };
  });
}
