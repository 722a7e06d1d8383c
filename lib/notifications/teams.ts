import { z } from 'zod';
import { httpFields, httpSettings, postJson, webhookUrl } from './http-post.ts';
import { digestOf } from './message.ts';
import { clipped } from './text.ts';
import type { Batch, ChannelKind } from './types.ts';

const settings = z.strictObject(httpSettings);
const secrets = z.strictObject({ url: webhookUrl });

/** Teams' workflow "Send webhook alerts to a channel": learn.microsoft.com/power-automate/teams/send-a-message-in-teams. */
export const teams: ChannelKind<z.output<typeof settings>, z.output<typeof secrets>> = {
  kind: 'teams',
  label: 'Microsoft Teams',
  description: 'A card in a channel or chat of Teams, through a workflow that takes webhook requests.',
  fields: [
    {
      name: 'url',
      label: 'Address of the workflow',
      hint: 'From "When a Teams webhook request is received"; whoever knows it can write there.',
      input: 'text',
      isSecret: true,
      isRequired: true,
    },
    ...httpFields,
  ],
  settings,
  secrets,
  send: (batch, rest, { url }, { signal, now }) =>
    postJson({ url, body: JSON.stringify(teamsMessage(batch)), settings: rest, signal, now }),
};

/** Teams takes messages of at most 28 KB (learn.microsoft.com/microsoftteams/limits-specifications-teams). */
const BODY_MAX = 8_000;
const LINES_MAX = 60;
const DIGEST_LINE_MAX = 200;

/**
 * An Adaptive Card 1.4 (adaptivecards.io/explorer) as the attachment of a message. TextBlock and FactSet read Markdown;
 * a TextRun within a RichTextBlock does not, so all texts are such.
 */
export function teamsMessage({ messages }: Batch): object {
  const [{ title, body, link }] = messages;
  if (messages.length === 1)
    return cardMessage(
      [block(title, { weight: 'Bolder', size: 'Medium' }), ...linesOf(body).map((line) => block(line))],
      [{ type: 'Action.OpenUrl', title: 'Open in Jobsight', url: link }],
    );
  const digest = digestOf(messages);
  const surplus = digest.lines.length - LINES_MAX;
  return cardMessage(
    [
      block(digest.title, { weight: 'Bolder', size: 'Medium' }),
      ...digest.lines.slice(0, LINES_MAX).map((line) =>
        block(clipped(line.text, DIGEST_LINE_MAX), {
          selectAction: { type: 'Action.OpenUrl', url: line.link },
        }),
      ),
      ...(surplus > 0 ? [block(`and ${surplus} more`)] : []),
    ],
    [],
  );
}

function linesOf(body: string): readonly string[] {
  return clipped(body, BODY_MAX)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, LINES_MAX);
}

const block = (text: string, run: object = {}) => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text, ...run }],
});

function cardMessage(body: readonly object[], actions: readonly object[]): object {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body,
          actions,
        },
      },
    ],
  };
}
