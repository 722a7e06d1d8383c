import { beforeEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { setupInput } from './inputs.ts';
import {
  completeSetup,
  createSetupTokenIfNeeded,
  ensureAdminFromEnvironment,
  isSetupNeeded,
} from './setup.ts';
import { postSignIn, TEST_PASSWORD } from './testing.ts';
import { createApiToken } from './tokens.ts';

useTestDatabase();

beforeEach(async () => {
  await db.user.deleteMany();
  await db.setting.deleteMany();
  await db.auditEntry.deleteMany();
  delete process.env.JOBSIGHT_ADMIN_EMAIL;
  delete process.env.JOBSIGHT_ADMIN_PASSWORD;
});

const ana = { name: 'Ana', email: 'ana@example.org', password: TEST_PASSWORD };

async function newToken(): Promise<string> {
  const token = await createSetupTokenIfNeeded();
  if (token === null) throw new Error('no set-up token');
  return token;
}
const admins = () => db.user.findMany({ where: { role: 'admin' }, select: { email: true } });

describe('set-up by link', () => {
  it('makes one administrator, who can sign in, and writes it down', async () => {
    await completeSetup({ token: await newToken(), ...ana });
    expect(await admins()).toEqual([{ email: ana.email }]);
    expect((await postSignIn('Ana@Example.org', TEST_PASSWORD)).status).toBe(200);
    expect(await db.auditEntry.findMany({ select: { actorName: true, action: true } })).toEqual([
      { actorName: 'Ana', action: 'user.add' },
    ]);
    expect(await createSetupTokenIfNeeded()).toBeNull();
  });

  it('is won by one of several at once', async () => {
    const token = await newToken();
    const tries = [1, 2, 3, 4].map((n) => completeSetup({ token, ...ana, email: `ana${n}@example.org` }));
    const results = await Promise.allSettled(tries);
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(await admins()).toHaveLength(1);
  });

  it('refuses a wrong token, one of an earlier start and a used one', async () => {
    const forbidden = { code: 'forbidden' };
    const early = await newToken();
    const latest = await newToken();
    for (const token of ['', 'x', early]) {
      await expect(completeSetup({ token, ...ana })).rejects.toMatchObject(forbidden);
    }
    expect(await isSetupNeeded()).toBe(true);
    await completeSetup({ token: latest, ...ana });
    await expect(completeSetup({ token: latest, ...ana, email: 'b@example.org' })).rejects.toMatchObject(
      forbidden,
    );
  });

  it('keeps the hash of the token only, and when it was made', async () => {
    const token = await newToken();
    const kept = JSON.stringify(await db.setting.findMany());
    expect(kept).not.toContain(token);
    expect(kept).toMatch(/"sha256":"[0-9a-f]{64}"/);
    expect(kept).toMatch(/"createdAt":"\d{4}-/);
  });

  it('is still needed when only API tokens were made', async () => {
    await createApiToken({ role: 'admin', name: 'early' });
    await completeSetup({ token: await newToken(), ...ana });
    expect(await isSetupNeeded()).toBe(false);
  });

  it('wants a password of 12 characters and says so', () => {
    const result = setupInput.safeParse({ token: 'x', ...ana, password: '11 letters.' });
    expect(result.error?.issues[0]?.message).toContain('at least 12 characters');
  });

  it.each(['line\nbreak', 'nul\0', 'lone \ud800', ' '])(
    'refuses the name %j, which the database or a list could not show',
    (name) => {
      expect(setupInput.safeParse({ token: 'x', ...ana, name }).success).toBe(false);
    },
  );
});

describe('administrator from the environment', () => {
  const set = () => {
    process.env.JOBSIGHT_ADMIN_EMAIL = 'Root@Example.org';
    process.env.JOBSIGHT_ADMIN_PASSWORD = TEST_PASSWORD;
  };

  it('is made once, even by two starts at once, and can sign in', async () => {
    set();
    await Promise.all([ensureAdminFromEnvironment(), ensureAdminFromEnvironment()]);
    await ensureAdminFromEnvironment();
    expect(await admins()).toEqual([{ email: 'root@example.org' }]);
    expect((await postSignIn('Root@Example.org', TEST_PASSWORD)).status).toBe(200);
  });

  it('is not made when somebody can sign in already', async () => {
    await completeSetup({ token: await newToken(), ...ana });
    set();
    await ensureAdminFromEnvironment();
    expect(await admins()).toEqual([{ email: ana.email }]);
  });

  it('ends the link of the set-up screen', async () => {
    const token = await newToken();
    set();
    await ensureAdminFromEnvironment();
    await expect(completeSetup({ token, ...ana })).rejects.toMatchObject({ code: 'forbidden' });
  });
});
