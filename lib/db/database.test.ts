import { describe, expect, it } from 'vitest';
import { db, pool } from '#lib/db/client.ts';
import { findDrift, migrate } from '#lib/db/migrate.ts';
import { fromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { useTestDatabase } from '#lib/db/testing.ts';

useTestDatabase();

describe('database', () => {
  it('is what prisma/schema.prisma says: the migrations do not drift from it', async () => {
    const scratch = new URL(process.env.DATABASE_URL ?? '');
    scratch.pathname += '_drift';
    const name = scratch.pathname.slice(1);
    await pool.query(`CREATE DATABASE ${name}`);
    try {
      expect(await findDrift(scratch.href)).toBe('');
    } finally {
      await pool.query(`DROP DATABASE ${name}`);
    }
  });

  it('is migrated once: a second run applies nothing', async () => {
    expect(await migrate(process.env.DATABASE_URL ?? '')).toEqual([]);
  });

  it('keeps a NUL, a lone surrogate and a long text through the escape', async () => {
    const text = `${'\0\ud800\uf8fe'.repeat(1000)}end`;
    await db.longText.create({ data: { hash: 'a'.repeat(64), body: toPostgres(text) } });
    const row = await db.longText.findUniqueOrThrow({ where: { hash: 'a'.repeat(64) } });
    expect(fromPostgres(row.body)).toBe(text);
  });

  it('gives the application no rights over the server', async () => {
    await expect(pool.query("COPY long_text TO PROGRAM 'cat'")).rejects.toThrow(/permission denied/);
    await expect(pool.query("SELECT pg_read_file('postgresql.conf')")).rejects.toThrow(/permission denied/);
  });
});
