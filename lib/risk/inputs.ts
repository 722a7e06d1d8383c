import { z } from 'zod';
import { findingChange } from '#lib/findings/inputs.ts';
import { DISPOSITIONS, FINDING_STATUSES } from '#lib/findings/types.ts';
import { commaList, printableId as id } from '#lib/inputs.ts';
import { SEVERITIES } from './severity.ts';
import {
  ENTITY_KINDS,
  FACTOR_OPERATIONS,
  INCIDENT_SORTS,
  INCIDENT_STATES,
  RISK_OBJECT_TYPES,
} from './types.ts';

const page = {
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'The cursor does not come from this list. Begin again without it.')
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};

const reason = z.string().trim().min(1, 'Give a reason; the next person will read it.').max(2_000);
const name = z.string().trim().min(1, 'Give it a name.').max(200);
const condition = z.string().trim().min(1, 'Write a condition.').max(5_000);
const direction = z.enum(['asc', 'desc']).default('desc');

export const riskObjectQuery = z.object({
  type: commaList(z.enum(RISK_OBJECT_TYPES)),
  severity: commaList(z.enum(SEVERITIES)),
  priority: commaList(id).describe('Of the asset and identity lists; `none`: in no list.'),
  q: z.string().max(500).optional(),
  sort: z.enum(['peak', 'total', 'name', 'events', 'last']).default('peak'),
  direction,
  ...page,
});
export type RiskObjectQuery = z.output<typeof riskObjectQuery>;

export const riskObjectReference = z.object({
  type: z.enum(RISK_OBJECT_TYPES),
  name: z.string().min(1).max(2_000).describe('Name of the object, or another that counts as it.'),
});
export type RiskObjectReference = z.output<typeof riskObjectReference>;

export const incidentQuery = z.object({
  /** `true`: without those that are closed or withdrawn. */
  open: z.enum(['true', 'false']).default('false'),
  q: z.string().max(500).optional(),
  severity: commaList(z.enum(SEVERITIES)),
  rule: commaList(id).describe('Ids of incident rules or chains.'),
  status: commaList(z.enum(FINDING_STATUSES)),
  disposition: commaList(z.enum(DISPOSITIONS)),
  state: commaList(z.enum(INCIDENT_STATES)),
  owner: commaList(id),
  object: commaList(z.enum(RISK_OBJECT_TYPES)),
  sort: z.enum(INCIDENT_SORTS).default('severity'),
  direction,
  ...page,
});
export type IncidentQuery = z.output<typeof incidentQuery>;

export const incidentReference = z.object({
  number: z
    .string()
    .regex(/^(?:I-)?\d{1,9}$/i, 'An incident is called 12 or I-12.')
    .describe('Number of the incident: `12` or `I-12`.'),
});

/** As that of a finding. */
export const incidentChange = findingChange;
export type IncidentChangeInput = z.output<typeof incidentChange>;

export const factorInput = z.strictObject({
  name,
  condition: condition.describe('SPL over the fields of the risk event and of its object in the lists.'),
  operation: z.enum(FACTOR_OPERATIONS),
  value: z.number().min(-100).max(100).describe('Added to, or multiplied with the base score.'),
  isEnabled: z.boolean().default(true),
  reason,
});
export type FactorInput = z.output<typeof factorInput>;

export const incidentRuleInput = z.strictObject({
  name,
  condition: condition.describe('SPL over the sums of a window.'),
  windowHours: z
    .int()
    .min(1)
    .max(24 * 365),
  severity: z.enum(SEVERITIES).nullable().default(null).describe('Null: by the bands of a sum.'),
  isEnabled: z.boolean().default(true),
  reason,
});
export type IncidentRuleInput = z.output<typeof incidentRuleInput>;

export const ruleReference = z.object({ id: z.uuid() });
export const revertInput = z.strictObject({ version: z.int().min(1), reason });
export const removeQuery = z.object({ reason: reason.default('removed') });

export const riskSettingsChange = z
  .strictObject({
    isCapped: z.boolean().optional().describe('A source counts at most three times its highest score.'),
    rule: z
      .strictObject({ id: z.uuid(), isEnabled: z.boolean() })
      .optional()
      .describe('Switches a shipped incident rule on or off.'),
  })
  .refine((change) => change.isCapped !== undefined || change.rule !== undefined, {
    message: 'Give isCapped or rule.',
  });
export type RiskSettingsChange = z.output<typeof riskSettingsChange>;

const percent = z.number().min(0).max(100);

export const assumptions = z.strictObject({
  withoutFilters: z.array(z.int().min(1)).max(100).default([]).describe('Numbers of filter rules.'),
  risks: z
    .array(
      z.strictObject({ detectionId: z.uuid(), impact: percent.optional(), confidence: percent.optional() }),
    )
    .max(100)
    .default([]),
  isCapped: z.boolean().optional(),
  withoutFactors: z.array(z.int().min(1)).max(100).default([]).describe('Numbers of risk factors.'),
  factor: factorInput
    .omit({ name: true, reason: true, isEnabled: true })
    .optional()
    .describe('Another factor beside those in force.'),
  incidentRule: incidentRuleInput
    .pick({ condition: true, windowHours: true, severity: true })
    .optional()
    .describe('Another incident rule beside those in force.'),
  days: z.int().min(1).max(36_500).optional().describe('Only this many days before the latest risk event.'),
});
export type Assumptions = z.output<typeof assumptions>;

export const entityQuery = z.object({
  kind: z.enum(ENTITY_KINDS),
  q: z.string().max(500).optional(),
  ...page,
});
export type EntityQuery = z.output<typeof entityQuery>;

export const entityImportQuery = z.object({
  kind: z.enum(ENTITY_KINDS),
  mode: z
    .enum(['add', 'replace'])
    .default('add')
    .describe(
      '`add`: an entry with a key of one that is there comes in its place; `replace`: all others go.',
    ),
});
export type EntityImportQuery = z.output<typeof entityImportQuery>;

export const RISK_EXPORT_FORMS = ['csv', 'json', 'splunk', 'stix'] as const;
export const riskExportQuery = z.object({
  as: z.enum(RISK_EXPORT_FORMS).default('csv'),
  type: z.enum(RISK_OBJECT_TYPES).optional(),
  name: z.string().min(1).max(2_000).optional().describe('Of one object; without it of all.'),
});
export type RiskExportQuery = z.output<typeof riskExportQuery>;
