import type { ActionResult } from '#lib/http/action.ts';
import type { TestAnswer } from '#lib/notifications/plain.ts';
import type { ChannelEvent } from '#lib/notifications/types.ts';
import type { Severity } from '#lib/risk/severity.ts';

/** Server actions reach the client components as props: components know no routes. */

export type ChannelInput = {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Null: the stored ones stay. */
  readonly secrets: Readonly<Record<string, unknown>> | null;
  readonly wants: readonly ChannelEvent[];
  readonly leastSeverity: Severity;
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
  readonly zone: string;
  readonly titleTemplate: string | null;
  readonly bodyTemplate: string | null;
  readonly baseUrl: string | null;
};

export type SaveChannel = (input: {
  readonly kind: string;
  /** Null: a new channel. */
  readonly id: string | null;
  readonly version: number | null;
  readonly channel: ChannelInput;
}) => Promise<ActionResult<{ readonly id: string }>>;

type Reference = { readonly id: string };

export type ChannelActions = {
  readonly test: (input: Reference) => Promise<ActionResult<TestAnswer>>;
  readonly resend: (input: Reference) => Promise<ActionResult<{ readonly count: number }>>;
  readonly remove: (input: Reference) => Promise<ActionResult<unknown>>;
  readonly enable: (
    input: Reference & { readonly version: number; readonly isEnabled: boolean },
  ) => Promise<ActionResult<unknown>>;
};
