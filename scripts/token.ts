/**
 * `npm run -s token -- --role analyst [--name NAME]`: makes an API token and prints it, and nothing else, on standard
 * output. Uses the database of the running instance, else opens it for the moment.
 */
import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ROLES, type Role } from '#lib/auth/actor.ts';
import type { Env } from '#lib/env.ts';
import { openDatabase } from './support/database.ts';
import { loadEnvironment } from './support/environment.ts';
import { Failure, runCommand } from './support/failure.ts';
import { findRunningInstance, ownDataFolder } from './support/instance.ts';

const USAGE = `Usage: npm run -s token -- --role ${ROLES.join('|')} [--name NAME]`;

await runCommand(async () => {
  const { role, name } = readArguments();
  const given = loadEnvironment();
  process.stdout.write(`${await withDatabase(given, () => makeToken(role, name))}\n`);
});

function readArguments(): { role: Role; name: string } {
  try {
    const { values } = parseArgs({ options: { role: { type: 'string' }, name: { type: 'string' } } });
    const role = ROLES.find((known) => known === values.role);
    if (role !== undefined) return { role, name: values.name ?? `${role} token` };
  } catch {
    // An unknown option; the usage says it all.
  }
  throw new Failure(USAGE, 2);
}

async function withDatabase<T>(given: Env, use: () => Promise<T>): Promise<T> {
  const running = await findRunningInstance(given.JOBSIGHT_DATA);
  if (running !== null && running.databaseUrl === null) {
    throw new Failure('Jobsight is just starting. Try again when it has printed its address.');
  }
  if (running?.databaseUrl != null || given.DATABASE_URL !== undefined) {
    await mkdir(given.JOBSIGHT_DATA, { recursive: true, mode: 0o700 });
    await openDatabase({ ...given, DATABASE_URL: running?.databaseUrl ?? given.DATABASE_URL });
    return use();
  }
  const instance = await ownDataFolder(given.JOBSIGHT_DATA, null);
  try {
    const { embedded } = await openDatabase(given);
    return await use().finally(() => embedded?.stop());
  } finally {
    await instance.release();
  }
}

async function makeToken(role: Role, name: string): Promise<string> {
  // Imported now, because they connect to the database that was just opened.
  const { createApiToken } = await import('#lib/auth/tokens.ts');
  const { closeDatabase } = await import('#lib/db/client.ts');
  try {
    return (await createApiToken({ role, name })).token;
  } finally {
    await closeDatabase();
  }
}
