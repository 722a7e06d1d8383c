import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { nextCookies } from 'better-auth/next-js';
import { admin } from 'better-auth/plugins';
import { createAccessControl } from 'better-auth/plugins/access';
import { db } from '#lib/db/client.ts';
import { env } from '#lib/env.ts';
import { PASSWORD_MIN } from './inputs.ts';

const WEEK_SECONDS = 7 * 24 * 3_600;
const DAY_SECONDS = 24 * 3_600;

function createAuth() {
  const { HOST, PORT, JOBSIGHT_SECRET } = env();
  const accessControl = createAccessControl({ user: ['list'] });
  const nothing = accessControl.newRole({ user: [] });
  return betterAuth({
    appName: 'Jobsight',
    secret: JOBSIGHT_SECRET,
    database: prismaAdapter(db, { provider: 'postgresql' }),
    // The address is what the browser used, if it is one of ours; a fixed one would refuse localhost for 127.0.0.1.
    baseURL: {
      allowedHosts: ['localhost:*', '127.0.0.1:*', '[::1]:*', `${HOST}:*`],
      fallback: `http://localhost:${PORT}`,
    },
    telemetry: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: 256,
    },
    session: { expiresIn: WEEK_SECONDS, updateAge: DAY_SECONDS },
    rateLimit: { enabled: true, storage: 'database' },
    advanced: { cookiePrefix: 'jobsight', defaultCookieAttributes: { sameSite: 'lax', httpOnly: true } },
    plugins: [
      // Roles are decided in lib/auth/actor.ts; here nobody may do anything over HTTP, so that nothing passes beside it.
      admin({
        ac: accessControl,
        roles: { viewer: nothing, analyst: nothing, manager: nothing, admin: nothing },
        defaultRole: 'viewer',
        adminRoles: ['admin'],
      }),
      apiKey({ defaultPrefix: 'jobsight_', rateLimit: { enabled: false }, enableSessionForAPIKeys: false }),
      nextCookies(),
    ],
  });
}

let instance: ReturnType<typeof createAuth> | null = null;

/** The sign-in service of this process; made when first needed, because a build has no secret and no database. */
export function auth(): ReturnType<typeof createAuth> {
  instance ??= createAuth();
  return instance;
}
