import { restoreRecord } from '#lib/custody/event-rows.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import type { SelectedEvent } from '#lib/detection/detect.ts';

/** The events of an investigation that a detection selected or may join, with their records. */
export async function selectedEvents(
  tx: Prisma.TransactionClient,
  investigationId: string,
  detectionId: string,
  variant: string,
): Promise<readonly SelectedEvent[]> {
  const rows = await tx.$queryRaw<{ id: string; record: unknown }[]>`
    SELECT e.id, e.record FROM event e
    WHERE e.investigation_id = ${investigationId} AND e.id IN (
      SELECT s.event_id FROM selection s
      WHERE s.investigation_id = ${investigationId} AND s.detection_id = ${detectionId} AND s.variant = ${variant})
    ORDER BY e.time_ticks, e.id`;
  const bodies = await longTexts(
    tx,
    investigationId,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({ id: row.id, record: restoreRecord(row.record, bodies) }));
}

/** Bodies of the long texts of these events, by hash. */
export async function longTexts(
  tx: Prisma.TransactionClient,
  investigationId: string,
  eventIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.$queryRaw<{ hash: string; body: string }[]>`
    SELECT t.hash, t.body FROM long_text t WHERE t.hash IN (
      SELECT hash FROM event_text WHERE investigation_id = ${investigationId} AND event_id = ANY(${[...eventIds]}))`;
  return new Map(rows.map((row) => [row.hash, row.body]));
}
