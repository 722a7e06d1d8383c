import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { nextCookies } from 'better-auth/next-js';
import { admin } from 'better-auth/plugins';
import { createAccessControl } from 'better-auth/plugins/access';
import { db } from '#lib/db/client.ts';
import { env } from '#lib/env.ts';
import { log } from '#lib/log.ts';
import { COOKIE_PREFIX } from './cookie.ts';
import { NAME_MAX, PASSWORD_MAX, PASSWORD_MIN } from './inputs.ts';
import { claimAttempt, forgetAttempts } from './throttle.ts';

const WEEK_SECONDS = 7 * 24 * 3_600;
const DAY_SECONDS = 24 * 3_600;
const SIGN_IN_PATH = '/sign-in/email';

function createAuth() {
  const { HOST, PORT, JOBSIGHT_SECRET } = env();
  if (JOBSIGHT_SECRET === undefined) throw new Error('JOBSIGHT_SECRET is not set; the supervisor gives it.');
  const accessControl = createAccessControl({ user: ['list'] });
  const nothing = accessControl.newRole({ user: [] });
  return betterAuth({
    appName: 'Jobsight',
    secret: JOBSIGHT_SECRET,
    database: prismaAdapter(db, { provider: 'postgresql' }),
    // The address is what the browser used, if it is one of ours; a fixed one would refuse localhost for 127.0.0.1.
    baseURL: { allowedHosts: allowedHosts(HOST), fallback: `http://localhost:${PORT}` },
    telemetry: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
    },
    session: { expiresIn: WEEK_SECONDS, updateAge: DAY_SECONDS },
    // Its own limit goes by X-Forwarded-For, which a client can choose; attempts are counted by account below.
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      // Served over plain HTTP; a Secure cookie would be dropped by browsers on any address but the local one.
      useSecureCookies: false,
      defaultCookieAttributes: { sameSite: 'lax', httpOnly: true },
    },
    logger: {
      log: (level, message) => log[level === 'error' ? 'error' : 'warn']({ detail: message }, 'sign-in'),
    },
    hooks: {
      before: createAuthMiddleware(async (context) => {
        if (context.path !== SIGN_IN_PATH) return;
        if (await claimAttempt(accountOf(context.body), Date.now())) return;
        throw new APIError('TOO_MANY_REQUESTS', { message: TOO_MANY_ATTEMPTS });
      }),
      after: createAuthMiddleware(async (context) => {
        if (context.path !== SIGN_IN_PATH || !context.context.newSession) return;
        await forgetAttempts(accountOf(context.body));
      }),
    },
    plugins: [
      // Roles are decided in lib/auth/actor.ts; here nobody may do anything over HTTP, so that nothing passes beside it.
      admin({
        ac: accessControl,
        roles: { viewer: nothing, analyst: nothing, manager: nothing, admin: nothing },
        defaultRole: 'viewer',
        adminRoles: ['admin'],
      }),
      // A key never opens a session: lib/auth/tokens.ts looks at its user too, which may be disabled.
      apiKey({
        defaultPrefix: 'jobsight_',
        maximumNameLength: NAME_MAX,
        rateLimit: { enabled: false },
        enableSessionForAPIKeys: false,
      }),
      nextCookies(),
    ],
  });
}

export const TOO_MANY_ATTEMPTS = 'Too many wrong passwords for this account. Wait 15 minutes and try again.';

/** Names that a browser may reach the server by. One that listens on every interface has any name. */
function allowedHosts(host: string): string[] {
  if (host === '0.0.0.0' || host === '::') return ['*'];
  const name = host.includes(':') ? `[${host}]` : host;
  return ['localhost', '127.0.0.1', '[::1]', name].flatMap((one) => [one, `${one}:*`]);
}

/** Body of a sign-in that was not checked yet. */
function accountOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'email' in body ? String(body.email) : '';
}

let instance: ReturnType<typeof createAuth> | null = null;

/** The sign-in service of this process; made when first needed, because a build has no secret and no database. */
export function auth(): ReturnType<typeof createAuth> {
  instance ??= createAuth();
  return instance;
}
