import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '#lib/db/embedded.ts';
import { migrate } from '#lib/db/migrate.ts';

export type BenchInstance = {
  readonly databaseUrl: string;
  readonly dataFolder: string;
  readonly postgresPid: number;
};

/** Who adds the evidence that is measured. */
export const BENCH_ACTOR = {
  id: 'bench',
  name: 'Bench',
  email: 'bench@example.org',
  role: 'admin',
  via: 'session',
} as const;

/** The row of that user. */
export function benchUser() {
  const { via: _, ...user } = BENCH_ACTOR;
  return user;
}

/** A PostgreSQL and a data folder of their own for as long as `work` takes. */
export async function withInstance<T>(work: (instance: BenchInstance) => Promise<T>): Promise<T> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'jobsight-bench-data-'));
  const postgres = await startEmbeddedPostgres(dataFolder);
  try {
    await migrate(postgres.databaseUrl);
    return await work({ databaseUrl: postgres.databaseUrl, dataFolder, postgresPid: postgres.identity.pid });
  } finally {
    await postgres.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

/** The same for this process, which then loads the client of that database. */
export function asInstance<T>(work: (instance: BenchInstance) => Promise<T>): Promise<T> {
  return withInstance((instance) => {
    process.env.DATABASE_URL = instance.databaseUrl;
    process.env.JOBSIGHT_DATA = instance.dataFolder;
    return work(instance);
  });
}
