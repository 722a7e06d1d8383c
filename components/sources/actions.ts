import type { ActionResult } from '#lib/http/action.ts';
import type { TestStep } from '#lib/sources/types.ts';

/** Server actions reach the client components as props: components know no routes. */

export type SourceInput = {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Null: the stored ones stay. */
  readonly secrets: Readonly<Record<string, unknown>> | null;
  readonly caCertificates: string | null;
  readonly proxyUrl: string | null;
  readonly tlsOffReason: string | null;
  readonly isEnabled: boolean;
  readonly cron: string | null;
  readonly zone: string;
  readonly lookBackMinutes: number;
};

export type SaveSource = (input: {
  readonly kind: string;
  /** Null: a new source. */
  readonly id: string | null;
  readonly version: number | null;
  readonly source: SourceInput;
}) => Promise<ActionResult<{ readonly id: string }>>;

export type SourceActions = {
  readonly test: (input: { readonly id: string }) => Promise<ActionResult<readonly TestStep[]>>;
  readonly pull: (input: { readonly id: string }) => Promise<ActionResult<unknown>>;
  readonly backfill: (input: {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly sliceHours: number;
  }) => Promise<ActionResult<{ readonly sliceCount: number }>>;
  readonly cancel: (input: {
    readonly id: string;
    readonly pullId: string | null;
  }) => Promise<ActionResult<unknown>>;
  readonly remove: (input: { readonly id: string }) => Promise<ActionResult<unknown>>;
  readonly enable: (input: {
    readonly id: string;
    readonly version: number;
    readonly isEnabled: boolean;
  }) => Promise<ActionResult<unknown>>;
};
