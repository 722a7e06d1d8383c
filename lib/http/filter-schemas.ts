/** What the API answers of filter rules; see schemas.ts. */
import { z } from 'zod';
import {
  FILTER_OPERATORS,
  FILTER_OUTCOMES,
  FILTER_STATES,
  REVIEW_REASONS,
  WARNING_SEVERITIES,
} from '#lib/filters/types.ts';
import { DISPOSITIONS } from '#lib/findings/types.ts';
import { SEVERITIES } from '#lib/risk/severity.ts';

const text = z.string();
const optionalText = text.nullable();
const count = z.number().int().min(0);
const ticks = z.string().regex(/^-?\d+$/);
const time = z.string().regex(/^[-+\d]+-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
const ownTime = z.iso.datetime();
const person = z.strictObject({ id: text, name: text });
const outcome = z.enum(FILTER_OUTCOMES);

const place = z.strictObject({ from: count, to: count }).describe('UTF-16 offsets in the text.');
const form = z.strictObject({
  items: z.array(
    z.strictObject({
      conditions: z.array(
        z.strictObject({ field: text, operator: z.enum(FILTER_OPERATORS), values: z.array(text) }),
      ),
    }),
  ),
});
const warning = z.strictObject({
  check: text,
  severity: z.enum(WARNING_SEVERITIES),
  message: text,
  place: place.nullable(),
  better: optionalText.describe('A better text of the whole rule.'),
});
const namedCount = z.strictObject({ name: text, count });

const coveredFinding = z.strictObject({
  id: text.length(64),
  number: count,
  sentence: text,
  detectionName: text,
  dest: optionalText,
  user: optionalText,
  severity: z.enum(SEVERITIES),
  riskScore: z.number(),
  firstTicks: ticks.nullable(),
  first_time: time.nullable(),
  disposition: z.enum(DISPOSITIONS).nullable(),
});
const coveredPart = z.strictObject({ count, sample: z.array(coveredFinding) });

export const filterPreview = z.strictObject({
  problems: z.array(z.strictObject({ from: count, to: count, message: text, remedy: optionalText })),
  warnings: z.array(warning),
  form: form.nullable(),
  formReason: optionalText.describe('Why a form cannot show the text.'),
  formatted: optionalText,
  considered: count.describe('Findings in scope.'),
  covered: count,
  byHost: z.array(namedCount),
  byUser: z.array(namedCount),
  byDetection: z.array(namedCount),
  firstTicks: ticks.nullable(),
  first_time: time.nullable(),
  lastTicks: ticks.nullable(),
  last_time: time.nullable(),
  sample: z.array(coveredFinding),
  added: coveredPart.describe('Against the version in force.'),
  removed: coveredPart,
  conflicts: z
    .array(coveredFinding.extend({ conflict: z.enum(['true-positive', 'higher-risk']) }))
    .describe('Findings because of which another manager would have to approve; the first 50.'),
  conflictTotal: count,
  hiddenAlready: count,
  riskBefore: z.number(),
  riskAfter: z.number(),
  missingField: z.array(z.strictObject({ field: text, count })),
});

const filterItem = z.strictObject({
  id: z.uuid(),
  number: count,
  name: text,
  text,
  state: z.enum(FILTER_STATES),
  outcome,
  factor: z.number().nullable(),
  snoozeUntil: ownTime.nullable(),
  detections: z.array(person).describe('Empty: every detection.'),
  hosts: z.array(text).describe('Empty: every host.'),
  isThisInvestigation: z.boolean(),
  owner: person.nullable(),
  ticket: optionalText,
  reason: text,
  author: text,
  createdAt: ownTime,
  expiresAt: ownTime.nullable(),
  version: count,
  covered: count,
  hits7: count,
  hits30: count,
  lastHitAt: ownTime.nullable(),
  riskTaken: z.number(),
  share: z.number().min(0).max(1),
  review: z.array(z.enum(REVIEW_REASONS)),
});

export const filterPage = z.strictObject({
  items: z.array(filterItem),
  total: count,
  nextCursor: optionalText,
  review: z.record(z.enum(REVIEW_REASONS), count),
});

const filterVersion = z.strictObject({
  name: text,
  text,
  outcome,
  factor: z.number().nullable(),
  snoozeUntil: ownTime.nullable(),
  detectionIds: z.array(text),
  isThisInvestigation: z.boolean(),
  hosts: z.array(text),
  window: z
    .strictObject({
      fromTicks: ticks.nullable(),
      from_time: time.nullable(),
      toTicks: ticks.nullable(),
      to_time: time.nullable(),
      zone: text,
    })
    .nullable(),
  reason: text,
  ticket: optionalText,
  ownerId: optionalText,
  expiresAt: ownTime.nullable(),
  number: count,
  state: z.enum(['proposed', 'in_force', 'rejected', 'ended']),
  conflicts: z.array(count),
  revertOf: count.nullable(),
  author: text,
  authorId: optionalText,
  createdAt: ownTime,
  decidedBy: optionalText,
  decidedAt: ownTime.nullable(),
  decision: optionalText,
  owner: person.nullable(),
});

export const filterDetail = filterItem.extend({
  versions: z.array(filterVersion).describe('The latest first.'),
  findings: z.array(coveredFinding).describe('The latest 200 that it covers.'),
});

export const savedFilter = z.strictObject({
  id: z.uuid(),
  number: count,
  version: count,
  state: z.enum(['proposed', 'in_force', 'rejected', 'ended']),
});

export const filterFields = z.strictObject({
  items: z.array(
    z.strictObject({
      name: text,
      isAttackerControlled: z.boolean(),
      role: z.enum(['host', 'user']).nullable(),
      description: text,
      values: z.array(namedCount),
    }),
  ),
});

export const filterProposals = z.strictObject({
  items: z.array(
    z.strictObject({
      text,
      form,
      words: text,
      coversChosen: count,
      chosen: count,
      coversOthers: count,
      warnings: z.array(warning),
    }),
  ),
});

export const filterImport = z.strictObject({
  saved: z.array(savedFilter.extend({ name: text })),
  problems: z.array(z.strictObject({ place: text, message: text })),
});

export const findingFilters = z.strictObject({
  isHidden: z.boolean(),
  factor: z.number(),
  rules: z.array(
    z.strictObject({
      id: z.uuid(),
      number: count,
      name: text,
      version: count,
      outcome,
      until: ownTime.nullable(),
      reason: text,
      author: text,
    }),
  ),
});
