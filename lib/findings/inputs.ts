import { z } from 'zod';
import { commaList, printableId as id } from '#lib/inputs.ts';
import { SEVERITIES } from '#lib/risk/severity.ts';
import { DISPOSITIONS, FINDING_MODES, FINDING_SORTS, FINDING_STATUSES, HIDDEN_CHOICES } from './types.ts';

/** One schema an input, shared by screen, API and OpenAPI. */

export const findingListQuery = z.object({
  q: z.string().max(500).optional(),
  severity: commaList(z.enum(SEVERITIES)),
  detection: commaList(id),
  type: commaList(id),
  host: commaList(id),
  status: commaList(z.enum(FINDING_STATUSES)),
  disposition: commaList(z.enum(DISPOSITIONS)),
  mode: commaList(z.enum(FINDING_MODES)),
  technique: commaList(id),
  owner: commaList(id),
  hidden: z.enum(HIDDEN_CHOICES).optional(),
  sort: z.enum(FINDING_SORTS).default('first'),
  direction: z.enum(['asc', 'desc']).default('desc'),
  cursor: z.string().max(4_000).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type FindingListQuery = z.output<typeof findingListQuery>;

export const REASON_MAX = 2_000;

export const findingChange = z
  .object({
    /** The version that the change was made on; another version is a conflict. */
    version: z.number().int().min(1),
    status: z.enum(FINDING_STATUSES).optional(),
    disposition: z.enum(DISPOSITIONS).nullable().optional(),
    reason: z.string().trim().max(REASON_MAX).nullable().optional(),
    /** A user's id, or null for nobody. */
    ownerId: id.nullable().optional(),
  })
  .strict()
  .refine((change) => change.status !== 'closed' || Boolean(change.disposition), {
    path: ['disposition'],
    message: 'Say what the finding was: true positive, benign positive, false positive or undetermined.',
  })
  .refine((change) => change.status !== 'closed' || (change.reason ?? '').length > 0, {
    path: ['reason'],
    message: 'Give a reason for closing; the next person will read it.',
  });
export type FindingChange = z.output<typeof findingChange>;

export const noteInput = z
  .object({ text: z.string().trim().min(1, 'Write something first.').max(10_000) })
  .strict();
