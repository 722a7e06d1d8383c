import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { readingOf } from '#lib/custody/reading.ts';
import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { env } from '#lib/env.ts';
import { hostName } from '#lib/events/names.ts';
import { Occurrences } from '#lib/events/occurrences.ts';
import { SECOND_TICKS } from '#lib/events/ticks.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { findHost, namesOf } from './hosts.ts';
import { type SurroundingsQuery, TICKS_MAX } from './inputs.ts';
import { classify } from './kinds.ts';
import { summarizeValues } from './summarize-values.ts';
import { groupBlocks, type IndexedBlock, type PlacedRecord, readBlocks } from './surroundings-read.ts';
import type { SurroundingEvent, SurroundingEvents } from './types.ts';

/** Read from stored evidence by one request, at most. */
const READ_BYTES_MAX = 64 * 1024 * 1024;
/** Blocks looked up by one request: of the smallest there are, all that may be read. */
const BLOCKS_MAX = 1_024;
/** Characters of raw events in one answer; a page ends early when it has more. */
const RAW_LENGTH_MAX = 8_000_000;
const MINUTE_TICKS = 60n * SECOND_TICKS;

/**
 * Every event of a host (its joined names) around a time, by time, each once, however many files have it. Read from the
 * indexed blocks of the stored evidence that it needs, in the order of their time: what is given is complete up to
 * where the next page begins. Throws AppError `not-found`, and the signal's reason when aborted.
 */
export async function getSurroundingEvents(
  actor: Actor,
  idOrName: string,
  query: SurroundingsQuery,
  signal?: AbortSignal,
  readBytesMax = READ_BYTES_MAX,
): Promise<SurroundingEvents> {
  requirePermission(actor, 'read');
  const hostId = await findHost(idOrName);
  const hostIds = await namesOf(hostId);
  const around = query.around === undefined ? await defaultTime(hostId, hostIds) : BigInt(query.around);
  const span = BigInt(query.minutes) * MINUTE_TICKS;
  const from = clamp(around - span);
  const to = clamp(around + span);
  const after = query.cursor === undefined ? null : cursorOf(query.cursor);
  // One event may stand in two files at other precisions, within a second: what was given before is looked at again.
  const start = after === null ? from : latest(from, secondOf(after.ticks));

  const [names, blocks, unindexed] = await Promise.all([
    loggedNames(hostIds),
    blocksIn(hostIds, start, to),
    unindexedEvidence(hostIds),
  ]);
  const found = await collect(blocks, { start, to, names, limit: query.limit, after, readBytesMax }, signal);
  const isEndless = found.horizon !== null && found.horizon <= latest(start, after?.ticks ?? start);
  const horizon = isEndless ? null : found.horizon;
  const page = pageOf(found.records, horizon, after, query.limit, query.raw === 'true');
  return {
    aroundTicks: around.toString(),
    fromTicks: from.toString(),
    toTicks: to.toString(),
    items: page.items,
    nextCursor: page.nextCursor ?? (horizon === null ? null : `${horizon}.`),
    isCutShort: isEndless,
    readBytes: found.readBytes,
    unindexed,
  };
}

type Cursor = { readonly ticks: bigint; readonly id: string };

/** What a page goes on after; without an id, from the time on. */
function cursorOf(text: string): Cursor {
  const [ticks = '0', id = ''] = text.split('.');
  return { ticks: BigInt(ticks), id };
}

type Wanted = {
  readonly start: bigint;
  readonly to: bigint;
  readonly names: ReadonlySet<string>;
  readonly limit: number;
  readonly after: Cursor | null;
  readonly readBytesMax: number;
};

/** Reads blocks by time until a page is sure to be full. From `horizon` on there may be more. */
async function collect(
  blocks: readonly IndexedBlock[],
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<{ records: readonly PlacedRecord[]; horizon: bigint | null; readBytes: number }> {
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  const records: PlacedRecord[] = [];
  const seen = new Set<string>();
  let readBytes = 0;
  for (const group of groupBlocks(blocks)) {
    const horizon = group[0]?.firstTicks ?? wanted.to;
    const groupBytes = group.reduce((sum, block) => sum + block.lengthBytes, 0);
    const isOverBudget = readBytes > 0 && readBytes + groupBytes > wanted.readBytesMax;
    const isFull = (): boolean => newBefore(records, horizon, wanted.after) > wanted.limit;
    if (isOverBudget || (records.length > wanted.limit && isFull())) return { records, horizon, readBytes };
    for await (const block of readBlocks(store, group, signal)) {
      for (const placed of block) {
        const { timeTicks, system } = placed.record;
        if (timeTicks === null || timeTicks < wanted.start || timeTicks > wanted.to) continue;
        if (!wanted.names.has(hostName(system.computer))) continue;
        if (isCopy(seen, placed.record)) continue;
        records.push({ ...placed, ticks: timeTicks });
      }
    }
    readBytes += groupBytes;
  }
  const isAll = blocks.length < BLOCKS_MAX;
  return { records, horizon: isAll ? null : (blocks.at(-1)?.firstTicks ?? null), readBytes };
}

/** The same event was in another block: cheaper to see than by its id, which is told only for what is shown. */
function isCopy(seen: Set<string>, { system, timeTicks }: EvidenceRecord): boolean {
  if (system.recordId === null) return false;
  const key = JSON.stringify([
    String(timeTicks),
    system.recordId,
    system.eventId,
    system.channel,
    system.computer,
  ]);
  const isKnown = seen.has(key);
  seen.add(key);
  return isKnown;
}

/** At least so many events are known before a time; equal ones of two files may count twice. */
function newBefore(records: readonly PlacedRecord[], horizon: bigint, after: Cursor | null): number {
  return new Set(
    records
      .filter(({ ticks }) => ticks < horizon && (after === null || ticks > after.ticks))
      .map(({ record, ticks, block }) => record.system.recordId ?? `${ticks} ${block.evidenceId}`),
  ).size;
}

function pageOf(
  records: readonly PlacedRecord[],
  horizon: bigint | null,
  after: Cursor | null,
  limit: number,
  hasRaw: boolean,
): { readonly items: readonly SurroundingEvent[]; readonly nextCursor: string | null } {
  const items: SurroundingEvent[] = [];
  const seen = new Set<string>();
  const occurrences = new Map<string, Occurrences>();
  let rawLength = 0;
  for (const [ticks, same] of groupsByTime(records)) {
    if (horizon !== null && ticks >= horizon) break;
    const identified = same
      .map((placed) => ({ placed, id: occurrencesOf(occurrences, placed).identify(placed.record) }))
      .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    for (const { placed, id } of identified) {
      if (seen.has(id)) continue;
      const isGiven = after !== null && (ticks < after.ticks || (ticks === after.ticks && id <= after.id));
      const last = items.at(-1);
      if (!isGiven && last && (items.length >= limit || rawLength > RAW_LENGTH_MAX)) {
        return { items, nextCursor: `${last.ticks}.${last.id}` };
      }
      seen.add(id);
      if (isGiven) continue;
      const item = itemOf(placed, id, hasRaw);
      rawLength += item.raw?.length ?? 0;
      items.push(item);
    }
  }
  return { items, nextCursor: null };
}

function groupsByTime(
  records: readonly PlacedRecord[],
): Iterable<readonly [bigint, readonly PlacedRecord[]]> {
  return Map.groupBy(records.toSorted(byTimeAndPlace), ({ ticks }) => ticks);
}

function byTimeAndPlace(a: PlacedRecord, b: PlacedRecord): number {
  if (a.ticks !== b.ticks) return a.ticks < b.ticks ? -1 : 1;
  if (a.block.evidenceId !== b.block.evidenceId) return a.block.evidenceId < b.block.evidenceId ? -1 : 1;
  return a.record.place.offset - b.record.place.offset;
}

function occurrencesOf(known: Map<string, Occurrences>, { block }: PlacedRecord): Occurrences {
  const occurrences = known.get(block.evidenceId) ?? new Occurrences();
  known.set(block.evidenceId, occurrences);
  return occurrences;
}

function itemOf({ record, ticks, block }: PlacedRecord, id: string, hasRaw: boolean): SurroundingEvent {
  const { system, place } = record;
  const event = eventFromRecord(record);
  return {
    id,
    ticks: ticks.toString(),
    channel: system.channel ?? '',
    eventCode: system.eventId ?? -1,
    recordId: system.recordId,
    provider: system.providerName,
    host: hostName(system.computer),
    summary: classify(event)?.summarize(event) || summarizeValues(record),
    raw: hasRaw ? renderEventXml(record) : null,
    evidenceId: block.evidenceId,
    evidenceName: block.evidenceName,
    offset: place.offset,
    line: place.line ?? null,
  };
}

/** The first finding of the host, else its last event, else 1970. */
async function defaultTime(hostId: string, hostIds: readonly string[]): Promise<bigint> {
  const finding = await db.finding.aggregate({
    where: { hostId, state: 'active' },
    _min: { firstTicks: true },
  });
  if (finding._min.firstTicks !== null) return finding._min.firstTicks;
  const last = await db.eventCount.aggregate({
    where: { hostId: { in: [...hostIds] } },
    _max: { lastTicks: true },
  });
  return last._max.lastTicks ?? 0n;
}

async function loggedNames(hostIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.host.findMany({ where: { id: { in: [...hostIds] } }, select: { name: true } });
  return new Set(rows.map(({ name }) => fromPostgres(name)));
}

async function blocksIn(hostIds: readonly string[], start: bigint, to: bigint): Promise<IndexedBlock[]> {
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
    }[]
  >`
    SELECT e.id::text AS evidence_id, e.name, e.sha256, e.upload_id, e.size_bytes, e.time_zone, e.mapping,
      b."offset", b.length_bytes, b.block_index, b.first_ticks
    FROM evidence e JOIN evidence_block b ON b.evidence_id = e.id
    WHERE e.id IN (SELECT evidence_id FROM event_count WHERE host_id = ANY(${[...hostIds]}::uuid[]))
      AND b.first_ticks <= ${to} AND b.last_ticks >= ${start}
      AND (b.host_ids = '{}' OR b.host_ids && ${[...hostIds]}::uuid[])
    ORDER BY b.first_ticks, e.id, b."offset" LIMIT ${BLOCKS_MAX}`;
  return rows.map((row) => ({
    evidenceId: row.evidence_id,
    evidenceName: fromPostgres(row.name),
    stored: { sha256: row.sha256, uploadId: row.upload_id, sizeBytes: Number(row.size_bytes) },
    reading: readingOf({ timeZone: row.time_zone, mapping: row.mapping }),
    offset: Number(row.offset),
    lengthBytes: row.length_bytes,
    index: row.block_index,
    firstTicks: row.first_ticks,
  }));
}

async function unindexedEvidence(hostIds: readonly string[]): Promise<SurroundingEvents['unindexed']> {
  const rows = await db.$queryRaw<{ id: string; name: string }[]>`
    SELECT e.id::text, e.name FROM evidence e
    WHERE e.id IN (SELECT evidence_id FROM event_count WHERE host_id = ANY(${[...hostIds]}::uuid[]))
      AND (e.status <> 'ready' OR NOT EXISTS (SELECT 1 FROM evidence_block b WHERE b.evidence_id = e.id))
    ORDER BY e.created_at LIMIT 100`;
  return rows.map(({ id, name }) => ({ id, name: fromPostgres(name) }));
}

function clamp(ticks: bigint): bigint {
  if (ticks > TICKS_MAX) return TICKS_MAX;
  return ticks < -TICKS_MAX ? -TICKS_MAX : ticks;
}

function latest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** Where the second of a time begins. */
function secondOf(ticks: bigint): bigint {
  const rest = ticks % SECOND_TICKS;
  return clamp(ticks - (rest < 0n ? rest + SECOND_TICKS : rest));
}
