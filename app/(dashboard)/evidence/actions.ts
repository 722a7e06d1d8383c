'use server';

import { z } from 'zod';
import { deleteEvidence } from '#lib/custody/commands.ts';
import { passwordInput } from '#lib/custody/inputs.ts';
import { deletionConsequences } from '#lib/custody/queries.ts';
import { unlockArchive } from '#lib/custody/unlock.ts';
import { userAction } from '#lib/http/action.ts';

const reference = z.strictObject({ id: z.uuid() });

const consequences = userAction(reference, 'delete-evidence', (actor, { id }) =>
  deletionConsequences(actor, id),
);
const unlocking = reference.extend(passwordInput.shape);

const remove = userAction(reference, 'delete-evidence', (actor, { id }) => deleteEvidence(actor, id));

const unlock = userAction(unlocking, 'add-evidence', (actor, { id, password }) =>
  unlockArchive(actor, id, password),
);

export async function askConsequences(input: z.input<typeof reference>) {
  return consequences(input);
}

export async function removeEvidence(input: z.input<typeof reference>) {
  return remove(input);
}

export async function unlockEvidence(input: z.input<typeof unlocking>) {
  return unlock(input);
}
