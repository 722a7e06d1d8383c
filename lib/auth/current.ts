import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import type { Actor } from './actor.ts';
import { actorFromHeaders } from './request.ts';
import { isSetupNeeded } from './setup.ts';

/** Who looks at the page; null when nobody is signed in. Asked once a request. */
export const currentActor = cache(async (): Promise<Actor | null> => actorFromHeaders(await headers()));

/** Who looks at the page, or on to the sign-in (or, before the first user, a page that says how to make one). */
export async function requireActor(): Promise<Actor> {
  const actor = await currentActor();
  if (actor) return actor;
  redirect((await isSetupNeeded()) ? '/setup' : '/sign-in');
}
