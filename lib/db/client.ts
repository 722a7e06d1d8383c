/**
 * The one Prisma client and the one connection pool of a process, for the database at DATABASE_URL. Connections are
 * made when first needed. The pool is for what Prisma cannot do (COPY).
 */
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '#lib/db/generated/client.ts';
import { log } from '#lib/log.ts';

const MAX_CONNECTIONS = 10;

/** A host that cannot exist: a build imports this module without a database, a query then names the reason. */
const NOT_SET = 'postgresql://database-url-is-not-set.invalid/';

function connect() {
  const pool = new pg.Pool({
    connectionString: process.env.DATABASE_URL ?? NOT_SET,
    max: MAX_CONNECTIONS,
    // A process that stops in the middle of a transaction must not hold its locks for ever.
    idle_in_transaction_session_timeout: 30_000,
  });
  // Without a listener, an idle connection that the server closes would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'));
  return { pool, db: new PrismaClient({ adapter: new PrismaPg(pool) }) };
}

// Next loads a module several times (per bundle, per hot reload); all of them share one pool.
const shared = globalThis as typeof globalThis & { jobsightDatabase?: ReturnType<typeof connect> };
shared.jobsightDatabase ??= connect();

export const { db, pool } = shared.jobsightDatabase;

/** Closes every connection of this process. */
export async function closeDatabase(): Promise<void> {
  await db.$disconnect();
  await pool.end();
}
