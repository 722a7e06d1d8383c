import type { Severity } from '#lib/risk/severity.ts';
import type { SourceField } from '#lib/sources/types.ts';
import type { ChannelEvent, Occurrence } from './types.ts';

/** Plain objects of the channels' screens and API. Times are ISO. None holds a secret. */

export type ChannelItem = {
  readonly id: string;
  readonly kind: string;
  readonly kindLabel: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly hasSecrets: boolean;
  readonly wants: readonly ChannelEvent[];
  readonly leastSeverity: Severity;
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
  readonly zone: string;
  readonly titleTemplate: string | null;
  readonly bodyTemplate: string | null;
  readonly baseUrl: string | null;
  readonly isEnabled: boolean;
  readonly version: number;
  readonly createdAt: string;
  readonly failingSince: string | null;
  readonly failure: string | null;
  readonly lastSentAt: string | null;
  readonly waitingCount: number;
  /** Given up. */
  readonly failedCount: number;
};

export type DeliveryItem = {
  readonly id: string;
  readonly event: Occurrence['event'];
  /** What it is about: the finding, or the source. */
  readonly about: string;
  readonly state: 'waiting' | 'sent' | 'failed';
  readonly isHeld: boolean;
  readonly tries: number;
  /** Null unless it waits. */
  readonly nextTryAt: string | null;
  readonly message: string | null;
  readonly createdAt: string;
  readonly sentAt: string | null;
};

export type ChannelDetail = ChannelItem & {
  /** The latest first. */
  readonly deliveries: readonly DeliveryItem[];
};

/** What a test gave: whether it got through, and exactly what came back. */
export type TestAnswer = { readonly isSent: boolean; readonly message: string };

/** A kind as the screen asks for it. */
export type ChannelKindItem = {
  readonly kind: string;
  readonly label: string;
  readonly description: string;
  readonly fields: readonly SourceField[];
};
