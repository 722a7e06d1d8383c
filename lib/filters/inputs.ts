import { z } from 'zod';
import { commaList } from '#lib/inputs.ts';
import { isTimeZone } from '#lib/spl/time-format.ts';
import { FILTER_LIMITS, REASON_MAX, REASON_MIN } from './limits.ts';
import { FILTER_OUTCOMES, FILTER_STATES, REVIEW_REASONS } from './types.ts';

/** One schema an input, shared by screen, API and OpenAPI. */

const id = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[\x20-\x7e]+$/, 'This is not an id.');
const moment = z.iso.datetime({ offset: true });
const ticks = z
  .string()
  .regex(/^-?\d{1,19}$/, 'Give a time in 100 ns since 1970 UTC, as a decimal number.')
  .refine((text) => BigInt.asIntN(64, BigInt(text)) === BigInt(text), 'This time is too far away.');

const reason = z
  .string()
  .trim()
  .min(REASON_MIN, `Give a reason of at least ${REASON_MIN} characters; the next person will read it.`)
  .max(REASON_MAX);

const window = z
  .strictObject({
    fromTicks: ticks.nullable(),
    toTicks: ticks.nullable(),
    zone: z.string().max(100).refine(isTimeZone, 'There is no such time zone.'),
  })
  .refine(
    ({ fromTicks, toTicks }) =>
      fromTicks === null || toTicks === null || BigInt(fromTicks) <= BigInt(toTicks),
    { path: ['toTicks'], message: 'The window ends before it begins.' },
  );

/** What a rule shall say. Without `expiresAt` it ends after the default time; null: it does not end. */
export const filterDraft = z.strictObject({
  name: z.string().trim().max(FILTER_LIMITS.nameLength).default(''),
  text: z.string().max(FILTER_LIMITS.textLength * 2),
  outcome: z.enum(FILTER_OUTCOMES).default('hide'),
  factor: z.number().min(0).max(1).nullable().default(null),
  snoozeUntil: moment.nullable().default(null),
  detectionIds: z.array(id).max(FILTER_LIMITS.detections).readonly().default([]),
  isThisInvestigation: z.boolean().default(false),
  hosts: z
    .array(z.string().trim().toLowerCase().min(1).max(300))
    .max(FILTER_LIMITS.hosts)
    .readonly()
    .default([]),
  window: window.nullable().default(null),
  reason: z.string().trim().max(REASON_MAX).default(''),
  ticket: z.string().trim().max(500).nullable().default(null),
  ownerId: id.nullable().default(null),
  expiresAt: moment.nullable().optional(),
});
export type DraftInput = z.output<typeof filterDraft>;

export const filterPreviewInput = z.strictObject({
  draft: filterDraft,
  ruleId: id.nullable().default(null).describe('The rule that the draft is a new version of.'),
});

const savedDraft = filterDraft
  .refine(({ name }) => name !== '', { path: ['name'], message: 'Give the rule a name.' })
  .refine((draft) => draft.reason.length >= REASON_MIN, {
    path: ['reason'],
    message: `Give a reason of at least ${REASON_MIN} characters; the next person will read it.`,
  })
  .refine(({ outcome, factor }) => outcome !== 'lower' || (factor !== null && factor < 1), {
    path: ['factor'],
    message: 'Say by what risk is multiplied, from 0 to less than 1.',
  })
  .refine(({ outcome, snoozeUntil }) => outcome !== 'snooze' || snoozeUntil !== null, {
    path: ['snoozeUntil'],
    message: 'Say until when.',
  });

const version = z.int().min(1).describe('The newest version that was seen; another one is a conflict.');

export const filterSaveInput = z.strictObject({
  draft: savedDraft,
  ruleId: id.nullable().default(null),
  version: version.nullable().default(null),
});
export type FilterSaveInput = z.output<typeof filterSaveInput>;

export const newFilterInput = z.strictObject({ draft: savedDraft });
export const filterChange = z.strictObject({ draft: savedDraft, version });
export const filterDecision = z.strictObject({ version, isApproved: z.boolean(), reason });
export type FilterDecision = z.output<typeof filterDecision>;
export const filterRevert = z.strictObject({ toVersion: z.int().min(1), reason });
export type FilterRevert = z.output<typeof filterRevert>;
export const filterRenewal = z.strictObject({ expiresAt: moment.nullable(), reason });
export type FilterRenewal = z.output<typeof filterRenewal>;
export const filterRemoval = z.strictObject({ reason });

export const filterProposalInput = z.strictObject({
  findingIds: z.array(id).min(1, 'Choose at least one finding.').max(1_000),
});

/** As many detections as a rule may name. */
const LIST = { length: 20_000, count: FILTER_LIMITS.detections };

export const filterFieldsQuery = z.object({
  detections: commaList(id, LIST).describe('Ids of detections, joined by commas; none: all.'),
});

export const filterListQuery = z.object({
  q: z.string().max(500).optional().describe('Words in name, text, reason or ticket.'),
  state: commaList(z.enum(FILTER_STATES), LIST).describe('Without it, all but removed and rejected ones.'),
  review: commaList(z.enum(REVIEW_REASONS), LIST),
  detection: commaList(id, LIST),
  owner: commaList(id, LIST),
  sort: z.enum(['number', 'name', 'covered', 'hits7', 'lastHit', 'expires', 'risk']).default('number'),
  direction: z.enum(['asc', 'desc']).default('desc'),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type FilterListQuery = z.output<typeof filterListQuery>;

export const IMPORT_FORMATS = ['macros', 'json', 'sigma'] as const;
/** A file has this many characters at most. */
const IMPORT_MAX = 1_000_000;

export const filterImportInput = z.strictObject({
  text: z.string().max(IMPORT_MAX),
  format: z.enum(IMPORT_FORMATS).optional().describe('Told by the text itself when not given.'),
  reason: reason.describe('Of rules whose file gives none.'),
  expiresAt: moment
    .nullable()
    .optional()
    .describe('Of rules whose file gives none; without it, the default.'),
});
export type FilterImportInput = z.output<typeof filterImportInput>;

export const filterExportQuery = z.object({
  format: z.enum(IMPORT_FORMATS).default('macros'),
});
