import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import { type Actor, type Permission, requirePermission } from '#lib/auth/actor.ts';
import { currentActor } from '#lib/auth/current.ts';
import { AppError } from '#lib/errors.ts';
import { type ErrorInfo, errorInfo } from './problem.ts';

export type ActionResult<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly error: ErrorInfo };

/** One server action: authenticate → authorize → parse → one call into lib → plain result, never a thrown error. */
export function userAction<S extends z.ZodType, T>(
  schema: S,
  permission: Permission,
  perform: (actor: Actor, input: z.output<S>) => Promise<T>,
): (input: z.input<S>) => Promise<ActionResult<T>> {
  return async (input) => {
    try {
      const actor = await currentActor();
      if (!actor)
        throw new AppError('not-signed-in', 'Your session has ended. Sign in again; nothing was changed.');
      requirePermission(actor, permission);
      return { ok: true, data: await perform(actor, schema.parse(input)) };
    } catch (error) {
      // A redirect is thrown, too, and is Next's to handle.
      unstable_rethrow(error);
      return { ok: false, error: errorInfo(error) };
    }
  };
}
