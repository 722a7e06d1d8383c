import { readingOf } from '#lib/custody/reading.ts';
import { db } from '#lib/db/client.ts';
import { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import type { IndexedBlock } from './surroundings-read.ts';
import type { SurroundingEvents } from './types.ts';

/** Blocks looked up by one request: of the smallest there are, all that may be read. */
const BLOCKS_MAX = 1_024;

export type FoundBlocks = {
  /** The first of them, by time. */
  readonly blocks: readonly IndexedBlock[];
  readonly total: number;
  readonly totalBytes: number;
};

/** The blocks of stored evidence that may hold events of the hosts between two times (100 ns since 1970 UTC). */
export async function findBlocks(
  hostIds: readonly string[],
  start: bigint,
  to: bigint,
): Promise<FoundBlocks> {
  const rows = await db.$queryRaw<
    {
      evidence_id: string;
      name: string;
      sha256: string | null;
      upload_id: string | null;
      size_bytes: bigint;
      time_zone: string | null;
      mapping: Prisma.JsonValue;
      offset: bigint;
      length_bytes: number;
      block_index: number;
      first_ticks: bigint;
      total: bigint;
      total_bytes: bigint;
    }[]
  >(blocksQuery(hostIds, start, to));
  return {
    blocks: rows.map((row) => ({
      evidenceId: row.evidence_id,
      evidenceName: fromPostgres(row.name),
      stored: { sha256: row.sha256, uploadId: row.upload_id, sizeBytes: Number(row.size_bytes) },
      reading: readingOf({ timeZone: row.time_zone, mapping: row.mapping }),
      offset: Number(row.offset),
      lengthBytes: row.length_bytes,
      index: row.block_index,
      firstTicks: row.first_ticks,
    })),
    total: Number(rows[0]?.total ?? 0),
    totalBytes: Number(rows[0]?.total_bytes ?? 0),
  };
}

/** As `findBlocks` asks, by evidence_block_times_idx; the benchmark shows its plan. */
export function blocksQuery(hostIds: readonly string[], start: bigint, to: bigint): Prisma.Sql {
  return Prisma.sql`
    SELECT e.id::text AS evidence_id, e.name, e.sha256, e.upload_id, e.size_bytes, e.time_zone, e.mapping,
      b."offset", b.length_bytes, b.block_index, b.first_ticks,
      count(*) OVER () AS total, (sum(b.length_bytes) OVER ())::bigint AS total_bytes
    FROM evidence e JOIN evidence_block b ON b.evidence_id = e.id
    WHERE ${hasEventsOf(hostIds)}
      AND int8range(b.first_ticks, LEAST(b.last_ticks, 9223372036854775806), '[]')
        && int8range(LEAST(${start}, 9223372036854775806), LEAST(${to}, 9223372036854775806), '[]')
      AND (b.host_ids = '{}' OR b.host_ids && ${[...hostIds]}::uuid[])
    ORDER BY b.first_ticks, e.id, b."offset" LIMIT ${BLOCKS_MAX}`;
}

export async function unindexedEvidence(hostIds: readonly string[]): Promise<SurroundingEvents['unindexed']> {
  const rows = await db.$queryRaw<{ id: string; name: string }[]>`
    SELECT e.id::text, e.name FROM evidence e
    WHERE ${hasEventsOf(hostIds)}
      AND (e.status <> 'ready' OR NOT EXISTS (SELECT 1 FROM evidence_block b WHERE b.evidence_id = e.id))
    ORDER BY e.created_at LIMIT 100`;
  return rows.map(({ id, name }) => ({ id, name: fromPostgres(name) }));
}

/** One look into the index for each evidence and host: as a join, all counts of the hosts would be read. */
function hasEventsOf(hostIds: readonly string[]): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT 1 FROM unnest(${[...hostIds]}::uuid[]) AS h(id), LATERAL (
      SELECT 1 FROM event_count c WHERE c.evidence_id = e.id AND c.host_id = h.id LIMIT 1) known)`;
}
