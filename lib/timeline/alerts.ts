import { levelCounts } from '#lib/custody/alerts.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { SECOND_TICKS } from '#lib/events/ticks.ts';
import { ALERT_LEVELS, type AlertLevel, type AlertTool } from '#lib/evidence/alerts/alert.ts';
import type { HostTimeline } from './types.ts';

const ALERTS_SHOWN = 2_000;

type Row = {
  id: string;
  evidence_id: string;
  evidence_name: string;
  time_ticks: bigint;
  tool: AlertTool;
  title: string;
  level: AlertLevel;
  channel: string | null;
  event_code: number | null;
  record_id: string | null;
  tags: string[];
  details: string;
  event_id: string | null;
};

/**
 * What other tools said of a host (its joined names) in a range: the worst first 2,000, in the order of time. An alert is
 * linked to the kept event with its event id and record id within a second: tools cut off digits of the time.
 */
export async function alertsOfHost(
  hostIds: readonly string[],
  from: bigint,
  to: bigint,
): Promise<HostTimeline['alerts']> {
  const ids = [...hostIds];
  const [rows, counts, all] = await Promise.all([
    db.$queryRaw<Row[]>`
      SELECT a.id, a.evidence_id::text, v.name AS evidence_name, a.time_ticks, a.tool, a.title, a.level, a.channel,
        a.event_code, a.record_id, a.tags, a.details, e.id AS event_id
      FROM (
        SELECT * FROM alert WHERE host_id = ANY(${ids}::uuid[]) AND time_ticks BETWEEN ${from} AND ${to}
        ORDER BY array_position(${[...ALERT_LEVELS]}::text[], level), time_ticks, id LIMIT ${ALERTS_SHOWN}
      ) a JOIN evidence v ON v.id = a.evidence_id
      LEFT JOIN LATERAL (
        SELECT id FROM event WHERE host_id = ANY(${ids}::uuid[]) AND event_code = a.event_code AND record_id = a.record_id
          AND time_ticks > a.time_ticks - ${SECOND_TICKS} AND time_ticks < a.time_ticks + ${SECOND_TICKS}
        ORDER BY id LIMIT 1) e ON true
      ORDER BY a.time_ticks, a.id, a.evidence_id`,
    db.alert.groupBy({
      by: ['level'],
      where: { hostId: { in: ids }, timeTicks: { gte: from, lte: to } },
      _count: { _all: true },
    }),
    db.alert.count({ where: { hostId: { in: ids } } }),
  ]);
  const levels = levelCounts(counts.map((row) => ({ level: row.level, count: row._count._all })));
  const total = levels.reduce((sum, { count }) => sum + count, 0);
  return {
    items: rows.map((row) => ({
      id: row.id,
      evidenceId: row.evidence_id,
      evidenceName: fromPostgres(row.evidence_name),
      ticks: row.time_ticks.toString(),
      tool: row.tool,
      title: fromPostgres(row.title),
      level: row.level,
      tags: row.tags.map(fromPostgres),
      channel: row.channel === null ? null : fromPostgres(row.channel),
      eventCode: row.event_code,
      recordId: row.record_id === null ? null : fromPostgres(row.record_id),
      details: fromPostgres(row.details),
      eventId: row.event_id,
    })),
    levels,
    total,
    outsideTotal: all - total,
  };
}
