'use server';

import { revalidatePath } from 'next/cache';
import type { z } from 'zod';
import { changeOneByOne } from '#components/findings/bulk.ts';
import { type BulkChange, bulkChange, findingRef } from '#components/findings/inputs.ts';
import { toPreview } from '#components/findings/preview.ts';
import { updateFinding } from '#lib/findings/commands.ts';
import { findingChange } from '#lib/findings/inputs.ts';
import { getFinding } from '#lib/findings/queries.ts';
import { userAction } from '#lib/http/action.ts';

const change = userAction(bulkChange, 'triage', async (actor, { items, change: wanted }) => {
  // The rules for closing hold for many as for one; version 1 stands for all of them.
  findingChange.parse({ ...wanted, version: 1 });
  const result = await changeOneByOne(items, {
    read: (number) => getFinding(actor, String(number)),
    write: (number, version) => updateFinding(actor, String(number), { ...wanted, version }),
  });
  revalidatePath('/', 'layout');
  return result;
});
const preview = userAction(findingRef, 'read', async (actor, { number }) =>
  toPreview(await getFinding(actor, String(number))),
);

export async function changeFindings(input: BulkChange) {
  return change(input);
}

export async function previewFinding(input: z.input<typeof findingRef>) {
  return preview(input);
}
