import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { db, pool } from '#lib/db/client.ts';
import { databaseFailure } from '#lib/db/failure.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { errorInfo } from '#lib/http/problem.ts';
import { untilRoom } from './room.ts';

useTestDatabase();

/** PostgreSQL itself says so, as it does when a file cannot grow. */
const raise = (code: string) => `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${code}'; END $$`;
const caught = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => null,
    (error: unknown) => error,
  );

describe('what keeps a database from its work', () => {
  it.each([
    ['53100', 'disk-full'],
    ['57P03', 'unreachable'],
    ['23505', null],
    ['22012', null],
  ])('is known by the code %s, through pg, Prisma and a transaction', async (code, expected) => {
    const errors = [
      await caught(pool.query(raise(code))),
      await caught(db.$executeRawUnsafe(raise(code))),
      await caught(db.$transaction((tx) => tx.$executeRawUnsafe(raise(code)))),
    ];
    expect(errors.map((error) => databaseFailure(error))).toEqual([expected, expected, expected]);
  });

  it('is known where nobody listens, and told in a sentence that says what to do', async () => {
    const client = new pg.Client('postgresql://nobody@127.0.0.1:1/none');
    const error = await caught(client.connect());
    expect(databaseFailure(error)).toBe('unreachable');
    expect(errorInfo(error)).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Try again'),
    });
    expect(errorInfo(await caught(pool.query(raise('53100'))))).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Free some space'),
    });
  });
});

describe('work on a full disk', () => {
  it('is told, waits, and is done when there is room', async () => {
    const told: string[] = [];
    let tries = 0;
    const run = async () => {
      tries += 1;
      if (tries < 3) await pool.query(raise('53100'));
      return 'done';
    };
    const tell = async () => {
      told.push('full');
      await pool.query(raise('53100'));
    };
    expect(await untilRoom(run, tell, undefined, 1)).toBe('done');
    expect([tries, told]).toEqual([3, ['full', 'full']]);
  });

  it('that fails otherwise fails, and that is given up ends', async () => {
    const other = untilRoom(
      () => pool.query(raise('22012')),
      async () => undefined,
      undefined,
      1,
    );
    await expect(other).rejects.toMatchObject({ code: '22012' });
    const stop = new AbortController();
    const full = untilRoom(
      () => pool.query(raise('53100')),
      async () => stop.abort(new Error('enough')),
      stop.signal,
    );
    await expect(full).rejects.toThrow();
  });
});
