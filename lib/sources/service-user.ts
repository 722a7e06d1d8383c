import type { Actor } from '#lib/auth/actor.ts';

/** Each source has a user of its own, who cannot sign in: its evidence bears that name. */
export const SERVICE_DOMAIN = 'source.invalid';
export const SERVICE_ROLE = 'analyst';

export function serviceActor(id: string, user: { readonly name: string; readonly email: string }): Actor {
  return { id, name: user.name, email: user.email, role: SERVICE_ROLE, via: 'token' };
}
