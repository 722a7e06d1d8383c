import { type EmbeddedPostgres, startEmbeddedPostgres } from '#lib/db/embedded.ts';
import { migrate } from '#lib/db/migrate.ts';
import type { Env } from '#lib/env.ts';
import { checkDatabase } from './checks.ts';
import { keepSecret } from './secret.ts';

export type OpenDatabase = {
  readonly databaseUrl: string;
  /** The embedded server that was started, or null when DATABASE_URL names another. */
  readonly embedded: EmbeddedPostgres | null;
};

/**
 * The migrated database of the instance: DATABASE_URL, else the embedded one, started. Sets DATABASE_URL,
 * JOBSIGHT_SECRET and JOBSIGHT_DATA of this process, so that code in lib can be imported then, and children inherit them.
 */
export async function openDatabase(given: Env): Promise<OpenDatabase> {
  if (given.DATABASE_URL !== undefined) await checkDatabase(given.DATABASE_URL);
  const embedded = given.DATABASE_URL === undefined ? await startEmbeddedPostgres(given.JOBSIGHT_DATA) : null;
  const databaseUrl = embedded?.databaseUrl ?? given.DATABASE_URL ?? '';
  try {
    await migrate(databaseUrl);
    process.env.JOBSIGHT_SECRET = given.JOBSIGHT_SECRET ?? (await keepSecret(given.JOBSIGHT_DATA));
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
  process.env.DATABASE_URL = databaseUrl;
  process.env.JOBSIGHT_DATA = given.JOBSIGHT_DATA;
  return { databaseUrl, embedded };
}
