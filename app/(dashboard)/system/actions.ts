'use server';

import { revalidatePath } from 'next/cache';
import type { z } from 'zod';
import { newTokenInput, newUserInput, tokenReference, userChange } from '#lib/auth/inputs.ts';
import { addToken, revokeToken } from '#lib/auth/tokens.ts';
import { addUser, changeUser } from '#lib/auth/users.ts';
import { collectorTokenChange, newCollectorToken } from '#lib/collector/inputs.ts';
import { addCollectorToken, changeCollectorToken, MANAGE_COLLECTOR } from '#lib/collector/tokens.ts';
import { userAction } from '#lib/http/action.ts';

const add = userAction(newUserInput, 'manage-users', addUser);
const change = userAction(userChange, 'manage-users', changeUser);
const issue = userAction(newTokenInput, 'manage-users', addToken);
const revoke = userAction(tokenReference, 'manage-users', (actor, { id }) => revokeToken(actor, id));
const issueCollector = userAction(newCollectorToken, MANAGE_COLLECTOR, addCollectorToken);
const changeCollector = userAction(collectorTokenChange, MANAGE_COLLECTOR, changeCollectorToken);

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

export async function addCollectorTokenAction(input: z.input<typeof newCollectorToken>) {
  const result = await issueCollector(input);
  revalidatePath('/system');
  return result;
}

export async function changeCollectorTokenAction(input: z.input<typeof collectorTokenChange>) {
  const result = await changeCollector(input);
  revalidatePath('/system');
  return result;
}
