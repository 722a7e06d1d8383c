/** vitest's global set-up: one PostgreSQL a run, with a migrated database that every test file copies. */
import type { TestProject } from 'vitest/node';
import { migrate } from '#lib/db/migrate.ts';
import { startTemporaryPostgres } from './temporary.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the migrated database; nothing may connect to it while it is being copied. */
    templateUrl: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTemporaryPostgres();
  await migrate(postgres.databaseUrl);
  project.provide('templateUrl', postgres.databaseUrl);
  return () => postgres.remove();
}
