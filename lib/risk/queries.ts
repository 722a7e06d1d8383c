import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, type JsonValue, jsonFromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import type { FacetValue } from '#lib/findings/types.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { PRIORITIES } from './entities.ts';
import type { RiskObjectQuery } from './inputs.ts';
import { SEVERITIES } from './severity.ts';
import type { ObjectAlias, RiskObjectItem, RiskObjectPage } from './types.ts';

const SPARKLINE_PARTS = 30;
const FACET_VALUES = 20;

const SORT_SQL: Record<RiskObjectQuery['sort'], Prisma.Sql> = {
  peak: Prisma.sql`r.peak_score`,
  total: Prisma.sql`r.total_score`,
  name: Prisma.sql`r.object_name`,
  events: Prisma.sql`r.event_count`,
  last: Prisma.sql`r.peak_end_ticks`,
};

/** Risk objects with a sparkline of their risk over event time. */
export async function listRiskObjects(actor: Actor, query: RiskObjectQuery): Promise<RiskObjectPage> {
  requirePermission(actor, 'read');
  const offset = Number(query.cursor ?? 0);
  const filter = whereSql(query, null);
  const direction = query.direction === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  const [rows, totals, [span], facets] = await Promise.all([
    db.$queryRaw<ObjectRow[]>`
      SELECT r.object_type AS "objectType", r.object_name AS "objectName", r.host_id::text AS "hostId",
        r.peak_score AS "peakScore", r.peak_uncapped AS "peakUncapped", r.peak_start_ticks AS "peakStartTicks",
        r.peak_end_ticks AS "peakEndTicks", r.total_score AS "totalScore", r.event_count AS "eventCount",
        r.severity::text AS severity, r.priority, r.category, r.aliases,
        (SELECT count(*)::int FROM incident i WHERE i.investigation_id = r.investigation_id AND i.state = 'active'
          AND i.object_type = r.object_type AND i.object_name = r.object_name) AS "incidentCount"
      FROM risk_object r WHERE ${filter}
      ORDER BY ${SORT_SQL[query.sort]} ${direction}, r.object_type, r.object_name
      LIMIT ${query.limit + 1} OFFSET ${offset}`,
    db.$queryRaw<{ total: bigint; total_all: bigint }[]>`
      SELECT count(*) FILTER (WHERE ${filter}) AS total, count(*) AS total_all FROM risk_object r
      WHERE r.investigation_id = ${DEFAULT_INVESTIGATION}`,
    db.$queryRaw<{ first: bigint | null; last: bigint | null }[]>`
      SELECT min(time_ticks) AS first, max(time_ticks) AS last FROM risk_event
      WHERE investigation_id = ${DEFAULT_INVESTIGATION}`,
    facetCounts(query),
  ]);
  const shown = rows.slice(0, query.limit);
  const sparklines = await sparklinesOf(shown, span?.first ?? 0n, span?.last ?? 0n);
  return {
    items: shown.map((row) => ({
      ...objectOfRow(row),
      incidentCount: row.incidentCount,
      sparkline: sparklines.get(keyOf(row)) ?? [],
    })),
    nextCursor: rows.length > query.limit ? String(offset + query.limit) : null,
    total: Number(totals[0]?.total ?? 0),
    totalAll: Number(totals[0]?.total_all ?? 0),
    fromTicks: span?.first?.toString() ?? null,
    toTicks: span?.last?.toString() ?? null,
    facets,
  };
}

type StoredObject = {
  objectType: string;
  objectName: string;
  hostId: string | null;
  peakScore: number;
  peakUncapped: number;
  peakStartTicks: bigint;
  peakEndTicks: bigint;
  totalScore: number;
  eventCount: number;
  severity: RiskObjectItem['severity'];
  priority: string | null;
  category: string[];
  aliases: unknown;
};
type ObjectRow = StoredObject & { incidentCount: number };

export function objectOfRow(row: StoredObject): Omit<RiskObjectItem, 'incidentCount' | 'sparkline'> {
  return {
    type: row.objectType,
    name: fromPostgres(row.objectName),
    hostId: row.hostId,
    peakScore: row.peakScore,
    peakUncapped: row.peakUncapped,
    peakStartTicks: row.peakStartTicks.toString(),
    peakEndTicks: row.peakEndTicks.toString(),
    totalScore: row.totalScore,
    eventCount: row.eventCount,
    severity: row.severity,
    priority: row.priority === null ? null : fromPostgres(row.priority),
    category: row.category.map(fromPostgres),
    aliases: jsonFromPostgres(row.aliases as JsonValue) as unknown as ObjectAlias[],
  };
}

function keyOf({ objectType, objectName }: Pick<StoredObject, 'objectType' | 'objectName'>): string {
  return `${objectType} ${objectName}`;
}

/** Sums of equal parts of the time; the last event falls into the last part. */
async function sparklinesOf(
  objects: readonly StoredObject[],
  first: bigint,
  last: bigint,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const rows = await db.$queryRaw<{ type: string; name: string; part: number; score: number }[]>`
    SELECT object_type AS type, object_name AS name,
      LEAST((time_ticks - ${first}::bigint) * ${SPARKLINE_PARTS}::bigint / GREATEST(${last - first}::bigint, 1),
        ${SPARKLINE_PARTS - 1}::bigint)::int AS part,
      round(sum(score)::numeric, 2)::float8 AS score
    FROM risk_event WHERE investigation_id = ${DEFAULT_INVESTIGATION}
      AND object_name = ANY(${objects.map(({ objectName }) => objectName)}) GROUP BY 1, 2, 3`;
  const lines = new Map<string, number[]>();
  for (const { type, name, part, score } of rows) {
    const key = `${type} ${name}`;
    const line = lines.get(key) ?? Array.from({ length: SPARKLINE_PARTS }, () => 0);
    line[part] = score;
    lines.set(key, line);
  }
  return lines;
}

type Facet = keyof RiskObjectPage['facets'];

const FACET_SQL: Record<Facet, Prisma.Sql> = {
  type: Prisma.sql`r.object_type`,
  severity: Prisma.sql`r.severity::text`,
  priority: Prisma.sql`COALESCE(r.priority, 'none')`,
};

/** @param except a facet that its own choice does not narrow, so that its other values keep their numbers */
function whereSql(query: RiskObjectQuery, except: Facet | null): Prisma.Sql {
  const parts = [Prisma.sql`r.investigation_id = ${DEFAULT_INVESTIGATION}`];
  for (const facet of Object.keys(FACET_SQL) as Facet[]) {
    const chosen = query[facet];
    if (chosen && chosen.length > 0 && facet !== except)
      parts.push(Prisma.sql`${FACET_SQL[facet]} = ANY(${[...chosen]})`);
  }
  if (query.q) {
    const like = `%${toPostgres(query.q).replace(/[\\%_]/g, '\\$&')}%`;
    parts.push(Prisma.sql`(r.object_name ILIKE ${like} OR EXISTS (
      SELECT 1 FROM jsonb_array_elements(r.aliases) a WHERE a->>'name' ILIKE ${like}))`);
  }
  return Prisma.join(parts, ' AND ');
}

async function facetCounts(query: RiskObjectQuery): Promise<RiskObjectPage['facets']> {
  const count = async (facet: Facet): Promise<FacetValue[]> => {
    const rows = await db.$queryRaw<{ value: string; count: bigint }[]>`
      SELECT ${FACET_SQL[facet]} AS value, count(*) AS count FROM risk_object r
      WHERE ${whereSql(query, facet)} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${FACET_VALUES}`;
    return rows.map(({ value, count: found }) => ({
      value,
      label: value === 'none' ? 'in no list' : fromPostgres(value),
      count: Number(found),
    }));
  };
  const by = (order: readonly string[]) => (a: FacetValue, b: FacetValue) =>
    order.indexOf(b.value) - order.indexOf(a.value);
  return {
    type: await count('type'),
    severity: (await count('severity')).toSorted(by(SEVERITIES)),
    priority: (await count('priority')).toSorted(by(PRIORITIES)),
  };
}
