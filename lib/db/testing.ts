/** Real PostgreSQL for tests. */
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { closeDatabase } from '#lib/db/client.ts';

/**
 * Call once at the top of a test file: `db` and `pool` of lib/db/client.ts are then a fresh, migrated, empty database
 * of this file alone, removed after its tests.
 */
export function useTestDatabase(): void {
  beforeAll(() =>
    onServer((client, name, template) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)),
  );
  afterAll(async () => {
    await closeDatabase();
    await onServer((client, name) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  });
}

type Use = (client: pg.Client, name: string, template: string) => Promise<unknown>;

async function onServer(use: Use): Promise<void> {
  const nameOf = (url: string) => pg.escapeIdentifier(new URL(url).pathname.slice(1));
  const server = new URL(inject('templateUrl'));
  const template = nameOf(server.href);
  server.pathname = '/postgres';
  const client = new pg.Client(server.href);
  await client.connect();
  try {
    await use(client, nameOf(process.env.DATABASE_URL ?? ''), template);
  } finally {
    await client.end();
  }
}
