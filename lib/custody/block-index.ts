import type { SqlTransaction } from '#lib/db/bulk.ts';
import { hostName } from '#lib/events/names.ts';
import type { Block, CensusRow } from '#lib/evidence/record.ts';
import { INT64_MAX, INT64_MIN } from './cells.ts';

/** A block with more hosts than this is looked into for every host. */
const HOSTS_KEPT = 16;

type BlockRow = {
  readonly offset: number;
  readonly lengthBytes: number;
  readonly index: number;
  readonly firstTicks: bigint;
  readonly lastTicks: bigint;
  /** Empty: too many to name. */
  readonly hosts: readonly string[];
};

/** Where blocks stand and what they cover, gathered during an ingest for the events around a time. */
export class BlockIndex {
  readonly rows: BlockRow[] = [];

  add(block: Block, census: readonly CensusRow[]): void {
    const hosts = new Set<string>();
    let firstTicks: bigint | null = null;
    let lastTicks: bigint | null = null;
    for (const row of census) {
      if (row.firstTicks === null || row.lastTicks === null) continue;
      // A time that PostgreSQL cannot hold counts as none, so nobody asks for it; the others of its kind stay in reach.
      if (row.firstTicks > INT64_MAX || row.lastTicks < INT64_MIN) continue;
      const first = row.firstTicks < INT64_MIN ? INT64_MIN : row.firstTicks;
      const last = row.lastTicks > INT64_MAX ? INT64_MAX : row.lastTicks;
      if (firstTicks === null || first < firstTicks) firstTicks = first;
      if (lastTicks === null || last > lastTicks) lastTicks = last;
      if (hosts.size <= HOSTS_KEPT) hosts.add(hostName(row.computer));
    }
    if (firstTicks === null || lastTicks === null) return;
    this.rows.push({
      offset: block.offset,
      lengthBytes: block.lengthBytes,
      index: block.index,
      firstTicks,
      lastTicks,
      hosts: hosts.size > HOSTS_KEPT ? [] : [...hosts],
    });
  }
}

/** @param hosts ids by logged name, of all hosts of the batch */
export async function writeBlockIndex(
  tx: SqlTransaction,
  evidenceId: string,
  index: BlockIndex,
  hosts: ReadonlyMap<string, string>,
): Promise<void> {
  if (index.rows.length === 0) return;
  const json = JSON.stringify(
    index.rows.map((row) => ({
      offset: row.offset,
      length_bytes: row.lengthBytes,
      block_index: row.index,
      first_ticks: row.firstTicks.toString(),
      last_ticks: row.lastTicks.toString(),
      host_ids: row.hosts.flatMap((host) => hosts.get(host) ?? []),
    })),
  );
  await tx.$executeRaw`
    INSERT INTO evidence_block (evidence_id, "offset", length_bytes, block_index, first_ticks, last_ticks, host_ids)
    SELECT ${evidenceId}::uuid, b.* FROM jsonb_to_recordset(${json}::jsonb)
      AS b("offset" bigint, length_bytes int, block_index int, first_ticks bigint, last_ticks bigint, host_ids uuid[])`;
}
