import type { Actor } from './actor.ts';
import { auth } from './auth.ts';
import { actorFromToken, roleOf } from './tokens.ts';

/** Who sends these headers: by bearer token, else by session cookie. Null: nobody. */
export async function actorFromHeaders(headers: Headers): Promise<Actor | null> {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (bearer !== undefined) return actorFromToken(bearer);
  const session = await auth()
    .api.getSession({ headers })
    .catch(() => null);
  if (!session) return null;
  const { id, name, email, role, banned } = session.user;
  return banned ? null : { id, name, email, role: roleOf(role), via: 'session' };
}
