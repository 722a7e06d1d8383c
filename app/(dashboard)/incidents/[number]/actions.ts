'use server';

import { revalidatePath } from 'next/cache';
import type { z } from 'zod';
import { triageChange } from '#components/findings/inputs.ts';
import { userAction } from '#lib/http/action.ts';
import { updateIncident } from '#lib/risk/incident-commands.ts';

const change = userAction(triageChange, 'triage', async (actor, { number, change: wanted }) => {
  await updateIncident(actor, String(number), wanted);
  revalidatePath('/', 'layout');
  return { version: wanted.version + 1 };
});

export async function changeIncident(input: z.input<typeof triageChange>) {
  return change(input);
}
