import type { z } from 'zod';
import type { Severity } from '#lib/risk/severity.ts';
import type { SourceField } from '#lib/sources/types.ts';

/** Notifications: a channel is told of occurrences. One file a kind of channel; kinds.ts lists them. */

export const CHANNEL_EVENTS = ['new-finding', 'incident', 'source-failure', 'source-mended'] as const;
export type ChannelEvent = (typeof CHANNEL_EVENTS)[number];

/** As occurrences.ts writes it. Texts are as evidence has them: hostile. */
export type FindingOccurrence = {
  readonly event: 'new-finding' | 'incident';
  readonly findingId: string;
  readonly findingNumber: number;
  /** It was closed, and happened again. */
  readonly isRecurred: boolean;
  readonly detectionId: string;
  readonly detection: string;
  readonly severity: Severity;
  readonly mode: 'strict' | 'lenient' | 'extended';
  readonly sentence: string;
  readonly host: string | null;
  readonly user: string | null;
  readonly techniques: readonly string[];
  /** 100 ns since 1970 UTC. */
  readonly firstTicks: string | null;
  readonly lastTicks: string | null;
};

export type SourceOccurrence = {
  readonly event: 'source-failure' | 'source-mended';
  readonly sourceId: string;
  readonly source: string;
  /** ISO 8601. */
  readonly failingSince: string;
  readonly failure: string;
};

/** What the button for a test sends. */
export type TestOccurrence = { readonly event: 'test'; readonly channel: string };

export type Occurrence = FindingOccurrence | SourceOccurrence | TestOccurrence;

/** An occurrence as it is told. Title (one line) and body hold no character that is not seen, save line breaks of the body. */
export type Message = {
  /** Of the delivery; the same when it is sent again. */
  readonly id: string;
  readonly occurrence: Occurrence;
  readonly at: Date;
  readonly title: string;
  readonly body: string;
  /** Where to read more, http or https. */
  readonly link: string;
};

/** What goes out at once: mostly one message; several after quiet hours, or when many come at a time. */
export type Batch = {
  /** The same when it is sent again. */
  readonly id: string;
  readonly channelName: string;
  readonly messages: readonly [Message, ...Message[]];
};

export type SendContext = {
  readonly signal: AbortSignal;
  readonly now: Date;
};

/** A kind of channel. Settings are shown and stored as they are, secrets are encrypted and never shown again. */
export type ChannelKind<Settings = unknown, Secrets = unknown> = {
  readonly kind: string;
  readonly label: string;
  readonly description: string;
  readonly fields: readonly SourceField[];
  readonly settings: z.ZodType<Settings>;
  readonly secrets: z.ZodType<Secrets>;
  /** @returns what came back, in words. Throws ChannelError. */
  send(batch: Batch, settings: Settings, secrets: Secrets, context: SendContext): Promise<string>;
};

/** What went wrong, said to the user. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
  /** This message will never be taken, others may be. */
  readonly isFinal: boolean;
  /** When the receiver said to come back, our clock. */
  readonly retryAtMs: number | null;
  constructor(
    message: string,
    { isFinal = false, retryAtMs = null }: { isFinal?: boolean; retryAtMs?: number | null } = {},
  ) {
    super(message);
    this.isFinal = isFinal;
    this.retryAtMs = retryAtMs;
  }
}
