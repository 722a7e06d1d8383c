import type { BulkTransaction } from '#lib/db/bulk.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { hostName } from '#lib/events/names.ts';
import {
  ALERT_LEVELS,
  type AlertLevel,
  type AlertTool,
  alertIdentity,
  type PlacedAlert,
} from '#lib/evidence/alerts/alert.ts';
import { idOf, storable } from './cells.ts';
import type { EvidenceAlerts } from './types.ts';

const INT_MAX = 2_147_483_647;
const HOSTS_SHOWN = 200;

/** Keeps alerts with their evidence; one that it has already is passed over. */
export async function writeAlerts(
  tx: BulkTransaction,
  evidenceId: string,
  alerts: readonly PlacedAlert[],
  hosts: ReadonlyMap<string, string>,
): Promise<void> {
  const byId = new Map(alerts.toReversed().map((alert) => [alertIdentity(alert), alert]));
  const rows = [...byId].sort(([a], [b]) => (a < b ? -1 : 1));
  await tx.insert(
    [
      ['id', 'char(64)'],
      ['host_id', 'uuid'],
      ['time_ticks', 'bigint'],
      ['tool', 'text'],
      ['title', 'text'],
      ['level', 'text'],
      ['channel', 'text'],
      ['event_code', 'int'],
      ['record_id', 'text'],
      ['tags', 'text'],
      ['details', 'text'],
      ['offset', 'bigint'],
      ['line', 'int'],
    ],
    rows.map(([id, alert]) => [
      id,
      idOf(hosts, hostName(alert.computer)),
      storable(alert.timeTicks),
      alert.tool,
      toPostgres(alert.title),
      alert.level,
      alert.channel === null ? null : toPostgres(alert.channel),
      alert.eventId === null || alert.eventId > INT_MAX ? null : alert.eventId,
      alert.recordId === null ? null : toPostgres(alert.recordId),
      JSON.stringify(alert.tags.map(toPostgres)),
      toPostgres(alert.details),
      alert.place.offset,
      alert.place.line ?? null,
    ]),
    `INSERT INTO alert (evidence_id, id, host_id, time_ticks, tool, title, level, channel, event_code, record_id, tags, details,
       "offset", line)
     SELECT $1::uuid, id, host_id, time_ticks, tool, title, level, channel, event_code, record_id,
       ARRAY(SELECT jsonb_array_elements_text(tags::jsonb)), details, "offset", line
     FROM new_row ORDER BY id ON CONFLICT DO NOTHING`,
    [evidenceId],
  );
}

/**
 * What an evidence has of alerts, or null when it has none. Callers have checked the role.
 * @param readCount how many were read, also those that came twice
 */
export async function alertsOfEvidence(
  evidenceId: string,
  readCount: number,
): Promise<EvidenceAlerts | null> {
  if (readCount === 0) return null;
  const [groups, hosts] = await Promise.all([
    db.alert.groupBy({ by: ['tool', 'level'], where: { evidenceId }, _count: { _all: true } }),
    db.$queryRaw<{ id: string; name: string; count: bigint }[]>`
      SELECT h.id::text, h.name, count(*) AS count
      FROM alert a JOIN host l ON l.id = a.host_id JOIN host h ON h.id = COALESCE(l.joined_to_id, l.id)
      WHERE a.evidence_id = ${evidenceId}::uuid GROUP BY h.id, h.name ORDER BY count DESC, h.name LIMIT ${HOSTS_SHOWN}`,
  ]);
  const sum = (own: typeof groups): number => own.reduce((count, group) => count + group._count._all, 0);
  const total = sum(groups);
  return {
    tools: [...new Set(groups.map(({ tool }) => tool as AlertTool))].sort(),
    levels: levelCounts(groups.map((group) => ({ level: group.level, count: group._count._all }))),
    hosts: hosts.map(({ id, name, count }) => ({ id, name: fromPostgres(name), count: Number(count) })),
    total,
    repeatCount: readCount - total,
  };
}

/** Counts by level, the worst first; levels without any are left out. */
export function levelCounts(
  rows: readonly { readonly level: string; readonly count: number }[],
): readonly { readonly level: AlertLevel; readonly count: number }[] {
  return ALERT_LEVELS.map((level) => ({
    level,
    count: rows.filter((row) => row.level === level).reduce((sum, row) => sum + row.count, 0),
  })).filter(({ count }) => count > 0);
}
