import { z } from 'zod';
import type { JsonObject } from '#lib/evidence/json/values.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import type { PullBatch, PullContext, PulledRow, PullRequest } from '../types.ts';
import { SourceError } from '../types.ts';
import { type KustoClient, NoTableError, TooMuchError } from './client.ts';
import { INGESTED, type Span, type TableQuery } from './compile.ts';

const TICKS_PER_MS = 10_000n;
/** A time as short as this is not halved any more, but asked for whole: rows that came in together share their time. */
const SHORTEST_TICKS = 1_000n * TICKS_PER_MS;

/** Of each table, up to when it has been pulled; ticks as text. Another kind of time in a back-fill than else. */
const cursor = z.object({ tables: z.record(z.string(), z.string().regex(/^-?\d{1,20}$/)) }).nullable();

export type PullLimits = {
  /** Rows of one answer, so that it fits in memory. */
  readonly rowMax: number;
  /** Rows of one answer that the service gives at most. */
  readonly serviceRowMax: number;
  /** How far back the service has rows. */
  readonly oldestMs: number;
};

/**
 * Asks table by table, and each in slices of time: what does not fit in one answer is asked for in halves. The cursor moves
 * with every slice, so that a pull that breaks off goes on where it was.
 */
export async function* pullTables(
  client: KustoClient,
  queries: readonly TableQuery[],
  request: PullRequest,
  context: PullContext,
  limits: PullLimits,
): AsyncGenerator<PullBatch> {
  const done = { ...cursor.parse(request.cursor)?.tables };
  let tableCount = 0;
  const oldestTicks = BigInt(request.nowMs - limits.oldestMs) * TICKS_PER_MS;
  if (request.slice && request.slice.fromTicks < oldestTicks)
    context.note(
      `Nothing from before ${formatIsoTime(oldestTicks).slice(0, 10)} is kept there; it was not asked for.`,
    );
  for (const query of queries) {
    const { name } = query.table;
    const span = spanOf(request, done[name] === undefined ? null : BigInt(done[name]), oldestTicks);
    const open: Span[] = span.fromTicks < span.toTicks ? [span] : [];
    let isThere = true;
    for (let slice = open.pop(); slice; slice = open.pop()) {
      const isShortest = slice.toTicks - slice.fromTicks <= SHORTEST_TICKS;
      const take = isShortest ? limits.serviceRowMax : limits.rowMax;
      const asked = query.over(slice, request.slice ? 'event' : 'ingestion', take);
      const rows = await client.ask(asked.text).catch((error: unknown) => {
        if (error instanceof TooMuchError) return null;
        if (!(error instanceof NoTableError)) throw error;
        isThere = false;
        return [];
      });
      context.signal.throwIfAborted();
      if (!isThere) {
        context.note(`There is no table ${name}.`);
        break;
      }
      if (rows === null || rows.length >= take) {
        if (isShortest) throw tooMuch(name);
        open.push(...halves(slice));
        continue;
      }
      if (rows.some((row) => row[INGESTED] === undefined))
        context.note(`${name} does not say when rows came in; those later than the look back are missed.`);
      const until = slice.toTicks;
      if (done[name] === undefined || BigInt(done[name]) < until) done[name] = until.toString();
      yield {
        query: asked,
        rows: rows.map((row) => pulledRow(name, row)),
        cursor: { tables: { ...done } },
      };
    }
    if (isThere) tableCount += 1;
  }
  if (tableCount === 0)
    throw new SourceError(
      'query',
      `None of the tables ${queries.map(({ table }) => table.name).join(', ')} is there.`,
      { remedy: 'Connect the hosts’ events or Defender, or choose another workspace.' },
    );
}

function spanOf({ slice, lookBackMs, nowMs }: PullRequest, done: bigint | null, oldestTicks: bigint): Span {
  const toTicks = slice?.toTicks ?? BigInt(nowMs) * TICKS_PER_MS;
  const behind = slice ? 0n : BigInt(lookBackMs) * TICKS_PER_MS;
  const from = done === null ? (slice?.fromTicks ?? oldestTicks) : done - behind;
  return { fromTicks: from > oldestTicks ? from : oldestTicks, toTicks };
}

/** The later half first: the last one is taken next. */
function halves({ fromTicks, toTicks }: Span): readonly Span[] {
  const middle = (fromTicks + toTicks) / 2n;
  return [
    { fromTicks: middle, toTicks },
    { fromTicks, toTicks: middle },
  ];
}

const tooMuch = (table: string): SourceError =>
  new SourceError('query', `${table} does not give even the rows of one second in one answer.`, {
    remedy: 'A detection selects nearly everything there, or the service is overloaded.',
  });

/** A row is told from others by all that it says: these tables number none. */
function pulledRow(table: string, { [INGESTED]: _, ...row }: JsonObject): PulledRow {
  const text = JSON.stringify(row);
  return { text, key: `${table} ${text}` };
}
