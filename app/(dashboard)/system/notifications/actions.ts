'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { userAction } from '#lib/http/action.ts';
import {
  addChannel,
  changeChannel,
  removeChannel,
  resendFailed,
  testChannel,
} from '#lib/notifications/commands.ts';
import { channelChange, channelReference, newChannel } from '#lib/notifications/inputs.ts';

const saveInput = z.strictObject({
  kind: z.string(),
  id: z.uuid().nullable(),
  version: z.int().nullable(),
  channel: z.looseObject({ secrets: z.record(z.string(), z.unknown()).nullable() }),
});
const enableInput = channelReference.extend({ version: z.int(), isEnabled: z.boolean() });

const save = userAction(saveInput, 'manage-sources', async (actor, { kind, id, version, channel }) => {
  const { secrets, ...rest } = channel;
  if (id === null) return addChannel(actor, newChannel.parse({ ...rest, kind, secrets: secrets ?? {} }));
  await changeChannel(
    actor,
    id,
    channelChange.parse({ ...rest, version, ...(secrets === null ? {} : { secrets }) }),
  );
  return { id };
});
const enable = userAction(enableInput, 'manage-sources', (actor, { id, ...change }) =>
  changeChannel(actor, id, channelChange.parse(change)),
);
const test = userAction(channelReference, 'manage-sources', (actor, { id }) => testChannel(actor, id));
const resend = userAction(channelReference, 'manage-sources', (actor, { id }) => resendFailed(actor, id));
const remove = userAction(channelReference, 'manage-sources', (actor, { id }) => removeChannel(actor, id));

type Reference = z.input<typeof channelReference>;

export async function saveChannelAction(input: z.input<typeof saveInput>) {
  return changed(await save(input));
}

export async function enableChannelAction(input: z.input<typeof enableInput>) {
  return changed(await enable(input));
}

export async function testChannelAction(input: Reference) {
  return test(input);
}

export async function resendFailedAction(input: Reference) {
  return changed(await resend(input));
}

export async function removeChannelAction(input: Reference) {
  return changed(await remove(input));
}

function changed<T>(result: T): T {
  revalidatePath('/system/notifications', 'layout');
  return result;
}
