'use server';

import { z } from 'zod';
import { changeEvidence as change } from '#lib/custody/change.ts';
import { deleteEvidence } from '#lib/custody/commands.ts';
import { evidenceChange, passwordInput, previewInput } from '#lib/custody/inputs.ts';
import { previewReading } from '#lib/custody/preview.ts';
import { deletionConsequences } from '#lib/custody/queries.ts';
import { unlockArchive } from '#lib/custody/unlock.ts';
import { userAction } from '#lib/http/action.ts';

const reference = z.strictObject({ id: z.uuid() });

const consequences = userAction(reference, 'delete-evidence', (actor, { id }) =>
  deletionConsequences(actor, id),
);
const unlocking = reference.extend(passwordInput.shape);
const changing = reference.extend({ change: evidenceChange });
const previewing = reference.extend(previewInput.shape);

const remove = userAction(reference, 'delete-evidence', (actor, { id }) => deleteEvidence(actor, id));

const unlock = userAction(unlocking, 'add-evidence', (actor, { id, password }) =>
  unlockArchive(actor, id, password),
);

const answer = userAction(changing, 'add-evidence', (actor, input) => change(actor, input.id, input.change));

const preview = userAction(previewing, 'read', (actor, { id, ...reading }) =>
  previewReading(actor, id, reading),
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

export async function changeEvidence(input: z.input<typeof changing>) {
  return answer(input);
}

export async function previewEvidence(input: z.input<typeof previewing>) {
  return preview(input);
}
