'use server';

import { revalidatePath } from 'next/cache';
import type { z } from 'zod';
import { noteFor, type TextRequest, textRequest, triageChange } from '#components/findings/inputs.ts';
import { cutText, textAt } from '#components/findings/text-part.ts';
import { AppError } from '#lib/errors.ts';
import { addNote, updateFinding } from '#lib/findings/commands.ts';
import { getFinding } from '#lib/findings/queries.ts';
import { userAction } from '#lib/http/action.ts';

const change = userAction(triageChange, 'triage', async (actor, { number, change: wanted }) => {
  await updateFinding(actor, String(number), wanted);
  revalidatePath('/', 'layout');
  return { version: wanted.version + 1 };
});
const note = userAction(noteFor, 'triage', async (actor, { number, note: { text } }) => {
  await addNote(actor, String(number), text);
  revalidatePath('/', 'layout');
});
const readText = userAction(textRequest, 'read', async (actor, { number, source, from, size }) => {
  const found = textAt(await getFinding(actor, String(number)), source);
  if (!found) throw new AppError('not-found', 'This text is not there any more. Load the page again.');
  return cutText(found.text, from, size, found.ranges);
});

export async function changeFinding(input: z.input<typeof triageChange>) {
  return change(input);
}

export async function addFindingNote(input: z.input<typeof noteFor>) {
  return note(input);
}

export async function readFindingText(input: TextRequest) {
  return readText(input);
}
