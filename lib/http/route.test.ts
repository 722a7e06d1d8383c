import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addTestUser, sessionCookie } from '#lib/auth/testing.ts';
import { createApiToken } from '#lib/auth/tokens.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { AppError } from '#lib/errors.ts';
import { BODY_MAX_BYTES } from './body.ts';
import { apiRoute } from './route.ts';

useTestDatabase();

const ADDRESS = 'http://localhost:3000/api/v1/things';
let cookie = '';
let viewerToken = '';
let analystToken = '';

beforeAll(async () => {
  await addTestUser('analyst');
  cookie = await sessionCookie('analyst@example.org');
  viewerToken = (await createApiToken({ role: 'viewer', name: 'reader' })).token;
  analystToken = (await createApiToken({ role: 'analyst', name: 'script' })).token;
});

const echo = apiRoute({
  permission: 'triage',
  params: z.object({ id: z.string().max(5) }),
  query: z.object({ tag: z.union([z.string(), z.array(z.string())]).optional() }),
  body: z.strictObject({ size: z.coerce.bigint() }),
  handler: async ({ actor, params, query, body }) => ({ role: actor.role, ...params, ...query, ...body }),
});

type Send = { query?: string; headers?: Record<string, string>; body?: string; id?: string };

function send(route: typeof echo, { query = '', headers = {}, body = '{"size":7}', id = 'a' }: Send) {
  const request = new Request(ADDRESS + query, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', host: 'localhost:3000', ...headers },
  });
  return route(request, { params: Promise.resolve({ id }) });
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('apiRoute', () => {
  it('gives the handler who acts and what was parsed', async () => {
    const response = await send(echo, { query: '?tag=x&tag=y', headers: bearer(analystToken) });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ role: 'analyst', id: 'a', tag: ['x', 'y'], size: '7' });
  });

  it('asks who it is and what they may before it looks at the input', async () => {
    const wrong = { body: 'not JSON' };
    expect((await send(echo, wrong)).status).toBe(401);
    expect((await send(echo, { ...wrong, headers: bearer(viewerToken) })).status).toBe(403);
    expect((await send(echo, { ...wrong, headers: bearer(analystToken) })).status).toBe(400);
  });

  it('refuses a wrong token even when a session cookie comes with it', async () => {
    const response = await send(echo, { headers: { ...bearer('jobsight_wrong'), cookie } });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
  });

  it.each([
    ['the same site', { origin: 'http://localhost:3000' }, 200],
    ['a program without Origin', {}, 200],
    ['another site', { origin: 'http://evil.example' }, 403],
    ['another port', { origin: 'http://localhost:3001' }, 403],
    ['a sandboxed page', { origin: 'null' }, 403],
    ['another site that hides its Origin', { 'sec-fetch-site': 'cross-site' }, 403],
  ])(
    'with a session cookie, a change from %s is answered with %s',
    async (_, headers: Record<string, string>, status) => {
      expect((await send(echo, { headers: { ...headers, cookie } })).status).toBe(status);
    },
  );

  it.each([
    ['not JSON', { body: '{' }, 400],
    ['of a type that forms can send', { headers: { 'content-type': 'text/plain' } }, 400],
    ['with a field too many', { body: '{"size":1,"admin":true}' }, 400],
    ['over 1 MiB', { body: `${' '.repeat(BODY_MAX_BYTES)}{"size":7}` }, 413],
  ])('refuses a body that is %s', async (_, { body, headers }: Send, status) => {
    const response = await send(echo, { body, headers: { ...bearer(analystToken), ...headers } });
    expect(response.status).toBe(status);
  });

  it('reads no more of a body than it may', async () => {
    let givenBytes = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        givenBytes += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const request = new Request(ADDRESS, {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: { 'content-type': 'application/json', ...bearer(analystToken) },
    } as RequestInit);
    const response = await echo(request, { params: Promise.resolve({ id: 'a' }) });
    expect(response.status).toBe(413);
    expect(givenBytes).toBeLessThan(BODY_MAX_BYTES + 5 * 65_536);
  });

  it('answers expected errors with their words and others with a reference only', async () => {
    const failing = (error: Error) =>
      apiRoute({
        permission: 'read',
        handler: async () => {
          throw error;
        },
      });
    const context = { params: Promise.resolve({}) };
    const request = () => new Request(ADDRESS, { headers: bearer(viewerToken) });
    const expected = await failing(new AppError('not-found', 'It is gone.'))(request(), context);
    expect([expected.status, (await expected.json()).detail]).toEqual([404, 'It is gone.']);
    const unexpected = await failing(new Error('secret'))(request(), context);
    expect([unexpected.status, (await unexpected.text()).includes('secret')]).toEqual([500, false]);
  });
});
