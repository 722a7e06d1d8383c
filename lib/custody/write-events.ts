import type { BulkTransaction, Cell } from '#lib/db/bulk.ts';
import { toPostgres } from '#lib/db/postgres-text.ts';
import { HOUR_TICKS } from '#lib/events/ticks.ts';
import type { KeptEvent, KeptSighting } from './batch.ts';
import { INT64_MAX, INT64_MIN, idOf, storable } from './cells.ts';
import { KEPT_PER_HOUR, timelineHour } from './timeline-bound.ts';

/**
 * Kept events of a batch with all that hangs on them, each table in the order of its key: two ingests that write the same
 * rows wait for each other in one order.
 */

type Of = { readonly evidenceId: string; readonly investigationId: string };

const EVENT_COLUMNS = [
  ['id', 'char(64)'],
  ['host_id', 'uuid'],
  ['time_ticks', 'bigint'],
  ['channel', 'text'],
  ['event_code', 'int'],
  ['record_id', 'text'],
  ['kind', 'text'],
  ['lane', 'text'],
  ['summary', 'text'],
  ['record', 'text'],
] as const;

/** @param hosts ids by logged name */
export async function writeEvents(
  tx: BulkTransaction,
  lease: Of,
  kept: readonly KeptEvent[],
  sightings: readonly KeptSighting[],
  hosts: ReadonlyMap<string, string>,
): Promise<void> {
  const events = kept.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  if (events.length === 0) return;
  await writeTexts(tx, events);
  // An event that is there already is passed over before its record is read as JSON. Each is looked up by the index: as a
  // join, PostgreSQL would read all events for every batch.
  await tx.insert(
    EVENT_COLUMNS,
    events.map((event) => eventCells(event, hosts)),
    `INSERT INTO event (investigation_id, id, host_id, time_ticks, channel, event_code, record_id, kind, lane, summary, record)
     SELECT $1, id, host_id, time_ticks, channel, event_code, record_id, kind, lane, summary, record::jsonb FROM new_row n
     WHERE (SELECT true FROM event e WHERE e.investigation_id = $1 AND e.id = n.id) IS NULL
     ORDER BY id ON CONFLICT DO NOTHING`,
    [lease.investigationId],
  );
  await tx.insert(
    [
      ['event_id', 'char(64)'],
      ['hash', 'char(64)'],
    ],
    events.flatMap((event) => event.texts.map((text) => [event.id, text.hash])),
    `INSERT INTO event_text (investigation_id, event_id, hash) SELECT $1, event_id, hash FROM new_row
     ORDER BY event_id, hash ON CONFLICT DO NOTHING`,
    [lease.investigationId],
  );
  await tx.insert(
    [
      ['event_id', 'char(64)'],
      ['detection_id', 'text'],
      ['variant', 'text'],
      ['mode', 'text'],
    ],
    events.flatMap((event) =>
      event.selections.map(({ detectionId, variant, mode }) => [event.id, detectionId, variant, mode]),
    ),
    `INSERT INTO selection (investigation_id, event_id, detection_id, variant, mode)
     SELECT $1, event_id, detection_id, variant, mode FROM new_row
     ORDER BY event_id, detection_id, variant, mode ON CONFLICT DO NOTHING`,
    [lease.investigationId],
  );
  await tx.insert(
    [
      ['event_id', 'char(64)'],
      ['offset', 'bigint'],
      ['line', 'int'],
    ],
    sightings.map(({ eventId, offset, line }) => [eventId, offset, line]),
    `INSERT INTO sighting (investigation_id, event_id, evidence_id, "offset", line)
     SELECT $1, event_id, $2::uuid, "offset", line FROM new_row ORDER BY event_id, "offset" ON CONFLICT DO NOTHING`,
    [lease.investigationId, lease.evidenceId],
  );
}

function eventCells(event: KeptEvent, hosts: ReadonlyMap<string, string>): readonly Cell[] {
  return [
    event.id,
    idOf(hosts, event.host),
    storable(event.timeTicks),
    toPostgres(event.channel),
    event.eventCode,
    event.recordId === null ? null : toPostgres(event.recordId),
    event.kind?.id ?? null,
    event.kind?.lane ?? null,
    toPostgres(event.summary),
    event.record,
  ];
}

async function writeTexts(tx: BulkTransaction, events: readonly KeptEvent[]): Promise<void> {
  const texts = new Map(events.flatMap((event) => event.texts.map((text) => [text.hash, text.body])));
  await tx.insert(
    [
      ['hash', 'char(64)'],
      ['body', 'text'],
    ],
    [...texts],
    `INSERT INTO long_text (hash, body)
     SELECT hash, body FROM new_row n WHERE (SELECT true FROM long_text t WHERE t.hash = n.hash) IS NULL
     ORDER BY hash ON CONFLICT DO NOTHING`,
    [],
  );
}

/**
 * Keeps the earliest events of each lane, host and hour, and what a detection selected. Selected ones have their place
 * among the earliest, so that it makes no difference when a detection was enabled.
 */
export async function trimTimeline(
  tx: BulkTransaction,
  events: readonly KeptEvent[],
  hosts: ReadonlyMap<string, string>,
): Promise<void> {
  const spans = timelineSpans(events, hosts);
  const timeless = timelessHosts(events, hosts);
  if (spans.length === 0 && timeless.length === 0) return;
  await tx.$executeRaw`
    DELETE FROM event WHERE (investigation_id, id) IN (
      SELECT investigation_id, id FROM (
        SELECT hour.*
        FROM jsonb_to_recordset(${JSON.stringify(spans)}::jsonb) AS s(host_id uuid, first bigint, last bigint),
          LATERAL (
            SELECT e.investigation_id, e.id,
              row_number() OVER (PARTITION BY e.lane ORDER BY e.time_ticks, e.id) AS place
            FROM event e
            WHERE e.host_id = s.host_id AND e.time_ticks BETWEEN s.first AND s.last AND e.lane IS NOT NULL
          ) hour
        UNION ALL
        SELECT e.investigation_id, e.id, row_number() OVER (PARTITION BY e.host_id, e.lane ORDER BY e.id) AS place
        FROM event e
        WHERE e.host_id = ANY(${timeless}::uuid[]) AND e.time_ticks IS NULL AND e.lane IS NOT NULL
      ) numbered WHERE place > ${KEPT_PER_HOUR} AND NOT EXISTS (
        SELECT 1 FROM selection s WHERE s.investigation_id = numbered.investigation_id AND s.event_id = numbered.id))`;
}

/** The hours of the timeline that the events stand in, each with its first and last tick. */
function timelineSpans(
  events: readonly KeptEvent[],
  hosts: ReadonlyMap<string, string>,
): { host_id: string; first: string; last: string }[] {
  const spans = new Map<string, { host_id: string; first: string; last: string }>();
  for (const { host, kind, timeTicks } of events) {
    const ticks = storable(timeTicks);
    const hour = timelineHour(ticks);
    if (kind === null || hour === null) continue;
    const key = `${hour} ${host}`;
    if (spans.has(key)) continue;
    // Division is towards zero, so the hour 0 is two long.
    const first = hour > 0n ? hour * HOUR_TICKS : (hour - 1n) * HOUR_TICKS + 1n;
    const last = hour < 0n ? hour * HOUR_TICKS : (hour + 1n) * HOUR_TICKS - 1n;
    spans.set(key, {
      host_id: idOf(hosts, host),
      first: String(first < INT64_MIN ? INT64_MIN : first),
      last: String(last > INT64_MAX ? INT64_MAX : last),
    });
  }
  return [...spans.values()];
}

function timelessHosts(events: readonly KeptEvent[], hosts: ReadonlyMap<string, string>): string[] {
  const timeless = events.filter(({ kind, timeTicks }) => kind !== null && storable(timeTicks) === null);
  return [...new Set(timeless.map(({ host }) => idOf(hosts, host)))];
}
