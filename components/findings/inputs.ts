import { z } from 'zod';
import { findingChange, noteInput, REASON_MAX } from '#lib/findings/inputs.ts';
import { DISPOSITIONS, FINDING_STATUSES, type FindingMode, type FindingState } from '#lib/findings/types.ts';
import type { ActionResult } from '#lib/http/action.ts';
import { MORE_CHARACTERS, type Range, type TextPart, type TextSource } from './text-part.ts';

/** What the screens send to their server actions, and what these give back. */

export const BULK_MAX = 500;

const number = z.number().int().min(1);

export const bulkChange = z
  .object({
    items: z
      .array(
        z.object({
          number,
          /** What the list showed; a finding that differs now was changed by somebody else. */
          seen: z.object({
            status: z.enum(FINDING_STATUSES),
            disposition: z.enum(DISPOSITIONS).nullable(),
            ownerId: z.string().max(100).nullable(),
          }),
        }),
      )
      .min(1)
      .max(BULK_MAX),
    change: z
      .object({
        status: z.enum(FINDING_STATUSES).optional(),
        disposition: z.enum(DISPOSITIONS).nullable().optional(),
        reason: z.string().trim().max(REASON_MAX).nullable().optional(),
        ownerId: z.string().max(100).nullable().optional(),
      })
      .strict(),
  })
  .strict();
export type BulkChange = z.input<typeof bulkChange>;

export type BulkResult = {
  readonly changed: readonly number[];
  readonly refused: readonly { readonly number: number; readonly why: string }[];
};

export const findingRef = z.object({ number }).strict();
export const triageChange = z.object({ number, change: findingChange }).strict();
export const noteFor = z.object({ number, note: noteInput }).strict();

const source: z.ZodType<TextSource, TextSource> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('why'), index: z.number().int().min(0) }),
  z.object({ kind: z.literal('row'), name: z.string(), index: z.number().int().min(0) }),
  z.object({
    kind: z.literal('field'),
    eventId: z.string(),
    name: z.string(),
    index: z.number().int().min(0),
  }),
  z.object({ kind: z.literal('xml'), eventId: z.string() }),
]);

export const textRequest = z
  .object({
    number,
    source,
    from: z.number().int().min(0),
    size: z.number().int().min(1).max(MORE_CHARACTERS),
  })
  .strict();
export type TextRequest = z.input<typeof textRequest>;

/** What the preview says beyond the list's row. */
export type FindingPreview = {
  readonly number: number;
  readonly mode: FindingMode;
  readonly state: FindingState;
  readonly reason: string | null;
  readonly why: readonly {
    readonly field: string;
    readonly term: string;
    readonly text: string;
    readonly ranges: readonly Range[];
  }[];
  readonly checkNext: readonly string[];
  readonly noteTotal: number;
};

/** Server actions reach the client components as props: components know no routes. */
export type ListActions = {
  readonly change: (input: BulkChange) => Promise<ActionResult<BulkResult>>;
  readonly preview: (input: z.input<typeof findingRef>) => Promise<ActionResult<FindingPreview>>;
};

export type DetailActions = {
  readonly change: (
    input: z.input<typeof triageChange>,
  ) => Promise<ActionResult<{ readonly version: number }>>;
  readonly addNote: (input: z.input<typeof noteFor>) => Promise<ActionResult<void>>;
};

export type ReadText = (input: TextRequest) => Promise<ActionResult<TextPart>>;
