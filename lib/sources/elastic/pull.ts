import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type PullBatch, type PullContext, type PulledRow, type PullRequest, SourceError } from '../types.ts';
import { Cluster, type Hit, type Order } from './cluster.ts';
import { elasticQuery, type Query } from './compile.ts';
import { EVENT_TIME, INGESTED } from './layouts.ts';
import type { Mapped } from './mapping.ts';
import type { ElasticSecrets, ElasticSettings, Product } from './settings.ts';
import { openWire } from './wire.ts';

/** Milliseconds since 1970: what was ingested before `since` has been pulled, and of a pull that was cut off all before `reached`. */
const cursor = z
  .looseObject({ since: z.int().nullable(), reached: z.int().nullable(), mapping: z.string().optional() })
  .nullable();

const TICKS = 10_000n;

/**
 * One search finds what the detections may select. A scheduled pull asks by event.ingested, so that an event of three days
 * ago that arrives now is found; documents without it by their own time, where only the look back helps.
 */
export async function* pullElastic(
  product: Product,
  settings: ElasticSettings,
  secrets: ElasticSecrets,
  request: PullRequest,
  context: PullContext,
): AsyncGenerator<PullBatch> {
  const cluster = new Cluster(
    await openWire(product, settings, secrets, context),
    settings.indexes,
    context.note,
  );
  const mapped = await cluster.mapping();
  const { query, dsl, open } = elasticQuery(mapped, request.rules);
  for (const note of notesOf(mapped)) context.note(note);
  for (const [id, reason] of open)
    context.note(`${request.rules.find((rule) => rule.id === id)?.name ?? id} was not asked: ${reason}`);
  if (query === null || dsl === null)
    throw new SourceError('query', 'The indexes hold nothing that the detections look at.', {
      remedy: 'Name the indexes that hold PowerShell and registry events.',
    });
  const before = cursor.parse(request.cursor);
  const mapping = fingerprintOf(mapped);
  if (before?.mapping !== undefined && before.mapping !== mapping)
    context.note('The mapping of the indexes is another than at the last pull; the query follows it.');
  const { slice } = request;
  const since = before?.since ?? null;
  const time = slice
    ? sliceTime(slice, before?.reached ?? null)
    : ingestTime(since, before?.reached ?? null, request.lookBackMs, request.nowMs);
  let reached = before?.reached ?? null;
  for await (const hits of cluster.pages(
    { bool: { filter: [time, dsl] } },
    orderOf(slice !== null),
    product,
  )) {
    reached = reachedBy(hits) ?? reached;
    const bare = hits.find(({ _source }) => _source === undefined);
    if (bare) context.note(`${bare._index} keeps no documents (_source), so that nothing of it can be read.`);
    yield { query, rows: hits.map(rowOf), cursor: { since, reached, mapping } };
  }
  yield {
    query,
    rows: [],
    cursor: { since: slice ? since : request.nowMs, reached: slice ? reached : null, mapping },
  };
}

/** What the user should know of how the indexes can be asked. */
export function notesOf(mapped: Mapped): readonly string[] {
  const named = (indexes: readonly string[]): string =>
    indexes.length > 3
      ? `${indexes.slice(0, 3).join(', ')} and ${indexes.length - 3} more`
      : indexes.join(', ');
  return [
    ...(mapped.withoutIngested.length > 0
      ? [
          `${named(mapped.withoutIngested)}: without event.ingested, so events that arrive later than the look back are not found.`,
        ]
      : []),
    ...(mapped.withoutTime.length > 0
      ? [`${named(mapped.withoutTime)}: without @timestamp, so these documents are not pulled.`]
      : []),
  ];
}

function ingestTime(since: number | null, reached: number | null, lookBackMs: number, nowMs: number): Query {
  const from = (ms: number | null) => (ms === null ? {} : { gte: iso(Math.max(0, ms - lookBackMs)) });
  const own = { range: { [INGESTED]: { ...from(reached ?? since), lt: iso(nowMs) } } };
  // An event may bear a time to come; it is not left for then.
  const other: Query = {
    bool: {
      filter: [{ range: { [EVENT_TIME]: { gte: '1970-01-01T00:00:00.000Z', ...from(since) } } }],
      must_not: [{ exists: { field: INGESTED } }],
    },
  };
  return { bool: { should: [own, other], minimum_should_match: 1 } };
}

function sliceTime({ fromTicks, toTicks }: NonNullable<PullRequest['slice']>, reached: number | null): Query {
  const from = Math.max(Number(fromTicks / TICKS), reached ?? Number.NEGATIVE_INFINITY);
  return { range: { [EVENT_TIME]: { gte: iso(from), lt: iso(Number((toTicks + TICKS - 1n) / TICKS)) } } };
}

/** By the time that the cursor is of; documents without it come last. */
function orderOf(isSlice: boolean): Order {
  const by = (field: string) => ({
    [field]: { order: 'asc', missing: '_last', unmapped_type: 'date', numeric_type: 'date' },
  });
  return isSlice ? [by(EVENT_TIME)] : [by(INGESTED), by(EVENT_TIME)];
}

/** The latest time of a page's documents that have it; where they have none the cluster gives the largest number there is. */
function reachedBy(hits: readonly Hit[]): number | null {
  for (const { sort } of hits.toReversed()) {
    const [ms] = sort ?? [];
    if (typeof ms === 'number' && Number.isSafeInteger(ms)) return ms;
  }
  return null;
}

/** The hit as our JSON reader knows it; index and id name it at the source. */
function rowOf({ _index, _id, _source }: Hit): PulledRow {
  return { text: JSON.stringify({ _index, _id, _source: _source ?? {} }), key: `${_index} ${_id}` };
}

function fingerprintOf({ uses }: Mapped): string {
  const text = JSON.stringify(
    [...uses].map(([name, own]) => [name, ...own.map(({ field, how }) => `${field} ${how}`)]),
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

const iso = (ms: number): string => new Date(ms).toISOString();
