import { z } from 'zod';
import { httpFields, httpSettings, postJson, webhookUrl } from './http-post.ts';
import { digestOf } from './message.ts';
import { clipped } from './text.ts';
import type { Batch, ChannelKind } from './types.ts';

const settings = z.strictObject(httpSettings);
const secrets = z.strictObject({ url: webhookUrl });

/** Slack's incoming webhooks: docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. */
export const slack: ChannelKind<z.output<typeof settings>, z.output<typeof secrets>> = {
  kind: 'slack',
  label: 'Slack',
  description: 'A message in a Slack channel, through an incoming webhook.',
  fields: [
    {
      name: 'url',
      label: 'Address of the incoming webhook',
      hint: 'https://hooks.slack.com/services/…; whoever knows it can write to the channel.',
      input: 'text',
      isSecret: true,
      isRequired: true,
    },
    ...httpFields,
  ],
  settings,
  secrets,
  send: (batch, rest, { url }, { signal, now }) =>
    postJson({ url, body: JSON.stringify(slackMessage(batch)), settings: rest, signal, now }),
};

// docs.slack.dev/reference/block-kit: header block 150 characters, text object 3,000, 50 blocks a message.
const HEADER_MAX = 150;
const TEXT_MAX = 3_000;
const LINES_MAX = 45;

/**
 * Blocks, and a text for where blocks are not shown. What evidence says stands in objects of type plain_text, in which
 * Slack reads no markup; the fallback has `mrkdwn` off and Slack's three characters escaped
 * (docs.slack.dev/messaging/formatting-message-text, "Escaping text").
 */
export function slackMessage({ messages }: Batch): object {
  const [{ title, body, link }] = messages;
  if (messages.length === 1) {
    return {
      text: escaped(clipped(title, TEXT_MAX)),
      mrkdwn: false,
      blocks: [
        header(title),
        ...(body.trim() === '' ? [] : [{ type: 'section', text: plain(body) }]),
        { type: 'section', text: linked(link, 'Open in Jobsight') },
      ],
    };
  }
  const digest = digestOf(messages);
  const surplus = digest.lines.length - LINES_MAX;
  return {
    text: escaped(digest.title),
    mrkdwn: false,
    blocks: [
      header(digest.title),
      ...digest.lines.slice(0, LINES_MAX).map((line) => ({
        type: 'context',
        elements: [plain(line.text), linked(line.link, 'Open')],
      })),
      ...(surplus > 0 ? [{ type: 'section', text: plain(`and ${surplus} more`) }] : []),
    ],
  };
}

const plain = (text: string) => ({ type: 'plain_text', text: clipped(text, TEXT_MAX), emoji: false });
const header = (text: string) => ({
  type: 'header',
  text: { type: 'plain_text', text: clipped(text, HEADER_MAX), emoji: false },
});
/** The address is ours; nothing in it ends the link. */
const linked = (link: string, label: string) => ({
  type: 'mrkdwn',
  text: `<${link.replace(/[<>|&]/g, encodeURIComponent)}|${label}>`,
  verbatim: true,
});
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
