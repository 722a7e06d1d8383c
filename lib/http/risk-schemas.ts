/** What the API answers about risk and incidents; see schemas.ts. */
import { z } from 'zod';
import { DISPOSITIONS, FINDING_STATUSES } from '#lib/findings/types.ts';
import { ENTITY_KINDS, FACTOR_OPERATIONS, INCIDENT_STATES } from '#lib/risk/types.ts';
import {
  beforeOrAfter,
  count,
  facet,
  optionalText,
  ownTime,
  person,
  severity,
  span,
  text,
  ticks,
  time,
} from './schemas.ts';

const score = z.number();

const factorPart = z.strictObject({
  number: count,
  version: count,
  name: text,
  operation: z.enum(FACTOR_OPERATIONS),
  value: z.number(),
});

const peak = {
  peakStartTicks: ticks,
  peak_start_time: time,
  peakEndTicks: ticks,
  peak_end_time: time,
};

const objectFields = {
  type: text,
  name: text,
  hostId: z.uuid().nullable(),
  peakScore: score.describe('Highest sum within 24 hours of event time.'),
  peakUncapped: score.describe('The same without the stacking cap.'),
  ...peak,
  totalScore: score,
  eventCount: count,
  severity,
  priority: optionalText,
  category: z.array(text),
  aliases: z
    .array(z.strictObject({ name: text, from: text }))
    .describe('Other names that count as this one, and what says so.'),
};

export const riskObjectPage = z.strictObject({
  items: z.array(
    z.strictObject({
      ...objectFields,
      incidentCount: count,
      sparkline: z.array(score).describe('Sums of equal parts of the time of all risk events.'),
    }),
  ),
  nextCursor: optionalText,
  total: count,
  totalAll: count,
  fromTicks: ticks.nullable(),
  from_time: time.nullable(),
  toTicks: ticks.nullable(),
  to_time: time.nullable(),
  facets: z.strictObject({ type: facet, severity: facet, priority: facet }),
});

const incidentItem = z.strictObject({
  kind: z.enum(['risk', 'chain']).describe('What raised it.'),
  number: count.nullable().describe('Shown as I-12; null of a chain.'),
  findingId: optionalText.describe('The finding as which a chain is triaged.'),
  findingNumber: count.nullable(),
  ruleId: text,
  name: text,
  sentence: text,
  severity,
  state: z.enum(INCIDENT_STATES),
  status: z.enum(FINDING_STATUSES),
  disposition: z.enum(DISPOSITIONS).nullable(),
  owner: person.nullable(),
  object: z.strictObject({ type: text, name: text }).nullable(),
  score: score.nullable().describe('Highest sum of a window of the rule.'),
  eventCount: count,
  hosts: z.array(person),
  stories: z.array(text),
  techniques: z.array(text),
  ...span,
});

export const incidentPage = z.strictObject({
  items: z.array(incidentItem),
  nextCursor: optionalText,
  total: count,
  totalAll: count,
  facets: z.strictObject({
    severity: facet,
    rule: facet,
    status: facet,
    state: facet,
    owner: facet,
    object: facet,
  }),
});

const riskEvent = z.strictObject({
  findingId: text,
  findingNumber: count,
  episode: count,
  detectionId: text,
  detectionName: text,
  objectType: text,
  objectName: text,
  loggedName: text,
  message: text,
  techniques: z.array(text),
  stories: z.array(text),
  baseScore: score,
  factors: z.array(factorPart),
  filterFactor: score,
  score,
  ticks,
  time,
  status: z.enum(FINDING_STATUSES),
});
const member = riskEvent.extend({ isInPeak: z.boolean() });

const historyItem = z.strictObject({
  at: ownTime,
  actorName: text,
  action: text,
  before: beforeOrAfter,
  after: beforeOrAfter,
});

export const incidentDetail = incidentItem.extend({
  number: count,
  version: count.describe('To be sent with a change; another version is a conflict.'),
  reason: optionalText,
  condition: optionalText,
  windowHours: count.nullable(),
  story: text,
  uncappedScore: score,
  sourceCount: count,
  tacticCount: count,
  ...peak,
  members: z.array(member),
  recurredAt: ownTime.nullable(),
  createdAt: ownTime,
  changes: z.array(
    z.strictObject({ at: ownTime, state: z.enum(INCIDENT_STATES), score, severity, eventCount: count }),
  ),
  history: z.array(historyItem),
  people: z.array(person),
});

export const riskObjectDetail = z.strictObject({
  ...objectFields,
  isCapped: z.boolean(),
  steps: z
    .array(
      z.strictObject({
        kind: z.enum(['base', 'factor', 'lowered', 'hidden', 'cap', 'rounding', 'sum']),
        label: text,
        change: score,
        detectionId: optionalText,
        factorNumber: count.nullable(),
        filterNumber: count.nullable(),
        eventCount: count,
      }),
    )
    .describe('From base scores to the sum, which stands last; the others add up to it.'),
  events: z.array(member),
  hidden: z.array(riskEvent.extend({ filterNumbers: z.array(count) })),
  entity: z
    .strictObject({
      kind: z.enum(ENTITY_KINDS),
      place: text,
      columns: z.array(z.tuple([text, z.array(text)])),
    })
    .nullable(),
  incidents: z.array(incidentItem),
  filters: z.array(z.strictObject({ number: count, name: text })),
  detections: z.array(z.strictObject({ id: text, name: text, impact: z.number(), confidence: z.number() })),
});

export const whatIf = z.strictObject({
  objectTotal: count,
  objects: z.array(
    z.strictObject({
      type: text,
      name: text,
      before: score,
      after: score,
      severityBefore: severity,
      severityAfter: severity,
    }),
  ),
  sumBefore: score,
  sumAfter: score,
  incidentsBefore: count,
  incidentsAfter: count,
  raised: z.array(text),
  withdrawn: z.array(z.strictObject({ number: count.nullable(), sentence: text })),
  eventCount: count,
  fromTicks: ticks.nullable(),
  from_time: time.nullable(),
  toTicks: ticks.nullable(),
  to_time: time.nullable(),
});

const version = {
  version: count,
  name: text,
  condition: text,
  isEnabled: z.boolean(),
  isRemoved: z.boolean(),
  reason: text,
  revertOf: count.nullable(),
  author: text,
  createdAt: ownTime,
};
const factorVersion = z.strictObject({
  ...version,
  operation: z.enum(FACTOR_OPERATIONS),
  value: z.number(),
});
const ruleVersion = z.strictObject({ ...version, windowHours: count, severity: severity.nullable() });

export const riskSettings = z.strictObject({
  isCapped: z.boolean(),
  factors: z.array(
    factorVersion.extend({
      id: z.uuid(),
      number: count,
      eventCount: count,
      versions: z.array(factorVersion),
    }),
  ),
  rules: z.array(
    z.strictObject({
      id: z.uuid(),
      isShipped: z.boolean(),
      name: text,
      description: text,
      condition: text,
      windowHours: count,
      severity: severity.nullable(),
      isEnabled: z.boolean(),
      version: count.nullable(),
      incidentCount: count,
      versions: z.array(ruleVersion),
    }),
  ),
  entities: z.array(
    z.strictObject({
      kind: z.enum(ENTITY_KINDS),
      count,
      files: z.array(z.strictObject({ name: text, count, importedAt: ownTime })),
    }),
  ),
  fields: z.strictObject({ factor: z.array(text), incident: z.array(text) }),
  history: z.array(historyItem),
});

export const entityPage = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.uuid(),
      kind: z.enum(ENTITY_KINDS),
      columns: z.array(z.tuple([text, z.array(text)])),
      fileName: text,
      line: count,
    }),
  ),
  nextCursor: optionalText,
  total: count,
});

export const entityImport = z.strictObject({
  kind: z.enum(ENTITY_KINDS),
  importedCount: count,
  removedCount: count,
  problems: z.array(z.strictObject({ line: count, message: text })),
  problemTotal: count,
  otherColumns: z.array(text).describe('Columns that are kept but mean nothing here.'),
});
