import type { Actor } from './actor.ts';
import { auth } from './auth.ts';
import { actorFromBearer, roleOf } from './tokens.ts';

/** Who sends these headers: by API token when there is an Authorization header, else by session cookie. Null: nobody. */
export async function actorFromHeaders(headers: Headers): Promise<Actor | null> {
  const authorization = headers.get('authorization');
  if (authorization !== null) return actorFromBearer(authorization);
  const session = await auth().api.getSession({ headers });
  if (!session) return null;
  const { id, name, email, role, banned } = session.user;
  return banned ? null : { id, name, email, role: roleOf(role), via: 'session' };
}
