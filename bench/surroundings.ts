import type { Actor } from '#lib/auth/actor.ts';
import { Random } from '#lib/evidence/testing/random.ts';
import { cpuSecondsOf } from './process-stats.ts';

const MOMENTS = 20;
const MINUTES = 15;
const PAGE = 500;
/** The widest range that may be asked for, a day before and after: very many blocks. */
const DENSE_MINUTES = 1_440;
const SEED = 20_260_304;

export type Spent = { readonly wallMs: number; readonly cpuMs: number };

export type SurroundingsTiming = {
  /** Of whole requests for the first page, ascending by wall time. */
  readonly requests: readonly Spent[];
  readonly dense: Spent;
  readonly denseLeftBlocks: number;
  /** How PostgreSQL finds the blocks. */
  readonly plan: readonly string[];
};

/**
 * Asks for the first page of all events of a host around a time, at random times of the evidence and for random ones of
 * its hosts. Processor time is that of this process and PostgreSQL together.
 */
export async function measureSurroundings(
  actor: Actor,
  evidenceId: string,
  postgresPid: number,
): Promise<SurroundingsTiming> {
  const { db } = await import('#lib/db/client.ts');
  const { Prisma } = await import('#lib/db/generated/client.ts');
  const { getSurroundingEvents } = await import('#lib/timeline/surroundings.ts');
  const { blocksQuery } = await import('#lib/timeline/surroundings-index.ts');
  const { surroundingsQuery } = await import('#lib/timeline/inputs.ts');
  const { firstTicks, lastTicks } = await db.evidence.findUniqueOrThrow({ where: { id: evidenceId } });
  const hosts = await db.host.findMany({ orderBy: { name: 'asc' }, select: { id: true } });
  const random = new Random(SEED);
  const pick = () => {
    const host = hosts[random.below(hosts.length)];
    if (!host || firstTicks === null || lastTicks === null) throw new Error('the evidence has no times');
    const span = Number(lastTicks - firstTicks);
    return { id: host.id, around: (firstTicks + BigInt(random.below(span))).toString() };
  };
  const ask = async (minutes: number, { id, around } = pick()) => {
    const cpu = process.cpuUsage();
    const postgres = await cpuSecondsOf(postgresPid);
    const started = performance.now();
    const query = surroundingsQuery.parse({ around, minutes, limit: PAGE });
    const page = await getSurroundingEvents(actor, id, query);
    const wallMs = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    const postgresMs = ((await cpuSecondsOf(postgresPid)) - postgres) * 1_000;
    return { page, spent: { wallMs, cpuMs: (user + system) / 1_000 + postgresMs } };
  };
  // As in a server that has run for a while.
  for (let index = 0; index < MOMENTS; index += 1) await ask(MINUTES);
  const requests: Spent[] = [];
  for (let index = 0; index < MOMENTS; index += 1) requests.push((await ask(MINUTES)).spent);
  const [busiest] = await db.eventCount.groupBy({
    by: ['hostId'],
    _sum: { count: true },
    orderBy: { _sum: { count: 'desc' } },
    take: 1,
  });
  const dense = await ask(DENSE_MINUTES, { ...pick(), id: busiest?.hostId ?? '' });
  const { id, around } = pick();
  const query = blocksQuery([id], BigInt(around), BigInt(around));
  const plan = await db.$queryRaw<{ 'QUERY PLAN': string }[]>(Prisma.sql`EXPLAIN (COSTS OFF) ${query}`);
  return {
    requests: requests.toSorted((a, b) => a.wallMs - b.wallMs),
    dense: dense.spent,
    denseLeftBlocks: dense.page.leftBlocks,
    plan: plan.map((row) => row['QUERY PLAN']),
  };
}
