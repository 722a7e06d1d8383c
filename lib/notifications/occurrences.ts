/**
 * The one place where occurrences are made: each is written into the outbox of every channel that wants it, in the
 * transaction in which it happens, under a key that no channel is told twice. Whoever makes something that people should
 * be told of calls a function of this file.
 */
import type { Prisma } from '#lib/db/generated/client.ts';

type Transaction = Prisma.TransactionClient;
type Named = readonly { readonly id: string; readonly name: string }[];

/** The highest number of a finding, to tell later which are new. To be asked under the investigation's lock. */
export async function newestFinding(tx: Transaction): Promise<number> {
  const { _max } = await tx.finding.aggregate({ _max: { number: true } });
  return _max.number ?? 0;
}

/**
 * Findings that came after a number, and those that recurred now. Chains are incidents, all others new findings. What
 * another variant of its detection had found in the same events already is not new.
 */
export async function noteFindings(
  tx: Transaction,
  investigationId: string,
  { rules, chains }: { readonly rules: Named; readonly chains: Named },
  since: { readonly number: number; readonly now: Date },
): Promise<void> {
  if ((await tx.notificationChannel.count({ where: { investigationId, isEnabled: true } })) === 0) return;
  const named = [...rules, ...chains];
  const ids = named.map(({ id }) => id);
  const names = named.map(({ name }) => name);
  const chainIds = chains.map(({ id }) => id);
  await tx.$executeRaw`
    WITH fresh AS (
      SELECT f.*, f.number <= ${since.number} AS is_recurred,
        CASE WHEN f.detection_id = ANY(${chainIds}::text[]) THEN 'incident' ELSE 'new-finding' END AS event
      FROM finding f
      WHERE f.investigation_id = ${investigationId} AND f.state = 'active' AND NOT f.is_hidden
        AND (f.number > ${since.number} OR f.recurred_at = ${since.now})
        AND NOT EXISTS (
          SELECT 1 FROM finding o JOIN finding_event oe ON oe.finding_id = o.id
          JOIN finding_event fe ON fe.investigation_id = oe.investigation_id AND fe.event_id = oe.event_id
          WHERE fe.finding_id = f.id AND o.detection_id = f.detection_id AND o.state = 'superseded'
            AND o.variant <> f.variant)
    )
    INSERT INTO notification_delivery (channel_id, occurrence_key, payload)
    SELECT c.id,
      CASE WHEN f.is_recurred THEN 'finding:' || f.id || ':' || (extract(epoch FROM f.recurred_at) * 1000)::bigint
        ELSE 'finding:' || f.id END,
      jsonb_build_object(
        'event', f.event, 'findingId', f.id, 'findingNumber', f.number, 'isRecurred', f.is_recurred,
        'detectionId', f.detection_id, 'detection', COALESCE(n.name, f.detection_id), 'severity', f.severity,
        'mode', f.mode, 'sentence', f.sentence, 'host', COALESCE(h.name, f.dest), 'user', f."user",
        'techniques', to_jsonb(f.techniques), 'firstTicks', f.first_ticks::text, 'lastTicks', f.last_ticks::text)
    FROM fresh f
    JOIN notification_channel c ON c.investigation_id = f.investigation_id AND c.is_enabled AND f.event = ANY(c.wants)
      AND (f.event = 'incident' OR f.severity >= c.least_severity)
    LEFT JOIN host h ON h.id = f.host_id
    LEFT JOIN (SELECT DISTINCT ON (id) id, name FROM unnest(${ids}::text[], ${names}::text[]) AS n(id, name)) n
      ON n.id = f.detection_id
    ORDER BY f.severity DESC, f.number
    ON CONFLICT (channel_id, occurrence_key) DO NOTHING`;
}

/** A pull of a source failed; told once for as long as it keeps failing. After failing_since is written. */
export async function noteSourceFailure(tx: Transaction, sourceId: string): Promise<void> {
  await noteSource(tx, sourceId, 'source-failure');
}

/** A pull works again. Before failing_since is taken away. */
export async function noteSourceMended(tx: Transaction, sourceId: string): Promise<void> {
  await noteSource(tx, sourceId, 'source-mended');
}

async function noteSource(
  tx: Transaction,
  sourceId: string,
  event: 'source-failure' | 'source-mended',
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO notification_delivery (channel_id, occurrence_key, payload)
    SELECT c.id, ${event} || ':' || s.id || ':' || (extract(epoch FROM s.failing_since) * 1000)::bigint,
      jsonb_build_object('event', ${event}::text, 'sourceId', s.id, 'source', u.name,
        'failingSince', to_char(s.failing_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'failure', COALESCE(s.failure, ''))
    FROM source s
    JOIN "user" u ON u.id = s.id
    JOIN notification_channel c ON c.investigation_id = s.investigation_id AND c.is_enabled AND ${event} = ANY(c.wants)
    WHERE s.id = ${sourceId} AND s.failing_since IS NOT NULL
    ON CONFLICT (channel_id, occurrence_key) DO NOTHING`;
}
