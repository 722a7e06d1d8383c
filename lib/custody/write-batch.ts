import type { BulkTransaction } from '#lib/db/bulk.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { toPostgres } from '#lib/db/postgres-text.ts';
import { hostName } from '#lib/events/names.ts';
import { writeAlerts } from './alerts.ts';
import type { Batch } from './batch.ts';
import { idOf, storable } from './cells.ts';
import { writeObserved } from './observed.ts';
import { trimTimeline, writeEvents } from './write-events.ts';

/** Who writes: the ingest of one evidence in one epoch. */
export type Lease = {
  readonly evidenceId: string;
  readonly investigationId: string;
  readonly epoch: number;
};

/** Another worker took the evidence, or it was deleted: this one must stop and has written nothing. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

const KEPT_PROBLEMS = 1_000;

/**
 * Writes a batch in the caller's transaction: progress, events, sightings, counts, coverage and problems together, or
 * nothing. The progress row is the guard: it moves only for the lease that holds it and only from where it stood.
 */
export async function writeBatch(
  tx: BulkTransaction,
  lease: Lease,
  startOffset: number,
  batch: Batch,
): Promise<void> {
  await lockInvestigation(tx, lease.investigationId, 'shared');
  const before = await moveProgress(tx, lease, startOffset, batch);
  const hosts = await writeHosts(tx, lease, batch);
  await writeEvents(tx, lease, batch.events, batch.sightings, hosts);
  await writeCounts(tx, lease, batch, hosts);
  await writeCoverage(tx, lease, batch, hosts);
  await writeProblems(tx, lease, batch, before);
  await writeAlerts(tx, lease.evidenceId, batch.alerts, hosts);
  await writeObserved(tx, lease.evidenceId, batch.observed, hosts);
  await trimTimeline(tx, batch.events, hosts);
}

/** As Lease, of evidence that is read again. */
export type ReprocessLease = Omit<Lease, 'epoch'> & { readonly leaseId: string };

/** Writes what rules select of evidence that is read again for them: events, sightings, selections and coverage. */
export async function writeReprocessBatch(
  tx: BulkTransaction,
  lease: ReprocessLease,
  startOffset: number,
  batch: Batch,
): Promise<void> {
  await lockInvestigation(tx, lease.investigationId, 'shared');
  // Attempts count those that got nowhere.
  const count = await tx.$executeRaw`
    UPDATE reprocess SET next_offset = ${batch.nextOffset}, next_block = next_block + ${batch.blockCount}, attempts = 0
    WHERE evidence_id = ${lease.evidenceId}::uuid AND lease_id = ${lease.leaseId}::uuid
      AND next_offset = ${startOffset}`;
  if (count !== 1) throw new LeaseLost('the evidence is read again by another worker or was deleted');
  const hosts = await writeHosts(tx, lease, batch);
  await writeEvents(tx, lease, batch.events, batch.sightings, hosts);
  await writeCoverage(tx, lease, batch, hosts);
}

/** @returns how many problems the evidence had before */
async function moveProgress(
  tx: BulkTransaction,
  lease: Lease,
  startOffset: number,
  batch: Batch,
): Promise<number> {
  const rows = await tx.$queryRaw<{ problem_count: number }[]>`
    UPDATE evidence SET
      next_offset = ${batch.nextOffset},
      next_block = next_block + ${batch.blockCount},
      record_count = record_count + ${batch.recordCount},
      alert_count = alert_count + ${batch.alerts.length},
      problem_count = problem_count + ${batch.problems.length},
      loss_count = loss_count + ${batch.problems.filter((problem) => problem.isLoss).length},
      first_ticks = LEAST(first_ticks, ${storable(batch.firstTicks)}::bigint),
      last_ticks = GREATEST(last_ticks, ${storable(batch.lastTicks)}::bigint)
    WHERE id = ${lease.evidenceId}::uuid AND epoch = ${lease.epoch} AND next_offset = ${startOffset}
    RETURNING problem_count`;
  const [row] = rows;
  if (!row) throw new LeaseLost('the evidence is read by another worker or was deleted');
  return row.problem_count - batch.problems.length;
}

type Of = Pick<Lease, 'evidenceId' | 'investigationId'>;

type HostRow = { readonly id: string; readonly name: string };

async function writeHosts(
  tx: BulkTransaction,
  lease: Of,
  batch: Batch,
): Promise<ReadonlyMap<string, string>> {
  const names = new Set<string>([
    ...batch.events.map((event) => event.host),
    ...batch.counts.map((count) => count.host),
    ...batch.alerts.map((alert) => hostName(alert.computer)),
  ]);
  for (const hosts of batch.relevance.byRule) for (const host of hosts.keys()) names.add(host);
  // Sorted, as everything below: two ingests that insert the same rows wait for each other in one order.
  const sorted = [...names].sort();
  const wanted = sorted.map(toPostgres);
  const known = await tx.$queryRaw<HostRow[]>`
    SELECT id::text, name FROM host WHERE investigation_id = ${lease.investigationId} AND name = ANY(${wanted}::text[])`;
  const byName = new Map(known.map((row) => [row.name, row.id]));
  const missing = wanted.filter((name) => !byName.has(name));
  if (missing.length > 0) {
    // Of two ingests that bring the same new host, the later waits and gets the row of the first.
    const added = await tx.$queryRaw<HostRow[]>`
      INSERT INTO host (id, investigation_id, name)
      SELECT gen_random_uuid(), ${lease.investigationId}, name FROM unnest(${missing}::text[]) AS name
      ON CONFLICT (investigation_id, name) DO UPDATE SET name = EXCLUDED.name
      RETURNING id::text, name`;
    for (const row of added) byName.set(row.name, row.id);
  }
  return new Map(sorted.map((name) => [name, idOf(byName, toPostgres(name))]));
}

async function writeCounts(
  tx: BulkTransaction,
  lease: Lease,
  batch: Batch,
  hosts: ReadonlyMap<string, string>,
): Promise<void> {
  await tx.insert(
    [
      ['host_id', 'uuid'],
      ['channel', 'text'],
      ['event_code', 'int'],
      ['hour', 'int'],
      ['count', 'int'],
      ['first_ticks', 'bigint'],
      ['last_ticks', 'bigint'],
    ],
    batch.counts.map((row) => [
      idOf(hosts, row.host),
      toPostgres(row.channel),
      row.eventCode,
      row.hour,
      row.count,
      storable(row.firstTicks),
      storable(row.lastTicks),
    ]),
    `INSERT INTO event_count AS kept (evidence_id, host_id, channel, event_code, hour, count, first_ticks, last_ticks)
     SELECT $1::uuid, host_id, channel, event_code, hour, count, first_ticks, last_ticks FROM new_row
     ON CONFLICT (evidence_id, host_id, channel, event_code, hour) DO UPDATE SET
       count = kept.count + EXCLUDED.count,
       first_ticks = LEAST(kept.first_ticks, EXCLUDED.first_ticks),
       last_ticks = GREATEST(kept.last_ticks, EXCLUDED.last_ticks)`,
    [lease.evidenceId],
  );
}

async function writeCoverage(
  tx: BulkTransaction,
  lease: Of,
  batch: Batch,
  hosts: ReadonlyMap<string, string>,
): Promise<void> {
  const rows = batch.rules.flatMap((rule, index) =>
    [...(batch.relevance.byRule[index] ?? [])].map(([host, relevance]) => ({
      host_id: idOf(hosts, host),
      detection_id: rule.id,
      variant: rule.variant,
      relevant_count: relevance.count,
      selected_count: batch.selectedCount(index, host),
      first_ticks: storable(relevance.firstTicks)?.toString() ?? null,
      last_ticks: storable(relevance.lastTicks)?.toString() ?? null,
    })),
  );
  await tx.$executeRaw`
    INSERT INTO coverage AS kept
      (evidence_id, host_id, detection_id, variant, relevant_count, selected_count, first_ticks, last_ticks)
    SELECT ${lease.evidenceId}::uuid, c.* FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS c(host_id uuid, detection_id text, variant text, relevant_count int, selected_count int, first_ticks bigint,
        last_ticks bigint)
    ON CONFLICT (evidence_id, host_id, detection_id, variant) DO UPDATE SET
      relevant_count = kept.relevant_count + EXCLUDED.relevant_count,
      selected_count = kept.selected_count + EXCLUDED.selected_count,
      first_ticks = LEAST(kept.first_ticks, EXCLUDED.first_ticks),
      last_ticks = GREATEST(kept.last_ticks, EXCLUDED.last_ticks)`;
}

async function writeProblems(tx: BulkTransaction, lease: Lease, batch: Batch, before: number): Promise<void> {
  const rows = batch.problems.slice(0, Math.max(0, KEPT_PROBLEMS - before)).map((problem, index) => ({
    seq: before + index,
    offset: problem.place.offset,
    line: problem.place.line ?? null,
    code: problem.code,
    message: toPostgres(problem.message),
    skipped_bytes: problem.skippedBytes,
    is_loss: problem.isLoss,
  }));
  if (rows.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO evidence_problem (evidence_id, seq, "offset", line, code, message, skipped_bytes, is_loss)
    SELECT ${lease.evidenceId}::uuid, p.* FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS p(seq int, "offset" bigint, line int, code text, message text, skipped_bytes bigint, is_loss boolean)`;
}
