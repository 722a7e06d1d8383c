import { beforeEach, describe, expect, it } from 'vitest';
import { listAudit } from '#lib/audit/queries.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { type Actor, ROLES, type Role } from './actor.ts';
import { actorFromHeaders } from './request.ts';
import { addTestUser, postSignIn, sessionCookie, TEST_PASSWORD } from './testing.ts';
import { actorFromBearer, addToken, createApiToken, listTokens, revokeToken } from './tokens.ts';
import { addUser, changeOwnPassword, changeUser, listUsers } from './users.ts';

useTestDatabase();

beforeEach(async () => {
  await db.user.deleteMany();
  await db.apikey.deleteMany();
  await db.rateLimit.deleteMany();
  for (const role of ROLES) await addTestUser(role);
});

async function actorOf(role: Role): Promise<Actor> {
  const actor = await actorFromHeaders(new Headers({ cookie: await sessionCookie(`${role}@example.org`) }));
  if (!actor) throw new Error(`no actor for ${role}`);
  return actor;
}
const ben = {
  name: 'Ben',
  email: 'ben@example.org',
  password: 'another long password',
  role: 'manager',
} as const;

describe('users', () => {
  it('can sign in with the role that an administrator gave them', async () => {
    await addUser(await actorOf('admin'), ben);
    const actor = await actorFromHeaders(
      new Headers({ cookie: await sessionCookie(ben.email, ben.password) }),
    );
    expect(actor).toMatchObject({ name: 'Ben', role: 'manager' });
  });

  it('have one address each, also when added twice at once', async () => {
    const admin = await actorOf('admin');
    const results = await Promise.allSettled([addUser(admin, ben), addUser(admin, ben)]);
    expect(results.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(addUser(admin, ben)).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each(['viewer', 'analyst', 'manager'] as const)('and tokens are not for a %s', async (role) => {
    const actor = await actorOf(role);
    const forbidden = { code: 'forbidden' };
    await expect(listUsers(actor)).rejects.toMatchObject(forbidden);
    await expect(addUser(actor, ben)).rejects.toMatchObject(forbidden);
    await expect(changeUser(actor, { id: actor.id, role: 'admin' })).rejects.toMatchObject(forbidden);
    await expect(listTokens(actor)).rejects.toMatchObject(forbidden);
    await expect(addToken(actor, { name: 'x', role: 'admin' })).rejects.toMatchObject(forbidden);
    await expect(revokeToken(actor, 'x')).rejects.toMatchObject(forbidden);
    await expect(listAudit(actor, 'user', actor.id)).rejects.toMatchObject(forbidden);
  });

  it('keep one administrator, also when two take the role from each other at once', async () => {
    const ana = await actorOf('admin');
    await expect(changeUser(ana, { id: ana.id, isDisabled: true })).rejects.toMatchObject({
      code: 'conflict',
    });
    await addUser(ana, { ...ben, role: 'admin' });
    const other = (await listUsers(ana)).find(({ email }) => email === ben.email);
    const changes = [ana.id, other?.id ?? ''].map((id) => changeUser(ana, { id, role: 'viewer' }));
    const results = await Promise.allSettled(changes);
    expect(results.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await db.user.count({ where: { role: 'admin' } })).toBe(1);
  });

  it('are out at once when disabled, and in again when enabled', async () => {
    const admin = await actorOf('admin');
    const cookie = await sessionCookie('analyst@example.org');
    const { id } = await actorOf('analyst');
    await changeUser(admin, { id, isDisabled: true });
    expect(await actorFromHeaders(new Headers({ cookie }))).toBeNull();
    expect((await postSignIn('analyst@example.org', TEST_PASSWORD)).status).toBe(403);
    await changeUser(admin, { id, isDisabled: false });
    expect((await postSignIn('analyst@example.org', TEST_PASSWORD)).status).toBe(200);
    expect((await listAudit(admin, 'user', id)).map(({ after }) => after)).toMatchObject([
      { isDisabled: false },
      { isDisabled: true },
      { role: 'analyst' },
    ]);
  });

  it('change their own password with the old one; all their sessions end', async () => {
    const actor = await actorOf('viewer');
    const cookie = await sessionCookie(actor.email);
    const change = { currentPassword: 'wrong password', newPassword: 'an entirely new password' };
    await expect(changeOwnPassword(actor, change)).rejects.toMatchObject({
      details: { field: 'currentPassword' },
    });
    expect(await actorFromHeaders(new Headers({ cookie }))).not.toBeNull();
    await changeOwnPassword(actor, { ...change, currentPassword: TEST_PASSWORD });
    expect(await actorFromHeaders(new Headers({ cookie }))).toBeNull();
    expect((await postSignIn(actor.email, TEST_PASSWORD)).status).toBe(401);
    expect((await postSignIn(actor.email, change.newPassword)).status).toBe(200);
  });
});

describe('API tokens', () => {
  const bearer = (token: string) => actorFromBearer(`Bearer ${token}`);

  it.each(ROLES)('act with the role %s and a user of their own', async (role) => {
    const { token } = await createApiToken({ role, name: 'import script' });
    expect(token).toMatch(/^jobsight_\w{20,}$/);
    expect(await bearer(token)).toMatchObject({ name: 'import script', role, via: 'token' });
    expect(JSON.stringify(await db.apikey.findMany())).not.toContain(token);
    expect((await listUsers(await actorOf('admin'))).map(({ name }) => name)).not.toContain('import script');
  });

  it('are good for more than a few requests', async () => {
    const { token } = await createApiToken({ role: 'viewer', name: 'poller' });
    for (let n = 0; n < 25; n++) expect(await bearer(token)).not.toBeNull();
  });

  it('end when revoked, and when their user is disabled', async () => {
    const admin = await actorOf('admin');
    const first = await addToken(admin, { role: 'analyst', name: 'first' });
    const second = await addToken(admin, { role: 'analyst', name: 'second' });
    const one = (await listTokens(admin)).find(({ name }) => name === 'first');
    await revokeToken(admin, one?.id ?? '');
    expect(await bearer(first.token)).toBeNull();
    expect(await bearer(second.token)).not.toBeNull();
    expect((await listTokens(admin)).map(({ name }) => name)).toEqual(['second']);
    await expect(revokeToken(admin, one?.id ?? '')).rejects.toMatchObject({ code: 'not-found' });
    await db.user.updateMany({ where: { name: 'second' }, data: { banned: true } });
    expect(await bearer(second.token)).toBeNull();
    expect((await listAudit(admin, 'token', one?.id ?? '')).map(({ action }) => action)).toEqual([
      'token.revoke',
      'token.add',
    ]);
  });

  it('are the only thing that an Authorization header is good for', async () => {
    const cookie = await sessionCookie('admin@example.org');
    const [session] = await db.session.findMany({ orderBy: { createdAt: 'desc' } });
    for (const header of [
      `Bearer ${session?.token}`,
      `Bearer ${cookie.split('=')[1]}`,
      'Bearer ',
      'Bearer jobsight_unknown',
      'Basic YWRtaW46YWRtaW4=',
      `Bearer ${'a'.repeat(100_000)}`,
      'Bearer \u0000',
    ]) {
      expect(await actorFromBearer(header), header.slice(0, 40)).toBeNull();
    }
  });
});
