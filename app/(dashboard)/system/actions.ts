'use server';

import { revalidatePath } from 'next/cache';
import type { z } from 'zod';
import { newTokenInput, newUserInput, tokenReference, userChange } from '#lib/auth/inputs.ts';
import { addToken, revokeToken } from '#lib/auth/tokens.ts';
import { addUser, changeUser } from '#lib/auth/users.ts';
import { userAction } from '#lib/http/action.ts';

const add = userAction(newUserInput, 'manage-users', addUser);
const change = userAction(userChange, 'manage-users', changeUser);
const issue = userAction(newTokenInput, 'manage-users', addToken);
const revoke = userAction(tokenReference, 'manage-users', (actor, { id }) => revokeToken(actor, id));

export async function addUserAction(input: z.input<typeof newUserInput>) {
  const result = await add(input);
  revalidatePath('/system');
  return result;
}

export async function changeUserAction(input: z.input<typeof userChange>) {
  const result = await change(input);
  revalidatePath('/system');
  return result;
}

export async function addTokenAction(input: z.input<typeof newTokenInput>) {
  const result = await issue(input);
  revalidatePath('/system');
  return result;
}

export async function revokeTokenAction(input: z.input<typeof tokenReference>) {
  const result = await revoke(input);
  revalidatePath('/system');
  return result;
}
