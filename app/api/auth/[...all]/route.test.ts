import { beforeAll, describe, expect, it } from 'vitest';
import { addTestUser, sessionCookie } from '#lib/auth/testing.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { POST } from './route.ts';

useTestDatabase();

const EMAIL = 'admin@example.org';
beforeAll(() => addTestUser('admin'));

describe('endpoints of better-auth', () => {
  it.each([
    'sign-up/email',
    'admin/create-user',
    'admin/set-role',
    'admin/impersonate-user',
    'api-key/create',
    'change-password',
    'change-email',
    'update-user',
    'delete-user',
  ])('%s is shut, for an administrator too', async (path) => {
    const cookie = await sessionCookie(EMAIL);
    const response = await POST(
      new Request(`http://localhost:3000/api/auth/${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          origin: 'http://localhost:3000',
          host: 'localhost:3000',
          cookie,
        },
        body: '{}',
      }),
    );
    expect(response.status).toBe(404);
  });

  it.each([
    ['http://localhost:3000', 200],
    ['http://127.0.0.1:3000', 403],
    ['http://evil.example', 403],
  ])('sign-out with the origin %s is answered with %i', async (origin, status) => {
    const response = await POST(
      new Request('http://localhost:3000/api/auth/sign-out', {
        method: 'POST',
        headers: { origin, host: 'localhost:3000', cookie: await sessionCookie(EMAIL) },
      }),
    );
    expect(response.status).toBe(status);
  });
});
