import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
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
import { type FoundBlocks, findBlocks, unindexedEvidence } from './surroundings-index.ts';
import { groupBlocks, type PlacedRecord, readBlocks } from './surroundings-read.ts';
import type { SurroundingEvent, SurroundingEvents } from './types.ts';

/** Read from stored evidence by one request, at most. */
const READ_BYTES_MAX = 64 * 1024 * 1024;
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

  const [names, indexed, unindexed] = await Promise.all([
    loggedNames(hostIds),
    findBlocks(hostIds, start, to),
    unindexedEvidence(hostIds),
  ]);
  const found = await collect(indexed, { start, to, names, limit: query.limit, after, readBytesMax }, signal);
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
    leftBlocks: indexed.total - found.readCount,
    leftBytes: indexed.totalBytes - found.readBytes,
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

type Collected = {
  readonly records: readonly PlacedRecord[];
  readonly horizon: bigint | null;
  readonly readCount: number;
  readonly readBytes: number;
};

/** Reads blocks by time until a page is sure to be full. From `horizon` on there may be more. */
async function collect(
  { blocks, total }: FoundBlocks,
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<Collected> {
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  const records: PlacedRecord[] = [];
  const seen = new Set<string>();
  let readCount = 0;
  let readBytes = 0;
  for (const group of groupBlocks(blocks)) {
    const horizon = group[0]?.firstTicks ?? wanted.to;
    const groupBytes = group.reduce((sum, block) => sum + block.lengthBytes, 0);
    const isOverBudget = readBytes > 0 && readBytes + groupBytes > wanted.readBytesMax;
    const isFull = (): boolean => newBefore(records, horizon, wanted.after) > wanted.limit;
    if (isOverBudget || (records.length > wanted.limit && isFull())) {
      return { records, horizon, readCount, readBytes };
    }
    for await (const block of readBlocks(store, group, signal)) {
      for (const placed of block) {
        const { timeTicks, system } = placed.record;
        if (timeTicks === null || timeTicks < wanted.start || timeTicks > wanted.to) continue;
        if (!wanted.names.has(hostName(system.computer))) continue;
        if (isCopy(seen, placed.record)) continue;
        records.push({ ...placed, ticks: timeTicks });
      }
    }
    readCount += group.length;
    readBytes += groupBytes;
  }
  const horizon = blocks.length === total ? null : (blocks.at(-1)?.firstTicks ?? null);
  return { records, horizon, readCount, readBytes };
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
