'use server';

import { z } from 'zod';
import { deleteEvidence } from '#lib/custody/commands.ts';
import { deletionConsequences } from '#lib/custody/queries.ts';
import { userAction } from '#lib/http/action.ts';

const reference = z.strictObject({ id: z.uuid() });

const consequences = userAction(reference, 'delete-evidence', (actor, { id }) =>
  deletionConsequences(actor, id),
);
const remove = userAction(reference, 'delete-evidence', (actor, { id }) => deleteEvidence(actor, id));

export async function askConsequences(input: z.input<typeof reference>) {
  return consequences(input);
}

export async function removeEvidence(input: z.input<typeof reference>) {
  return remove(input);
}
