import { z } from 'zod';
import type { JsonObject } from '#lib/evidence/json/values.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import type { PullBatch, PullContext, PulledRow, PullRequest } from '../types.ts';
import { SourceError } from '../types.ts';
import { type KustoClient, NoTableError, TooMuchError } from './client.ts';
import { INGESTED, type Span, type TableQuery } from './compile.ts';

const TICKS_PER_MS = 10_000n;
/** A time as short as this is not halved any more. */
const SHORTEST_TICKS = 1_000n * TICKS_PER_MS;

/** Of each table, up to when it has been pulled; ticks as text. Another kind of time in a back-fill than else. */
const cursor = z.object({ tables: z.record(z.string(), z.string().regex(/^-?\d{1,20}$/)) }).nullable();

/**
 * Asks table by table, and each in slices of time: what does not fit in one answer is asked for in halves. The cursor moves
 * with every slice, so that a pull that breaks off goes on where it was.
 *
 * @param rowMax rows of an answer that is cut off
 * @param oldestMs how far back the service has rows
 */
export async function* pullTables(
  client: KustoClient,
  queries: readonly TableQuery[],
  request: PullRequest,
  context: PullContext,
  { rowMax, oldestMs }: { readonly rowMax: number; readonly oldestMs: number },
): AsyncGenerator<PullBatch> {
  const done = { ...cursor.parse(request.cursor)?.tables };
  let tableCount = 0;
  const oldestTicks = BigInt(request.nowMs - oldestMs) * TICKS_PER_MS;
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
      const asked = query.over(slice, request.slice ? 'event' : 'ingestion');
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
      if (rows === null || rows.length >= rowMax) {
        open.push(...halves(slice, name));
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
function halves({ fromTicks, toTicks }: Span, table: string): readonly Span[] {
  if (toTicks - fromTicks <= SHORTEST_TICKS)
    throw new SourceError('query', `${table} does not give even the rows of one second in one answer.`, {
      remedy: 'A detection selects nearly everything there, or the service is overloaded.',
    });
  const middle = (fromTicks + toTicks) / 2n;
  return [
    { fromTicks: middle, toTicks },
    { fromTicks, toTicks: middle },
  ];
}

/** A row is told from others by all that it says: these tables number none. */
function pulledRow(table: string, { [INGESTED]: _, ...row }: JsonObject): PulledRow {
  const text = JSON.stringify(row);
  return { text, key: `${table} ${text}` };
}
