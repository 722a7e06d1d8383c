/** Folders for servers that live as long as one command: tests, a migration. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres, stopLeftover } from '#lib/db/embedded.ts';
import { identifyProcess } from '#lib/db/process-identity.ts';

const PREFIX = 'jobsight-temporary-';

/** Nothing here must survive a crash, so that nothing waits for the disk. */
const FORGETFUL = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
};

export type TemporaryPostgres = { readonly databaseUrl: string; remove(): Promise<void> };

/** An empty database on a server of its own. Removes those of killed processes first. */
export async function startTemporaryPostgres(): Promise<TemporaryPostgres> {
  await removeAbandoned();
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const server: EmbeddedPostgres = await startEmbeddedPostgres(folder, FORGETFUL);
  return {
    databaseUrl: server.databaseUrl,
    async remove() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || (await identifyProcess(Number(owner))) !== null) continue;
    const folder = join(tmpdir(), name);
    try {
      await stopLeftover(folder);
      await rm(folder, { recursive: true, force: true });
    } catch {
      // Another user's; leave it.
    }
  }
}
