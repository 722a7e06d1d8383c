import type { NotificationChannel } from '#lib/db/generated/client.ts';
import { type JsonValue, jsonFromPostgres } from '#lib/db/postgres-text.ts';
import { env } from '#lib/env.ts';
import { decryptSecret, SecretError } from '#lib/sources/secrets.ts';
import { channelKind } from './kinds.ts';
import { messageOf } from './message.ts';
import { clipped } from './text.ts';
import { type Batch, ChannelError, type Occurrence } from './types.ts';

export type Outgoing = { readonly id: string; readonly occurrence: Occurrence; readonly at: Date };

export type SendTools = {
  /** JOBSIGHT_SECRET */
  readonly secret: string;
  readonly signal: AbortSignal;
};

/** A receiver that does not answer within this is tried again later. */
const SEND_MS = 30_000;
const SHOWN_MAX = 400;

/**
 * Sends occurrences through a channel, at once. @returns what came back, without secrets, even if the receiver repeats
 * them. Throws ChannelError, its message without secrets, too.
 */
export async function sendThrough(
  channel: NotificationChannel,
  outgoing: readonly [Outgoing, ...Outgoing[]],
  { secret, signal }: SendTools,
  now: Date,
): Promise<string> {
  const kind = channelKind(channel.kind);
  const secrets = openSecrets(channel, secret);
  const [first, ...others] = outgoing.map((one) => messageOf(one, tellingOf(channel)));
  if (!first) throw new Error('nothing to send');
  const batch: Batch = { id: first.id, channelName: channel.name, messages: [first, ...others] };
  const timely = AbortSignal.any([signal, AbortSignal.timeout(SEND_MS)]);
  try {
    const answer = await kind.send(
      batch,
      kind.settings.parse(jsonFromPostgres(channel.settings as JsonValue)),
      kind.secrets.parse(secrets),
      { signal: timely, now },
    );
    return shown(answer, secrets);
  } catch (error) {
    signal.throwIfAborted();
    throw told(error, timely.aborted, secrets);
  }
}

function told(error: unknown, isTimeOver: boolean, secrets: Secrets): ChannelError {
  if (isTimeOver) return new ChannelError(`The receiver did not answer within ${SEND_MS / 1_000} seconds.`);
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof ChannelError ? error : null;
  return new ChannelError(shown(message, secrets), {
    isFinal: known?.isFinal ?? false,
    retryAtMs: known?.retryAtMs ?? null,
  });
}

/** Cut only after secrets are taken out, so that no part of one is left at the end. */
const shown = (text: string, secrets: Secrets): string => clipped(withoutSecrets(text, secrets), SHOWN_MAX);

type Secrets = Readonly<Record<string, unknown>>;

function openSecrets({ id, secrets }: NotificationChannel, master: string): Secrets {
  if (secrets === null) return {};
  try {
    return JSON.parse(decryptSecret(master, id, secrets)) as Secrets;
  } catch (error) {
    if (error instanceof SecretError) throw new ChannelError(error.message);
    throw error;
  }
}

/** Secrets of which a receiver may repeat a part: the path and the query of an address are what is secret in it. */
function withoutSecrets(text: string, secrets: Secrets): string {
  const parts = Object.values(secrets).flatMap((value) => {
    if (typeof value !== 'string') return [];
    const url = URL.parse(value);
    return [
      value,
      ...value.split(/\s+/),
      ...(url && url.pathname.length > 1 ? [url.pathname + url.search, url.pathname, url.search] : []),
    ];
  });
  return parts
    .flatMap((part) => [part, JSON.stringify(part).slice(1, -1), Buffer.from(part).toString('base64')])
    .filter((part) => part.length > 3)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, part) => rest.replaceAll(part, '•••'), text);
}

function tellingOf({ titleTemplate, bodyTemplate, baseUrl }: NotificationChannel) {
  const { HOST, PORT } = env();
  const own = `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${PORT}`;
  return { titleTemplate, bodyTemplate, baseUrl: (baseUrl ?? own).replace(/\/+$/, '') };
}
