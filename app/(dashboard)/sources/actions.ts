'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { userAction } from '#lib/http/action.ts';
import {
  addSource,
  backfillSource,
  cancelPulls,
  changeSource,
  pullNow,
  removeSource,
  testSource,
} from '#lib/sources/commands.ts';
import { backfillInput, newSource, sourceChange } from '#lib/sources/inputs.ts';

const reference = z.strictObject({ id: z.string().min(1).max(100) });
const saveInput = z.strictObject({
  kind: z.string(),
  id: z.string().max(100).nullable(),
  version: z.int().nullable(),
  source: z.looseObject({ secrets: z.record(z.string(), z.unknown()).nullable() }),
});
const backfillFor = reference.extend(backfillInput.shape);
const cancelInput = reference.extend({ pullId: z.uuid().nullable() });
const enableInput = reference.extend({ version: z.int(), isEnabled: z.boolean() });

const save = userAction(saveInput, 'manage-sources', async (actor, { kind, id, version, source }) => {
  const { secrets, ...rest } = source;
  if (id === null) return addSource(actor, newSource.parse({ ...rest, kind, secrets: secrets ?? {} }));
  await changeSource(
    actor,
    id,
    sourceChange.parse({ ...rest, version, ...(secrets === null ? {} : { secrets }) }),
  );
  return { id };
});
const test = userAction(reference, 'manage-sources', (actor, { id }) => testSource(actor, id));
const pull = userAction(reference, 'add-evidence', (actor, { id }) => pullNow(actor, id));
const backfill = userAction(backfillFor, 'manage-sources', (actor, { id, ...input }) =>
  backfillSource(actor, id, backfillInput.parse(input)),
);
const cancel = userAction(cancelInput, 'manage-sources', (actor, { id, pullId }) =>
  cancelPulls(actor, id, pullId),
);
const remove = userAction(reference, 'manage-sources', (actor, { id }) => removeSource(actor, id));
const enable = userAction(enableInput, 'manage-sources', (actor, { id, ...change }) =>
  changeSource(actor, id, sourceChange.parse(change)),
);

export async function saveSourceAction(input: z.input<typeof saveInput>) {
  return changed(await save(input));
}

export async function testSourceAction(input: z.input<typeof reference>) {
  return changed(await test(input));
}

export async function pullSourceAction(input: z.input<typeof reference>) {
  return changed(await pull(input));
}

export async function backfillSourceAction(input: z.input<typeof backfillFor>) {
  return changed(await backfill(input));
}

export async function cancelPullsAction(input: z.input<typeof cancelInput>) {
  return changed(await cancel(input));
}

export async function removeSourceAction(input: z.input<typeof reference>) {
  return changed(await remove(input));
}

export async function enableSourceAction(input: z.input<typeof enableInput>) {
  return changed(await enable(input));
}

function changed<T>(result: T): T {
  revalidatePath('/sources', 'layout');
  return result;
}
