import type { Prisma } from '#lib/db/generated/client.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { toPostgres } from '#lib/db/postgres-text.ts';
import type { DetectionRule } from '#lib/detection/rule.ts';
import { HOUR_TICKS } from '#lib/events/ticks.ts';
import { type Batch, KEPT_PER_HOUR, type KeptEvent } from './batch.ts';

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
  tx: Prisma.TransactionClient,
  lease: Lease,
  startOffset: number,
  batch: Batch,
  rules: readonly DetectionRule[],
): Promise<void> {
  await lockInvestigation(tx, lease.investigationId, 'shared');
  const before = await moveProgress(tx, lease, startOffset, batch);
  const hosts = await writeHosts(tx, lease, batch);
  await writeEvents(tx, lease, batch.events, hosts);
  await writeCounts(tx, lease, batch, hosts);
  await writeCoverage(tx, lease, batch, rules, hosts);
  await writeProblems(tx, lease, batch, before);
  await trimTimeline(tx, batch.events, hosts);
}

/** As Lease, of evidence that is read again. */
export type ReprocessLease = Omit<Lease, 'epoch'> & { readonly leaseId: string };

/** Writes what rules select of evidence that is read again for them: events, sightings, selections and coverage. */
export async function writeReprocessBatch(
  tx: Prisma.TransactionClient,
  lease: ReprocessLease,
  startOffset: number,
  batch: Batch,
  rules: readonly DetectionRule[],
): Promise<void> {
  await lockInvestigation(tx, lease.investigationId, 'shared');
  const { count } = await tx.reprocess.updateMany({
    where: { evidenceId: lease.evidenceId, leaseId: lease.leaseId, nextOffset: BigInt(startOffset) },
    // Attempts count those that got nowhere.
    data: {
      nextOffset: BigInt(batch.nextOffset),
      nextBlock: { increment: batch.blockCount },
      attempts: 0,
    },
  });
  if (count !== 1) throw new LeaseLost('the evidence is read again by another worker or was deleted');
  const hosts = await writeHosts(tx, lease, batch);
  await writeEvents(tx, lease, batch.events, hosts);
  await writeCoverage(tx, lease, batch, rules, hosts);
}

/** @returns how many problems the evidence had before */
async function moveProgress(
  tx: Prisma.TransactionClient,
  lease: Lease,
  startOffset: number,
  batch: Batch,
): Promise<number> {
  const rows = await tx.$queryRaw<{ problem_count: number }[]>`
    UPDATE evidence SET
      next_offset = ${BigInt(batch.nextOffset)},
      next_block = next_block + ${batch.blockCount},
      record_count = record_count + ${batch.recordCount},
      problem_count = problem_count + ${batch.problems.length},
      loss_count = loss_count + ${batch.problems.filter((problem) => problem.isLoss).length},
      first_ticks = LEAST(first_ticks, ${batch.firstTicks}::bigint),
      last_ticks = GREATEST(last_ticks, ${batch.lastTicks}::bigint)
    WHERE id = ${lease.evidenceId}::uuid AND epoch = ${lease.epoch} AND next_offset = ${BigInt(startOffset)}
    RETURNING problem_count`;
  const [row] = rows;
  if (!row) throw new LeaseLost('the evidence is read by another worker or was deleted');
  return row.problem_count - batch.problems.length;
}

type Of = Pick<Lease, 'evidenceId' | 'investigationId'>;

async function writeHosts(
  tx: Prisma.TransactionClient,
  lease: Of,
  batch: Batch,
): Promise<ReadonlyMap<string, string>> {
  const names = new Set<string>([
    ...batch.events.map((event) => event.host),
    ...batch.counts.map((count) => count.host),
  ]);
  for (const hosts of batch.relevance.byRule) for (const host of hosts.keys()) names.add(host);
  // Sorted, as everything below: two ingests that insert the same rows wait for each other in one order.
  const sorted = [...names].sort();
  const rows = await tx.$queryRaw<{ id: string; name: string }[]>`
    WITH wanted AS (
      SELECT name FROM jsonb_array_elements_text(${JSON.stringify(sorted.map(toPostgres))}::jsonb) AS name
    ), inserted AS (
      INSERT INTO host (id, investigation_id, name)
      SELECT gen_random_uuid(), ${lease.investigationId}, name FROM wanted
      ON CONFLICT (investigation_id, name) DO UPDATE SET name = EXCLUDED.name
      RETURNING id, name
    )
    SELECT id::text, name FROM inserted`;
  const byName = new Map(rows.map((row) => [row.name, row.id]));
  return new Map(sorted.map((name) => [name, idOf(byName, toPostgres(name))]));
}

async function writeEvents(
  tx: Prisma.TransactionClient,
  lease: Of,
  kept: readonly KeptEvent[],
  hosts: ReadonlyMap<string, string>,
): Promise<void> {
  if (kept.length === 0) return;
  const events = kept.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

  const texts = new Map(events.flatMap((event) => event.texts.map((text) => [text.hash, text.body])));
  for (const [hash, body] of [...texts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await tx.$executeRaw`INSERT INTO long_text (hash, body) VALUES (${hash}, ${body}) ON CONFLICT DO NOTHING`;
  }
  const json = JSON.stringify(
    events.map((event) => ({
      id: event.id,
      host_id: idOf(hosts, event.host),
      time_ticks: event.timeTicks?.toString() ?? null,
      channel: toPostgres(event.channel),
      event_code: event.eventCode,
      record_id: event.recordId === null ? null : toPostgres(event.recordId),
      kind: event.kind?.id ?? null,
      lane: event.kind?.lane ?? null,
      summary: toPostgres(event.summary),
      record: event.record,
    })),
  );
  await tx.$executeRaw`
    INSERT INTO event (investigation_id, id, host_id, time_ticks, channel, event_code, record_id, kind, lane, summary, record)
    SELECT ${lease.investigationId}, e.* FROM jsonb_to_recordset(${json}::jsonb) AS e(
      id char(64), host_id uuid, time_ticks bigint, channel text, event_code int, record_id text, kind text, lane text,
      summary text, record jsonb)
    ON CONFLICT DO NOTHING`;
  const eventTexts = events.flatMap((event) =>
    event.texts.map((text) => ({ id: event.id, hash: text.hash })),
  );
  await tx.$executeRaw`
    INSERT INTO event_text (investigation_id, event_id, hash)
    SELECT ${lease.investigationId}, t.* FROM jsonb_to_recordset(${JSON.stringify(eventTexts)}::jsonb)
      AS t(id char(64), hash char(64))
    ON CONFLICT DO NOTHING`;
  const selections = events.flatMap((event) =>
    event.selections.map((selection) => ({
      id: event.id,
      detection_id: selection.detectionId,
      variant: selection.variant,
      mode: selection.mode,
    })),
  );
  await tx.$executeRaw`
    INSERT INTO selection (investigation_id, event_id, detection_id, variant, mode)
    SELECT ${lease.investigationId}, s.* FROM jsonb_to_recordset(${JSON.stringify(selections)}::jsonb)
      AS s(id char(64), detection_id text, variant text, mode text)
    ON CONFLICT DO NOTHING`;
  const sightings = events.map((event) => ({
    id: event.id,
    evidence_id: lease.evidenceId,
    offset: event.offset,
    line: event.line,
  }));
  await tx.$executeRaw`
    INSERT INTO sighting (investigation_id, event_id, evidence_id, "offset", line)
    SELECT ${lease.investigationId}, s.* FROM jsonb_to_recordset(${JSON.stringify(sightings)}::jsonb)
      AS s(id char(64), evidence_id uuid, "offset" bigint, line int)
    ON CONFLICT DO NOTHING`;
}

async function writeCounts(
  tx: Prisma.TransactionClient,
  lease: Lease,
  batch: Batch,
  hosts: ReadonlyMap<string, string>,
): Promise<void> {
  const json = JSON.stringify(
    batch.counts.map((row) => ({
      host_id: idOf(hosts, row.host),
      channel: toPostgres(row.channel),
      event_code: row.eventCode,
      hour: row.hour,
      count: row.count,
      first_ticks: row.firstTicks?.toString() ?? null,
      last_ticks: row.lastTicks?.toString() ?? null,
    })),
  );
  await tx.$executeRaw`
    INSERT INTO event_count AS kept (evidence_id, host_id, channel, event_code, hour, count, first_ticks, last_ticks)
    SELECT ${lease.evidenceId}::uuid, c.* FROM jsonb_to_recordset(${json}::jsonb)
      AS c(host_id uuid, channel text, event_code int, hour int, count int, first_ticks bigint, last_ticks bigint)
    ON CONFLICT (evidence_id, host_id, channel, event_code, hour) DO UPDATE SET
      count = kept.count + EXCLUDED.count,
      first_ticks = LEAST(kept.first_ticks, EXCLUDED.first_ticks),
      last_ticks = GREATEST(kept.last_ticks, EXCLUDED.last_ticks)`;
}

async function writeCoverage(
  tx: Prisma.TransactionClient,
  lease: Of,
  batch: Batch,
  rules: readonly DetectionRule[],
  hosts: ReadonlyMap<string, string>,
): Promise<void> {
  const rows = rules.flatMap((rule, index) =>
    [...(batch.relevance.byRule[index] ?? [])].map(([host, relevance]) => ({
      host_id: idOf(hosts, host),
      detection_id: rule.id,
      variant: rule.variant,
      relevant_count: relevance.count,
      selected_count: batch.selectedCount(index, host),
      first_ticks: relevance.firstTicks?.toString() ?? null,
      last_ticks: relevance.lastTicks?.toString() ?? null,
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

async function writeProblems(
  tx: Prisma.TransactionClient,
  lease: Lease,
  batch: Batch,
  before: number,
): Promise<void> {
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

/**
 * Keeps the earliest events of each lane, host and hour, and what a detection selected. Selected ones have their place
 * among the earliest, so that it makes no difference when a detection was enabled.
 */
async function trimTimeline(
  tx: Prisma.TransactionClient,
  events: readonly KeptEvent[],
  hosts: ReadonlyMap<string, string>,
): Promise<void> {
  const touched = [...new Set(events.map((event) => idOf(hosts, event.host)))].sort();
  if (touched.length === 0) return;
  await tx.$executeRaw`
    DELETE FROM event WHERE (investigation_id, id) IN (
      SELECT investigation_id, id FROM (
        SELECT investigation_id, id,
          row_number() OVER (PARTITION BY host_id, lane, time_ticks / ${HOUR_TICKS} ORDER BY time_ticks, id) AS place
        FROM event
        WHERE host_id = ANY(${touched}::uuid[]) AND lane IS NOT NULL
      ) numbered WHERE place > ${KEPT_PER_HOUR} AND NOT EXISTS (
        SELECT 1 FROM selection s WHERE s.investigation_id = numbered.investigation_id AND s.event_id = numbered.id))`;
}

function idOf(ids: ReadonlyMap<string, string>, name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new Error('a host of the batch was not written');
  return id;
}
