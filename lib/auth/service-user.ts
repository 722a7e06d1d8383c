import type { Actor } from './actor.ts';

/** Role of what adds evidence by itself, such as a source or a collector token, under a user of its own. */
const SERVICE_ROLE = 'analyst';

/** The row of such a user. Banned: nobody may sign in as it. No mail reaches its address. */
export function serviceUser(id: string, name: string, domain: `${string}.invalid`) {
  return { id, name, role: SERVICE_ROLE, email: `${id}@${domain}`, banned: true };
}

/** Such a user as the one who acts. */
export function serviceActor(id: string, user: { readonly name: string; readonly email: string }): Actor {
  return { id, name: user.name, email: user.email, role: SERVICE_ROLE, via: 'token' };
}
