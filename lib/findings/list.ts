import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import type { Catalogue } from '#lib/catalogue/catalogue.ts';
import { currentCatalogue } from '#lib/catalogue/current.ts';
import { descriptionOf } from '#lib/catalogue/description.ts';
import { db } from '#lib/db/client.ts';
import { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { CHAIN_TYPE } from '#lib/detection/chain-type.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { SEVERITIES } from '#lib/risk/severity.ts';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import type { FindingListQuery } from './inputs.ts';
import {
  type FacetValue,
  FINDING_STATUSES,
  type FindingFacets,
  type FindingFilter,
  type FindingListItem,
  type FindingPage,
  type FindingSort,
} from './types.ts';

/** What each sort orders by; never null, so that a keyset page can go on from any value. Ties: by number. */
const SORT_SQL: Record<FindingSort, Prisma.Sql> = {
  number: Prisma.sql`f.number`,
  severity: Prisma.sql`array_position(ARRAY['info','low','medium','high','critical'], f.severity::text)`,
  detection: Prisma.sql`f.detection_id`,
  dest: Prisma.sql`COALESCE(f.dest, '')`,
  user: Prisma.sql`COALESCE(f."user", '')`,
  count: Prisma.sql`f.count`,
  risk: Prisma.sql`f.risk_score`,
  first: Prisma.sql`COALESCE(f.first_ticks, 0)`,
  last: Prisma.sql`COALESCE(f.last_ticks, 0)`,
  status: Prisma.sql`f.status::text`,
};
const NUMERIC_SORTS: readonly FindingSort[] = ['number', 'severity', 'count', 'risk', 'first', 'last'];

/** One page of the findings that match, with the numbers of the facets. */
export async function listFindings(actor: Actor, query: FindingListQuery): Promise<FindingPage> {
  requirePermission(actor, 'read');
  const known = await currentCatalogue();
  const filter = whereSql(query, null, known);
  const sort = SORT_SQL[query.sort];
  const direction = query.direction === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  const after = query.cursor
    ? afterSql(query, decodeCursor(query.cursor, NUMERIC_SORTS.includes(query.sort)))
    : Prisma.sql`TRUE`;
  const [rows, totals, facets] = await Promise.all([
    db.$queryRaw<(ListRow & { sort_value: string })[]>`
      SELECT ${LIST_COLUMNS}, (${sort})::text AS sort_value
      FROM finding f LEFT JOIN "user" u ON u.id = f.owner_id
      WHERE ${filter} AND ${after}
      ORDER BY ${sort} ${direction}, f.number ${direction}
      LIMIT ${query.limit + 1}`,
    db.$queryRaw<{ total: bigint; total_all: bigint; hidden_total: bigint }[]>`
      SELECT count(*) FILTER (WHERE ${filter}) AS total, count(*) AS total_all,
        count(*) FILTER (WHERE f.is_hidden AND ${whereSql({ ...query, hidden: 'include' }, null, known)}) AS hidden_total
      FROM finding f WHERE f.investigation_id = ${DEFAULT_INVESTIGATION} AND f.state <> 'superseded'`,
    facetCounts(query, known),
  ]);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => toListItem(row, known)),
    nextCursor: rows.length > query.limit && last ? encodeCursor([last.sort_value, last.number]) : null,
    total: Number(totals[0]?.total ?? 0),
    totalAll: Number(totals[0]?.total_all ?? 0),
    hiddenTotal: Number(totals[0]?.hidden_total ?? 0),
    facets,
  };
}

/** Findings by their ids, the latest first. Callers have checked the role. */
export async function findingListItems(ids: readonly string[], limit: number): Promise<FindingListItem[]> {
  if (ids.length === 0) return [];
  const rows = await db.$queryRaw<ListRow[]>`
    SELECT ${LIST_COLUMNS} FROM finding f LEFT JOIN "user" u ON u.id = f.owner_id
    WHERE f.id = ANY(${[...ids]}::char(64)[])
    ORDER BY f.last_ticks DESC NULLS LAST, f.number DESC LIMIT ${limit}`;
  const known = await currentCatalogue();
  return rows.map((row) => toListItem(row, known));
}

/** Findings of one host (with its joined names) that no filter rule hides, oldest first. Callers have checked the role. */
export async function findingsOfHost(hostId: string): Promise<FindingListItem[]> {
  const rows = await db.$queryRaw<ListRow[]>`
    SELECT ${LIST_COLUMNS} FROM finding f LEFT JOIN "user" u ON u.id = f.owner_id
    WHERE f.state <> 'superseded' AND NOT f.is_hidden AND ${isOnHost([hostId])}
    ORDER BY f.first_ticks, f.number LIMIT 1000`;
  const known = await currentCatalogue();
  return rows.map((row) => toListItem(row, known));
}

/** One finding as the list shows it. */
export async function findingListItem(id: string): Promise<FindingListItem | null> {
  const rows = await db.$queryRaw<ListRow[]>`
    SELECT ${LIST_COLUMNS} FROM finding f LEFT JOIN "user" u ON u.id = f.owner_id WHERE f.id = ${id}`;
  const known = await currentCatalogue();
  return rows[0] ? toListItem(rows[0], known) : null;
}

/** Newest first by when they were found. Callers have checked the role. */
export async function newestFindings(limit: number): Promise<FindingListItem[]> {
  const rows = await db.$queryRaw<ListRow[]>`
    SELECT ${LIST_COLUMNS} FROM finding f LEFT JOIN "user" u ON u.id = f.owner_id
    WHERE f.investigation_id = ${DEFAULT_INVESTIGATION} AND f.state = 'active' AND NOT f.is_hidden AND f.status <> 'closed'
    ORDER BY f.created_at DESC, f.number DESC LIMIT ${limit}`;
  const known = await currentCatalogue();
  return rows.map((row) => toListItem(row, known));
}

const LIST_COLUMNS = Prisma.sql`
  f.id, f.number, f.sentence, f.detection_id, f.variant, f.mode::text, f.state::text, f.severity::text,
  f.chain_severity::text, f.risk_score, f.dest, f.host_id::text, f."user", f.techniques, f.count, f.first_ticks,
  f.last_ticks, f.status::text, f.disposition::text, f.owner_id, u.name AS owner_name, f.recurred_at,
  f.is_hidden`;

type ListRow = {
  id: string;
  number: number;
  sentence: string;
  detection_id: string;
  variant: string;
  mode: FindingListItem['mode'];
  state: FindingListItem['state'];
  severity: FindingListItem['severity'];
  chain_severity: FindingListItem['chainSeverity'];
  risk_score: number;
  dest: string | null;
  host_id: string | null;
  user: string | null;
  techniques: string[];
  count: number;
  first_ticks: bigint | null;
  last_ticks: bigint | null;
  status: FindingListItem['status'];
  disposition: FindingListItem['disposition'];
  owner_id: string | null;
  owner_name: string | null;
  recurred_at: Date | null;
  is_hidden: boolean;
};

function toListItem(row: ListRow, known: Catalogue): FindingListItem {
  const { name, type } = kindOf(row.detection_id, known);
  return {
    id: row.id,
    number: row.number,
    sentence: fromPostgres(row.sentence),
    detectionId: row.detection_id,
    detectionName: name,
    detectionType: type,
    variant: row.variant,
    mode: row.mode,
    state: row.state,
    severity: row.severity,
    chainSeverity: row.chain_severity,
    riskScore: row.risk_score,
    dest: row.dest === null ? null : fromPostgres(row.dest),
    hostId: row.host_id,
    user: row.user === null ? null : fromPostgres(row.user),
    techniques: row.techniques,
    count: row.count,
    firstTicks: row.first_ticks?.toString() ?? null,
    lastTicks: row.last_ticks?.toString() ?? null,
    status: row.status,
    disposition: row.disposition,
    owner: row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name ?? row.owner_id },
    recurredAt: row.recurred_at?.toISOString() ?? null,
    isHidden: row.is_hidden,
  };
}

/** Name and type of a detection, or of a chain; of one that is no longer installed its id. */
function kindOf(id: string, known: Catalogue): { readonly name: string; readonly type: string } {
  const entry = known.entries.find((one) => one.id === id);
  if (entry) return descriptionOf(entry);
  const chain = known.knowledge.chains.find((one) => one.id === id);
  return { name: chain?.name ?? id, type: chain ? CHAIN_TYPE : '' };
}

/** Ids of the detections, or chains, that are of one of these types. */
function idsOfTypes(types: readonly string[], known: Catalogue): readonly string[] {
  const ids = [...known.entries, ...known.knowledge.chains].map(({ id }) => id);
  return ids.filter((id) => types.includes(kindOf(id, known).type));
}

/** A chain is on every host that has a step of it. */
function isOnHost(hostIds: readonly string[]): Prisma.Sql {
  const ids = [...hostIds];
  return Prisma.sql`(f.host_id::text = ANY(${ids}) OR EXISTS (
    SELECT 1 FROM chain_member m WHERE m.chain_id = f.id AND m.host_id::text = ANY(${ids})))`;
}

function afterSql(query: FindingListQuery, [value, number]: Cursor): Prisma.Sql {
  const sort = SORT_SQL[query.sort];
  const bound = NUMERIC_SORTS.includes(query.sort)
    ? Prisma.sql`${value}::numeric`
    : Prisma.sql`${value}::text`;
  return query.direction === 'asc'
    ? Prisma.sql`(${sort}, f.number) > (${bound}, ${number})`
    : Prisma.sql`(${sort}, f.number) < (${bound}, ${number})`;
}

type Facet = keyof FindingFacets;

/** @param except a facet that its own choice does not narrow, so that its other values keep their numbers */
function whereSql(filter: FindingFilter, except: Facet | null, known: Catalogue): Prisma.Sql {
  const parts = [
    Prisma.sql`f.investigation_id = ${DEFAULT_INVESTIGATION}`,
    Prisma.sql`f.state <> 'superseded'`,
  ];
  const anyOf = (facet: Facet | null, values: readonly string[] | undefined, column: Prisma.Sql): void => {
    if (values && values.length > 0 && (facet === null || facet !== except))
      parts.push(Prisma.sql`${column} = ANY(${[...values]})`);
  };
  const hidden = filter.hidden ?? 'exclude';
  if (hidden !== 'include') parts.push(Prisma.sql`f.is_hidden = ${hidden === 'only'}`);
  anyOf('severity', filter.severity, Prisma.sql`f.severity::text`);
  anyOf('detection', filter.detection, Prisma.sql`f.detection_id`);
  if (filter.type && filter.type.length > 0 && except !== 'type')
    parts.push(Prisma.sql`f.detection_id = ANY(${[...idsOfTypes(filter.type, known)]})`);
  anyOf('status', filter.status, Prisma.sql`f.status::text`);
  anyOf('mode', filter.mode, Prisma.sql`f.mode::text`);
  anyOf(null, filter.disposition, Prisma.sql`f.disposition::text`);
  anyOf('owner', filter.owner, Prisma.sql`COALESCE(f.owner_id, 'none')`);
  if (filter.host && filter.host.length > 0 && except !== 'host') parts.push(isOnHost(filter.host));
  if (filter.technique && filter.technique.length > 0)
    parts.push(Prisma.sql`f.techniques && ${[...filter.technique]}::text[]`);
  if (filter.q) {
    const like = `%${toPostgres(filter.q).replace(/[\\%_]/g, '\\$&')}%`;
    // The row is JSON text, in which a backslash and a quotation mark stand behind a backslash.
    const inJson = like.replaceAll('\\\\', '\\\\\\\\').replaceAll('"', '\\\\"');
    parts.push(Prisma.sql`(f.sentence ILIKE ${like} OR f.dest ILIKE ${like} OR f."user" ILIKE ${like}
      OR ('F-' || f.number) ILIKE ${like} OR f.row::text ILIKE ${inJson})`);
  }
  return Prisma.join(parts, ' AND ');
}

const FACET_SQL: Record<Facet, { value: Prisma.Sql; label: Prisma.Sql }> = {
  severity: { value: Prisma.sql`f.severity::text`, label: Prisma.sql`f.severity::text` },
  detection: { value: Prisma.sql`f.detection_id`, label: Prisma.sql`f.detection_id` },
  type: { value: Prisma.sql`f.detection_id`, label: Prisma.sql`f.detection_id` },
  host: { value: Prisma.sql`f.host_id::text`, label: Prisma.sql`h.name` },
  status: { value: Prisma.sql`f.status::text`, label: Prisma.sql`f.status::text` },
  owner: { value: Prisma.sql`COALESCE(f.owner_id, 'none')`, label: Prisma.sql`COALESCE(u.name, 'Nobody')` },
  mode: { value: Prisma.sql`f.mode::text`, label: Prisma.sql`f.mode::text` },
};
const FACET_VALUES = 20;
/** Detections with findings of one investigation; their types are counted from them. */
const DETECTIONS_MAX = 10_000;

async function facetCounts(query: FindingListQuery, known: Catalogue): Promise<FindingFacets> {
  const count = async (facet: Facet): Promise<FacetValue[]> => {
    const { value, label } = FACET_SQL[facet];
    const rows = await db.$queryRaw<{ value: string | null; label: string | null; count: bigint }[]>`
      SELECT ${value} AS value, ${label} AS label, count(*) AS count
      FROM finding f LEFT JOIN "user" u ON u.id = f.owner_id LEFT JOIN host h ON h.id = f.host_id
      WHERE ${whereSql(query, facet, known)} GROUP BY 1, 2 ORDER BY 3 DESC, 2
      LIMIT ${facet === 'type' ? DETECTIONS_MAX : FACET_VALUES}`;
    return rows.flatMap((row) =>
      row.value === null
        ? []
        : [{ value: row.value, label: fromPostgres(row.label ?? row.value), count: Number(row.count) }],
    );
  };
  const [severity, detection, ofDetections, host, status, owner, mode] = await Promise.all([
    count('severity'),
    count('detection'),
    count('type'),
    count('host'),
    count('status'),
    count('owner'),
    count('mode'),
  ]);
  return {
    severity: severity.toSorted((a, b) => rank(SEVERITIES, b.value) - rank(SEVERITIES, a.value)),
    detection: detection.map((facet) => ({ ...facet, label: kindOf(facet.value, known).name })),
    type: typeFacet(ofDetections, known),
    host,
    status: status.toSorted((a, b) => rank(FINDING_STATUSES, a.value) - rank(FINDING_STATUSES, b.value)),
    owner,
    mode,
  };
}

function typeFacet(ofDetections: readonly FacetValue[], known: Catalogue): FacetValue[] {
  const types = Map.groupBy(ofDetections, ({ value }) => kindOf(value, known).type);
  types.delete('');
  return [...types]
    .map(([type, facets]) => ({
      value: type,
      label: type,
      count: facets.reduce((sum, facet) => sum + facet.count, 0),
    }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

function rank(order: readonly string[], value: string): number {
  return order.indexOf(value);
}
