import path from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { can, type Permission, ROLES, type Role } from '#lib/auth/actor.ts';
import { addTestUser, sessionCookie } from '#lib/auth/testing.ts';
import { createApiToken } from '#lib/auth/tokens.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import type { Access } from './access.ts';
import { ACTIONS, type ActionAccess, ROUTES, type RouteAccess } from './permission-table.ts';
import { addressOf, filesOf, ROOT } from './testing.ts';

// What Next gives an action during a request; all else is real.
const request = vi.hoisted(() => ({ cookie: '' }));
vi.mock('next/headers', () => ({
  headers: async () => new Headers(),
  cookies: async () => ({ toString: () => request.cookie }),
}));
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }));

useTestDatabase();

type Caller = Role | 'nobody';
const CALLERS: readonly Caller[] = ['nobody', ...ROLES];
const cookies = new Map<Caller, string>();
const tokens = new Map<Caller, string>();

beforeAll(async () => {
  for (const role of ROLES) {
    await addTestUser(role);
    cookies.set(role, await sessionCookie(`${role}@example.org`));
    tokens.set(role, (await createApiToken({ role, name: `${role} token` })).token);
  }
});

type Outcome = 'not-signed-in' | 'forbidden' | 'let in';

function expected(caller: Caller, permission: Permission): Outcome {
  if (caller === 'nobody') return 'not-signed-in';
  const actor = { id: '', name: '', email: '', role: caller, via: 'token' } as const;
  return can(actor, permission) ? 'let in' : 'forbidden';
}

const isGuarded = <T extends { access: Access }>(one: T): one is T & { access: Permission } =>
  typeof one.access === 'string';
const load = (file: string): Promise<Record<string, unknown>> =>
  import(/* @vite-ignore */ path.join(ROOT, file));

type Handler = (request: Request, context: object) => Promise<Response>;
type ActionAnswer = { readonly ok: true } | { readonly ok: false; readonly error: { readonly code: string } };

const OUTCOME_OF: Readonly<Record<string | number, Outcome>> = {
  401: 'not-signed-in',
  403: 'forbidden',
  'not-signed-in': 'not-signed-in',
  forbidden: 'forbidden',
};

/** Fits the parameter of any route and names nothing that exists. */
const MISSING = '00000000-0000-7000-8000-000000000000';

async function callRoute({ method, path: address }: RouteAccess, caller: Caller): Promise<Outcome> {
  const file = filesOf('app/**/route.{ts,tsx}').find((one) => addressOf(one) === address);
  const handler = (await load(file ?? ''))[method] as Handler;
  const names = [...address.matchAll(/\[+(?:\.\.\.)?(\w+)\]+/g)].map(([, name]) => name);
  const url = `http://localhost:3000${address.replace(/\[+[^\]]*\]+/g, MISSING)}`;
  const token = tokens.get(caller);
  const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` });
  const params = Promise.resolve(Object.fromEntries(names.map((name) => [name, MISSING])));
  const response = await handler(new Request(url, { method, headers }), { params });
  await response.body?.cancel();
  return OUTCOME_OF[response.status] ?? 'let in';
}

async function callAction({ file, name }: ActionAccess, caller: Caller): Promise<Outcome> {
  request.cookie = cookies.get(caller) ?? '';
  const action = (await load(file))[name] as (input: unknown) => Promise<ActionAnswer>;
  // No action takes this as input, so none does anything; who is let in is told so.
  const answer = await action(undefined);
  return answer.ok ? 'let in' : (OUTCOME_OF[answer.error.code] ?? 'let in');
}

const routes = ROUTES.map((one) => ({
  what: `${one.method} ${one.path}`,
  access: one.access,
  call: (caller: Caller) => callRoute(one, caller),
}));
const actions = ACTIONS.map((one) => ({
  what: `${one.file} ${one.name}`,
  access: one.access,
  call: (caller: Caller) => callAction(one, caller),
}));

describe.each([...routes, ...actions].filter(isGuarded))('$what', ({ access, call }) => {
  it.each(CALLERS)(`treats %s as the permission ${access} says`, async (caller) => {
    expect(await call(caller)).toBe(expected(caller, access));
  });
});
