import { AppError } from '#lib/errors.ts';
import { email } from './email.ts';
import { slack } from './slack.ts';
import { syslog } from './syslog.ts';
import { teams } from './teams.ts';
import type { ChannelKind } from './types.ts';
import { webhook } from './webhook.ts';

/** Every kind of channel. To add one: a file beside this one, and a line here. */
export const CHANNEL_KINDS: readonly ChannelKind[] = [
  anyKind(email),
  anyKind(slack),
  anyKind(teams),
  anyKind(webhook),
  anyKind(syslog),
];

/** A kind is only given what its own schemas have read, so the types of these may be forgotten. */
function anyKind<Settings, Secrets>(kind: ChannelKind<Settings, Secrets>): ChannelKind {
  return kind as unknown as ChannelKind;
}

/** Throws AppError `invalid-input`. */
export function channelKind(name: string): ChannelKind {
  const kind = CHANNEL_KINDS.find((one) => one.kind === name);
  if (!kind) throw new AppError('invalid-input', 'There is no such kind of channel.', { field: 'kind' });
  return kind;
}
