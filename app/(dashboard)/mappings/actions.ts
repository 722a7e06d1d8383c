'use server';

import { z } from 'zod';
import { deleteMapping as forget } from '#lib/custody/mappings.ts';
import { userAction } from '#lib/http/action.ts';

const reference = z.strictObject({ key: z.string().regex(/^[0-9a-f]{64}$/) });

const remove = userAction(reference, 'add-evidence', (actor, { key }) => forget(actor, key));

export async function deleteMapping(input: z.input<typeof reference>) {
  return remove(input);
}
