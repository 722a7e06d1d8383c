import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import type { Actor } from './actor.ts';
import { PATH_HEADER, signInAddress } from './next-path.ts';
import { actorFromHeaders } from './request.ts';
import { isSetupNeeded } from './setup.ts';

/**
 * Who looks at the page; null when nobody is signed in. Asked once a request. By cookies() and not by the request's
 * header, because a page that is shown after an action must see the session that the action has opened.
 */
export const currentActor = cache(
  async (): Promise<Actor | null> => actorFromHeaders(new Headers({ cookie: (await cookies()).toString() })),
);

/** Who looks at the page; without anybody, on to the sign-in (or, before the first user, to how to make one). */
export async function requireActor(): Promise<Actor> {
  const actor = await currentActor();
  if (actor) return actor;
  redirect((await isSetupNeeded()) ? '/setup' : signInAddress((await headers()).get(PATH_HEADER)));
}
