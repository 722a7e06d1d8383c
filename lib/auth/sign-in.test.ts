import { beforeEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { auth } from './auth.ts';
import { SESSION_COOKIE } from './cookie.ts';
import { actorFromHeaders } from './request.ts';
import { signInWithPassword } from './sign-in.ts';
import { addTestUser, postSignIn, sessionCookie, TEST_PASSWORD } from './testing.ts';
import { claimAttempt } from './throttle.ts';

useTestDatabase();

const EMAIL = 'analyst@example.org';
const WRONG = 'wrong password';

beforeEach(async () => {
  await db.user.deleteMany();
  await db.rateLimit.deleteMany();
  await addTestUser('analyst');
});

const actorOf = (cookie: string) => actorFromHeaders(new Headers({ cookie }));

describe('session', () => {
  it('says who it is, with the role as it is now', async () => {
    const cookie = await sessionCookie(EMAIL);
    expect(await actorOf(cookie)).toMatchObject({ email: EMAIL, role: 'analyst', via: 'session' });
    await db.user.updateMany({ data: { role: 'viewer' } });
    expect(await actorOf(cookie)).toMatchObject({ role: 'viewer' });
  });

  it('is worth nothing when made up, changed, ended or of a disabled user', async () => {
    const cookie = await sessionCookie(EMAIL);
    expect(await actorOf(`${SESSION_COOKIE}=made-up.signature`)).toBeNull();
    expect(await actorOf(cookie.replace(/.{3}$/, 'AAA'))).toBeNull();
    await db.user.updateMany({ data: { banned: true } });
    expect(await actorOf(cookie)).toBeNull();
    await db.user.updateMany({ data: { banned: false } });
    await db.session.deleteMany();
    expect(await actorOf(cookie)).toBeNull();
  });

  it('is in a cookie that scripts cannot read and other sites do not send, under the name that the proxy looks for', async () => {
    const [cookie] = (await postSignIn(EMAIL, TEST_PASSWORD)).headers.getSetCookie();
    expect(cookie?.startsWith(`${SESSION_COOKIE}=`)).toBe(true);
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
  });
});

describe('sign-in', () => {
  const signIn = (email: string, password: string) => signInWithPassword(new Headers(), { email, password });

  it('does not tell a wrong password from an unknown account', async () => {
    const answers = await Promise.all(
      [EMAIL, 'nobody@example.org'].map((email) =>
        signIn(email, WRONG).catch((error: Error) => error.message),
      ),
    );
    expect(answers[0]).toBe('E-mail and password do not belong together.');
    expect(answers[1]).toBe(answers[0]);
  });

  it('refuses a disabled account', async () => {
    await db.user.updateMany({ data: { banned: true } });
    await expect(signIn(EMAIL, TEST_PASSWORD)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('stops after ten wrong passwords at an account, many at once or from any address, and leaves others alone', async () => {
    await addTestUser('viewer');
    const tries = Array.from({ length: 14 }, (_, n) =>
      auth().handler(
        new Request('http://localhost:3000/api/auth/sign-in/email', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-forwarded-for': `10.0.0.${n}` },
          body: JSON.stringify({ email: n % 2 ? EMAIL : EMAIL.toUpperCase(), password: WRONG }),
        }),
      ),
    );
    const statuses = (await Promise.all(tries)).map((response) => response.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
    await expect(signIn(EMAIL, TEST_PASSWORD)).rejects.toMatchObject({ code: 'too-many-requests' });
    await expect(signIn('viewer@example.org', TEST_PASSWORD)).resolves.toBeUndefined();
  });

  it('counts anew after the right password, and after 15 minutes', async () => {
    for (let n = 0; n < 9; n++) await signIn(EMAIL, WRONG).catch(() => null);
    await signIn(EMAIL, TEST_PASSWORD);
    for (let n = 0; n < 9; n++) await signIn(EMAIL, WRONG).catch(() => null);
    await expect(signIn(EMAIL, TEST_PASSWORD)).resolves.toBeUndefined();
    const nowMs = Date.now();
    for (let n = 0; n < 10; n++) expect(await claimAttempt('x@example.org', nowMs)).toBe(true);
    expect(await claimAttempt('x@example.org', nowMs + 15 * 60_000 - 1)).toBe(false);
    expect(await claimAttempt('x@example.org', nowMs + 15 * 60_000)).toBe(true);
    expect(await db.rateLimit.count()).toBe(1);
  });
});
