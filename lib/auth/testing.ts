/** Users for tests that need a real sign-in; call after useTestDatabase(). */
import { db } from '#lib/db/client.ts';
import type { Role } from './actor.ts';
import { auth } from './auth.ts';
import { hashPassword, insertPerson } from './users.ts';

process.env.JOBSIGHT_SECRET ??= 'a secret of tests alone, longer than 32';

export const TEST_PASSWORD = 'correct horse battery staple';

let hash: Promise<string> | null = null;

/** Makes a user who can sign in with TEST_PASSWORD. */
export async function addTestUser(role: Role, email = `${role}@example.org`): Promise<void> {
  // Costly on purpose, so once a file.
  hash ??= hashPassword(TEST_PASSWORD);
  const passwordHash = await hash;
  await db.$transaction((tx) => insertPerson(tx, { name: `Test ${role}`, email, role, passwordHash }, null));
}

/** Signs in over HTTP; the session cookie as a browser sends it. */
export async function sessionCookie(email: string, password = TEST_PASSWORD): Promise<string> {
  const response = await postSignIn(email, password);
  if (!response.ok) throw new Error(`sign-in of ${email}: ${response.status}`);
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}

export function postSignIn(email: string, password: string): Promise<Response> {
  return auth().handler(
    new Request('http://localhost:3000/api/auth/sign-in/email', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        host: 'localhost:3000',
        origin: 'http://localhost:3000',
      },
      body: JSON.stringify({ email, password }),
    }),
  );
}
