import { restoreRecord } from '#lib/custody/event-rows.ts';
import { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, type JsonValue, jsonFromPostgres } from '#lib/db/postgres-text.ts';
import type { ChainRule } from '#lib/detection/chain-rule.ts';
import type { FieldValue } from '#lib/events/event.ts';
import { longTexts } from '#lib/findings/selected-events.ts';
import type { NamedHost } from '#lib/targets/resolve.ts';
import {
  closingsOf,
  reachOf,
  type Span,
  type StepEvent,
  type Switchings,
  switchingsOf,
  usesOf,
} from './chain-steps.ts';
import type { Use } from './chains.ts';

type Transaction = Prisma.TransactionClient;

export type ChainInputs = Switchings & { readonly uses: readonly Use[] };

/** What of the events of findings, and of what the timelines keep, may be a step of the chain. */
export async function chainInputs(
  tx: Transaction,
  investigationId: string,
  rule: ChainRule,
): Promise<ChainInputs> {
  const candidates = await eventsOfFindings(tx, investigationId, rule.opens.detectionIds, null);
  const { switchings, openings } = switchingsOf(rule, candidates);
  const reach = reachOf(rule, switchings);
  if (reach === null) return { switchings, openings, uses: [] };
  const hostIds = [...new Set(switchings.flatMap(({ state, hostId }) => (state === 'on' ? hostId : [])))];
  const kept = await timelineEvents(tx, hostIds, rule.closes.kinds, reach);
  const used = await eventsOfFindings(tx, investigationId, rule.uses.detectionIds, reach);
  return {
    switchings: [...switchings, ...closingsOf(rule, kept)],
    openings,
    uses: usesOf(rule, used, await namedHosts(tx, investigationId)),
  };
}

async function eventsOfFindings(
  tx: Transaction,
  investigationId: string,
  detectionIds: readonly string[],
  span: Span | null,
): Promise<readonly StepEvent[]> {
  const inSpan = span
    ? Prisma.sql`e.time_ticks BETWEEN ${span.from} AND ${span.to}`
    : Prisma.sql`e.time_ticks IS NOT NULL`;
  const rows = await tx.$queryRaw<EventRow[]>`
    SELECT e.id, COALESCE(h.joined_to_id, h.id)::text AS host_id, e.time_ticks, e.record,
      f.id AS finding_id, CASE WHEN f.mode = 'extended' THEN f.row END AS row,
      NOT f.is_hidden AND COALESCE(f.disposition NOT IN ('false_positive', 'benign_positive'), true) AS counts
    FROM finding f
    JOIN finding_event fe ON fe.finding_id = f.id
    JOIN event e ON e.investigation_id = fe.investigation_id AND e.id = fe.event_id
    JOIN host h ON h.id = e.host_id
    WHERE f.investigation_id = ${investigationId} AND f.state = 'active'
      AND f.detection_id = ANY(${[...detectionIds]}) AND ${inSpan}`;
  const bodies = await longTexts(tx, investigationId, [...new Set(rows.map(({ id }) => id))]);
  return rows.map((row) => stepEvent(row, bodies));
}

async function timelineEvents(
  tx: Transaction,
  hostIds: readonly string[],
  kinds: readonly string[],
  { from, to }: Span,
): Promise<readonly StepEvent[]> {
  const rows = await tx.$queryRaw<EventRow[]>`
    SELECT e.id, COALESCE(h.joined_to_id, h.id)::text AS host_id, e.time_ticks, e.record,
      NULL AS finding_id, NULL AS row, true AS counts
    FROM event e JOIN host h ON h.id = e.host_id
    WHERE COALESCE(h.joined_to_id, h.id) = ANY(${[...hostIds]}::uuid[]) AND e.kind = ANY(${[...kinds]})
      AND e.time_ticks BETWEEN ${from} AND ${to}`;
  // Long texts are not asked for: no path of a registry value is one.
  return rows.map((row) => stepEvent(row, new Map()));
}

type EventRow = {
  readonly id: string;
  readonly host_id: string;
  readonly time_ticks: bigint;
  readonly record: unknown;
  readonly finding_id: string | null;
  readonly row: JsonValue;
  readonly counts: boolean;
};

function stepEvent(row: EventRow, bodies: ReadonlyMap<string, string>): StepEvent {
  return {
    eventId: row.id,
    hostId: row.host_id,
    timeTicks: row.time_ticks,
    record: restoreRecord(row.record, bodies),
    findingId: row.finding_id,
    counts: row.counts,
    row: row.row === null ? null : new Map(jsonFromPostgres(row.row) as [string, FieldValue][]),
  };
}

async function namedHosts(tx: Transaction, investigationId: string): Promise<readonly NamedHost[]> {
  const hosts = await tx.host.findMany({
    where: { investigationId },
    select: { id: true, name: true, joinedToId: true },
  });
  return hosts.map((host) => ({ name: fromPostgres(host.name), id: host.joinedToId ?? host.id }));
}
