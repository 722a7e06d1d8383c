import type { ActionResult } from '#lib/http/action.ts';
import type { ChannelItem, TestAnswer } from '#lib/notifications/plain.ts';

/** Server actions reach the client components as props: components know no routes. */

export type ChannelInput = Pick<
  ChannelItem,
  | 'name'
  | 'settings'
  | 'wants'
  | 'leastSeverity'
  | 'quietFrom'
  | 'quietTo'
  | 'zone'
  | 'titleTemplate'
  | 'bodyTemplate'
  | 'baseUrl'
> & {
  /** Null: the stored ones stay. */
  readonly secrets: Readonly<Record<string, unknown>> | null;
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
