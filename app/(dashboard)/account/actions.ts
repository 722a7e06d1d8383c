'use server';

import { headers } from 'next/headers';
import type { z } from 'zod';
import { passwordChange } from '#lib/auth/inputs.ts';
import { signInWithPassword } from '#lib/auth/sign-in.ts';
import { changeOwnPassword } from '#lib/auth/users.ts';
import { userAction } from '#lib/http/action.ts';

const change = userAction(passwordChange, 'read', async (actor, input) => {
  await changeOwnPassword(actor, input);
  // All sessions ended; this browser gets a new one.
  await signInWithPassword(await headers(), { email: actor.email, password: input.newPassword });
});

export async function changePassword(input: z.input<typeof passwordChange>) {
  return change(input);
}
