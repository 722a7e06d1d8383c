import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { httpFields, httpSettings, postJson, webhookUrl } from './http-post.ts';
import type { Batch, ChannelKind, Message } from './types.ts';

const settings = z.strictObject({ url: webhookUrl, ...httpSettings });
const secrets = z.strictObject({
  signingKey: z
    .string({ error: 'Give a signing key.' })
    .min(16, 'A signing key has at least 16 characters.')
    .max(500),
  authorization: z
    .string()
    .max(2_000)
    .regex(/^[\x20-\x7e]+$/, 'A header has printable characters only.')
    .optional(),
});

/** JSON by POST, signed. docs/notifications.md tells receivers what it holds and how to check the signature. */
export const webhook: ChannelKind<z.output<typeof settings>, z.output<typeof secrets>> = {
  kind: 'webhook',
  label: 'Webhook',
  description: 'JSON by POST to an address of yours, signed with a key.',
  fields: [
    {
      name: 'url',
      label: 'Address',
      hint: 'It is shown to all who may see channels: nothing secret in it.',
      input: 'text',
      isSecret: false,
      isRequired: true,
    },
    ...httpFields,
    {
      name: 'signingKey',
      label: 'Signing key',
      hint: 'At least 16 characters. The receiver checks the signature with it.',
      input: 'text',
      isSecret: true,
      isRequired: true,
    },
    {
      name: 'authorization',
      label: 'Header Authorization',
      hint: 'For example Bearer ….',
      input: 'text',
      isSecret: true,
      isRequired: false,
    },
  ],
  settings,
  secrets,
  send: (batch, { url, ...rest }, { signingKey, authorization }, { signal, now }) => {
    const body = JSON.stringify(webhookBody(batch));
    const headers = {
      'x-jobsight-delivery': batch.id,
      'x-jobsight-signature': signatureOf(signingKey, body, now),
      ...(authorization === undefined ? {} : { authorization }),
    };
    return postJson({ url, headers, body, settings: rest, signal, now });
  },
};

/** `t=` seconds since 1970, `v1=` HMAC-SHA256 in hexadecimal over the seconds, a full stop and the body. */
export function signatureOf(key: string, body: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')}`;
}

function webhookBody({ id, channelName, messages }: Batch): object {
  return { version: 1, id, channel: channelName, notifications: messages.map(notificationOf) };
}

function notificationOf({ id, at, title, body, link, occurrence }: Message): object {
  const { event, ...facts } = occurrence;
  return { id, event, at: at.toISOString(), title, text: body, link, facts };
}
