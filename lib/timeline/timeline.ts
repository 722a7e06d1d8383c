import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { hintsOfHost } from '#lib/custody/hint-queries.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { DAY_TICKS, HOUR_TICKS, SECOND_TICKS } from '#lib/events/ticks.ts';
import { alertsOfHost } from './alerts.ts';
import { findHost, namesOf } from './hosts.ts';
import type { TimelineQuery } from './inputs.ts';
import { LANES, NEAR_FINDINGS_LANES } from './kinds.ts';
import type { HostTimeline, TimelineEvent } from './types.ts';

const EVENTS_SHOWN = 2_000;
const VOLUME_BUCKETS = 120;
const OTHER_LANE = 'Other';

/**
 * What happened on a host: kept events in lanes, the volume of all events, and hours without any. Without a range, the time
 * around its findings, and how many events lie outside; logons are shown within 24 h of a finding.
 */
export async function getHostTimeline(
  actor: Actor,
  idOrName: string,
  query: TimelineQuery,
): Promise<HostTimeline> {
  requirePermission(actor, 'read');
  const id = await findHost(idOrName);
  const hostIds = await namesOf(id);
  const span = (query.range === 'all' ? null : await findingsSpan(id)) ?? (await keptSpan(hostIds));
  const from = query.from === undefined ? span.from : BigInt(query.from);
  const to = query.to === undefined ? span.to : BigInt(query.to);
  const [events, kept, hours, all, alerts, hints] = await Promise.all([
    eventsIn(hostIds, id, from, to),
    keptCounts(hostIds, id, from, to),
    hourlyCounts(hostIds, from, to),
    db.event.count({ where: { hostId: { in: [...hostIds] } } }),
    alertsOfHost(hostIds, from, to),
    hintsOfHost(hostIds, from, to),
  ]);
  return {
    fromTicks: from.toString(),
    toTicks: to.toString(),
    lanes: [...LANES, ...(events.some((event) => event.lane === OTHER_LANE) ? [OTHER_LANE] : [])],
    events,
    keptTotal: kept.shown,
    farLogonTotal: kept.far,
    outsideTotal: all - kept.shown - kept.far,
    eventTotal: hours.reduce((sum, hour) => sum + hour.count, 0),
    volume: volumeOf(hours, from, to),
    gaps: gapsOf(hours),
    alerts,
    hints,
  };
}

const QUARTER_HOUR_TICKS = HOUR_TICKS / 4n;

/** From a quarter of an hour before the first finding to as much after the last; null without findings. */
async function findingsSpan(hostId: string): Promise<{ from: bigint; to: bigint } | null> {
  const span = await db.finding.aggregate({
    where: { hostId, state: 'active' },
    _min: { firstTicks: true },
    _max: { lastTicks: true },
  });
  const { firstTicks } = span._min;
  const { lastTicks } = span._max;
  return firstTicks === null || lastTicks === null
    ? null
    : { from: firstTicks - QUARTER_HOUR_TICKS, to: lastTicks + QUARTER_HOUR_TICKS };
}

/** From the first to the last kept event or alert with some room, so that marks do not stand on the edge. */
async function keptSpan(hostIds: readonly string[]): Promise<{ from: bigint; to: bigint }> {
  const [span] = await db.$queryRaw<{ first: bigint | null; last: bigint | null }[]>`
    SELECT min(time_ticks) AS first, max(time_ticks) AS last FROM (
      SELECT time_ticks FROM event WHERE host_id = ANY(${[...hostIds]}::uuid[]) UNION ALL
      SELECT time_ticks FROM alert WHERE host_id = ANY(${[...hostIds]}::uuid[])) kept`;
  const first = span?.first ?? 0n;
  const last = span?.last ?? first;
  const room = (last - first) / 50n > SECOND_TICKS ? (last - first) / 50n : 60n * SECOND_TICKS;
  return { from: first - room, to: last + room };
}

type EventRow = {
  id: string;
  time_ticks: bigint;
  lane: string | null;
  kind: string | null;
  channel: string;
  event_code: number;
  record_id: string | null;
  summary: string;
  user: string | null;
  findings: TimelineEvent['findings'] | null;
};

async function eventsIn(
  hostIds: readonly string[],
  hostId: string,
  from: bigint,
  to: bigint,
): Promise<TimelineEvent[]> {
  const rows = await db.$queryRaw<EventRow[]>`
    SELECT e.id, e.time_ticks, e.lane, e.kind, e.channel, e.event_code, e.record_id, e.summary,
      e.record->'system'->>'userId' AS "user", f.findings
    FROM event e CROSS JOIN LATERAL (
      SELECT json_agg(json_build_object('id', f.id, 'number', f.number, 'severity', f.severity, 'mode', f.mode)
        ORDER BY f.number) AS findings
      FROM finding_event fe JOIN finding f ON f.id = fe.finding_id AND f.state = 'active' AND NOT f.is_hidden
      WHERE fe.investigation_id = e.investigation_id AND fe.event_id = e.id) f
    WHERE e.host_id = ANY(${[...hostIds]}::uuid[]) AND e.time_ticks BETWEEN ${from} AND ${to}
      AND (e.lane IS NULL OR e.lane <> ALL(${[...NEAR_FINDINGS_LANES]}) OR EXISTS (
        SELECT 1 FROM finding n WHERE n.host_id = ${hostId}::uuid AND n.state = 'active'
          AND e.time_ticks BETWEEN n.first_ticks - ${DAY_TICKS} AND n.last_ticks + ${DAY_TICKS}))
    ORDER BY (f.findings IS NULL), e.time_ticks, e.id LIMIT ${EVENTS_SHOWN}`;
  return rows
    .sort((a, b) =>
      a.time_ticks < b.time_ticks ? -1 : a.time_ticks > b.time_ticks ? 1 : a.id < b.id ? -1 : 1,
    )
    .map((row) => ({
      id: row.id,
      ticks: row.time_ticks.toString(),
      lane: row.lane ?? OTHER_LANE,
      kind: row.kind,
      channel: fromPostgres(row.channel),
      eventCode: row.event_code,
      recordId: row.record_id === null ? null : fromPostgres(row.record_id),
      summary: fromPostgres(row.summary),
      user: row.user === null ? null : fromPostgres(row.user),
      findings: row.findings ?? [],
    }));
}

async function keptCounts(
  hostIds: readonly string[],
  hostId: string,
  from: bigint,
  to: bigint,
): Promise<{ shown: number; far: number }> {
  const [row] = await db.$queryRaw<{ shown: bigint; far: bigint }[]>`
    SELECT count(*) FILTER (WHERE is_near) AS shown, count(*) FILTER (WHERE NOT is_near) AS far FROM (
      SELECT e.lane IS NULL OR e.lane <> ALL(${[...NEAR_FINDINGS_LANES]}) OR EXISTS (
        SELECT 1 FROM finding n WHERE n.host_id = ${hostId}::uuid AND n.state = 'active'
          AND e.time_ticks BETWEEN n.first_ticks - ${DAY_TICKS} AND n.last_ticks + ${DAY_TICKS}) AS is_near
      FROM event e
      WHERE e.host_id = ANY(${[...hostIds]}::uuid[]) AND e.time_ticks BETWEEN ${from} AND ${to}) marked`;
  return { shown: Number(row?.shown ?? 0), far: Number(row?.far ?? 0) };
}

type Hour = { readonly hour: number; readonly count: number };

async function hourlyCounts(hostIds: readonly string[], from: bigint, to: bigint): Promise<readonly Hour[]> {
  const rows = await db.$queryRaw<{ hour: number; count: bigint }[]>`
    SELECT hour, sum(count)::bigint AS count FROM event_count
    WHERE host_id = ANY(${[...hostIds]}::uuid[]) AND hour BETWEEN ${Number(from / HOUR_TICKS)} AND ${Number(to / HOUR_TICKS)}
      AND hour >= 0
    GROUP BY hour ORDER BY hour`;
  return rows.map((row) => ({ hour: row.hour, count: Number(row.count) }));
}

/** Hours joined into at most 120 bars; counts are kept by the hour, so no bar is narrower. */
function volumeOf(hours: readonly Hour[], from: bigint, to: bigint): HostTimeline['volume'] {
  const rangeHours = Number((to - from) / HOUR_TICKS) + 1;
  const width = Math.max(1, Math.ceil(rangeHours / VOLUME_BUCKETS));
  const buckets = Map.groupBy(hours, (hour) => Math.floor(hour.hour / width));
  return [...buckets].map(([bucket, members]) => ({
    fromTicks: (BigInt(bucket * width) * HOUR_TICKS).toString(),
    toTicks: (BigInt((bucket + 1) * width) * HOUR_TICKS).toString(),
    count: members.reduce((sum, member) => sum + member.count, 0),
  }));
}

/** Whole hours without events between hours with some. */
function gapsOf(hours: readonly Hour[]): HostTimeline['gaps'] {
  return hours.flatMap((hour, index) => {
    const next = hours[index + 1];
    return next && next.hour > hour.hour + 1
      ? [
          {
            fromTicks: (BigInt(hour.hour + 1) * HOUR_TICKS).toString(),
            toTicks: (BigInt(next.hour) * HOUR_TICKS).toString(),
          },
        ]
      : [];
  });
}
