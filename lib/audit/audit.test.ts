import { beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { toPostgres } from '#lib/db/postgres-text.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { listAudit } from './queries.ts';
import { writeAudit } from './write.ts';

useTestDatabase();

const ana: Actor = { id: 'a', name: 'Ana', email: '', role: 'analyst', via: 'session' };
const finding = { objectType: 'finding', objectId: 'f' } as const;

beforeAll(async () => {
  for (const reason of ['first', 'NUL \u0000 and \ud800']) {
    await db.$transaction((tx) =>
      writeAudit(tx, ana, { ...finding, action: 'finding.update', after: { reason: toPostgres(reason) } }),
    );
  }
});

describe('audit', () => {
  it('tells what was done with one object, newest first, with the text as it was', async () => {
    const entries = await listAudit({ ...ana, role: 'viewer' }, 'finding', 'f');
    expect(entries).toMatchObject([
      {
        actorName: 'Ana',
        action: 'finding.update',
        before: null,
        after: { reason: 'NUL \u0000 and \ud800' },
      },
      { actorName: 'Ana', action: 'finding.update', after: { reason: 'first' } },
    ]);
    expect(await listAudit(ana, 'finding', 'other')).toEqual([]);
  });

  it('has no entry of a change that was undone', async () => {
    const undone = db.$transaction(async (tx) => {
      await writeAudit(tx, ana, { ...finding, objectId: 'undone', action: 'finding.note' });
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await listAudit(ana, 'finding', 'undone')).toEqual([]);
  });
});
