/**
 * What the API answers, for the OpenAPI document. lib makes these objects; the tests of the API check every answer against
 * them, so that the document stays true.
 */
import { z } from 'zod';
import { ERROR_STATUS, type ErrorCode } from '#lib/errors.ts';
import { DISPOSITIONS, FINDING_MODES, FINDING_STATUSES } from '#lib/findings/types.ts';
import { SEVERITIES } from '#lib/risk/severity.ts';

const text = z.string();
const optionalText = text.nullable();
const count = z.number().int().min(0);
const ticks = z.string().regex(/^-?\d+$/);
const time = z.string().regex(/^[-+\d]+-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
/** Times of our own, such as of an upload. */
const ownTime = z.iso.datetime();
const severity = z.enum(SEVERITIES);

/** First and last time of something that may have none. */
const span = {
  firstTicks: ticks.nullable(),
  first_time: time.nullable(),
  lastTicks: ticks.nullable(),
  last_time: time.nullable(),
};

// ---------------------------------------------------------------------------------------------- evidence

const evidenceItem = z.strictObject({
  id: z.uuid(),
  name: text,
  sha256: text.length(64),
  sizeBytes: count,
  form: optionalText,
  status: z.enum(['waiting', 'reading', 'ready', 'refused', 'failed']),
  message: optionalText,
  uploadedBy: optionalText,
  createdAt: ownTime,
  startedAt: ownTime.nullable(),
  finishedAt: ownTime.nullable(),
  readBytes: count,
  recordCount: count,
  problemCount: count,
  lossCount: count,
  ...span,
  findingCount: count,
  hostCount: count,
});

const coverage = z.strictObject({
  detectionId: text,
  detectionName: text,
  outcome: z.enum(['matched', 'ran', 'blind']),
  relevantCount: count,
  selectedCount: count,
  ...span,
  label: text,
});

export const evidenceAdded = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.uuid(),
      name: text,
      sha256: text.length(64),
      sizeBytes: count,
      isKnown: z.boolean().describe('The same bytes were there already; nothing was added.'),
    }),
  ),
  errors: z
    .array(
      z.strictObject({
        name: optionalText,
        code: z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]),
        detail: text,
      }),
    )
    .describe('Files that were not kept.'),
});

export const evidenceList = z.strictObject({ items: z.array(evidenceItem), isWorkerRunning: z.boolean() });

export const evidenceDetail = evidenceItem.extend({
  readerVersion: optionalText,
  problems: z.array(
    z.strictObject({
      offset: count,
      line: count.nullable(),
      code: text,
      message: text,
      skippedBytes: count,
      isLoss: z.boolean(),
    }),
  ),
  hosts: z.array(z.strictObject({ id: z.uuid(), name: text, count, ...span })),
  kinds: z.array(z.strictObject({ channel: text, eventCode: z.number().int(), count })),
  coverage: z.array(coverage),
});

export const deletionConsequences = z.strictObject({
  name: text,
  eventCount: count,
  sharedEventCount: count,
  findingsRemoved: count,
  findingsKept: count,
});

// ---------------------------------------------------------------------------------------------- findings

const person = z.strictObject({ id: text, name: text });

const findingItem = z.strictObject({
  id: text.length(64),
  number: count,
  sentence: text,
  detectionId: text,
  detectionName: text,
  detectionType: text,
  variant: text,
  mode: z.enum(FINDING_MODES),
  state: z.enum(['active', 'superseded', 'evidence_deleted']),
  severity,
  chainSeverity: severity.nullable(),
  riskScore: z.number(),
  dest: optionalText,
  hostId: z.uuid().nullable(),
  user: optionalText,
  techniques: z.array(text),
  count,
  ...span,
  status: z.enum(FINDING_STATUSES),
  disposition: z.enum(DISPOSITIONS).nullable(),
  owner: person.nullable(),
  recurredAt: ownTime.nullable(),
});

const facet = z.array(z.strictObject({ value: text, label: text, count }));

export const findingPage = z.strictObject({
  items: z.array(findingItem),
  nextCursor: optionalText,
  total: count,
  totalAll: count,
  facets: z.strictObject({
    severity: facet,
    detection: facet,
    host: facet,
    status: facet,
    owner: facet,
    mode: facet,
  }),
});

const value = z.union([text, z.number()]);
const namedValues = z
  .array(z.tuple([text, z.union([value, z.array(value), z.null()])]))
  .describe('Pairs of field name and value, in order; a multivalue field has an array.');
const beforeOrAfter = z.record(text, z.unknown()).nullable();

export const findingDetail = findingItem.extend({
  version: count.describe('To be sent with a change; another version is a conflict.'),
  reason: optionalText,
  filled: z.array(text),
  row: namedValues,
  search: text,
  why: z.array(
    z.strictObject({
      field: text,
      term: text,
      value: text,
      ranges: z.array(z.tuple([count, count])).describe('UTF-16 offsets in `value` of what matched.'),
    }),
  ),
  events: z.array(
    z.strictObject({
      id: text,
      ticks: ticks.nullable(),
      time: time.nullable(),
      channel: text,
      eventCode: z.number().int(),
      recordId: optionalText,
      summary: text,
      fields: namedValues,
      xml: text,
      sightings: z.array(
        z.strictObject({
          evidenceId: z.uuid(),
          evidenceName: text,
          sha256: text,
          offset: count,
          line: count.nullable(),
        }),
      ),
    }),
  ),
  eventTotal: count,
  chain: z
    .strictObject({
      name: text,
      severity,
      steps: z.array(
        z.strictObject({
          findingId: text,
          findingNumber: count,
          sentence: text,
          label: text,
          ticks: ticks.nullable(),
          time: time.nullable(),
          severity,
          isThis: z.boolean(),
          techniques: z.array(text),
        }),
      ),
    })
    .nullable(),
  techniqueDetails: z.array(
    z.looseObject({ id: text, name: text, parentId: optionalText, tactics: z.array(person) }),
  ),
  killChain: z.array(text),
  nist: z.array(text),
  cis: z.array(text),
  impact: z.number(),
  confidence: z.number(),
  riskObjects: z.array(
    z.strictObject({
      type: text,
      name: text,
      hostId: z.uuid().nullable(),
      peakScore: z.number(),
      peakStartTicks: ticks,
      peak_start_time: time,
      peakEndTicks: ticks,
      peak_end_time: time,
      severity,
      parts: z.array(z.strictObject({ label: text, count, score: z.number() })),
    }),
  ),
  checkNext: z.array(text),
  knownFalsePositives: text,
  episodes: z.array(
    z.strictObject({ startTicks: ticks, start_time: time, endTicks: ticks, end_time: time, count }),
  ),
  notes: z.array(z.strictObject({ id: z.uuid(), author: text, text, createdAt: ownTime })),
  history: z.array(
    z.strictObject({
      at: ownTime,
      actorName: text,
      action: text,
      before: beforeOrAfter,
      after: beforeOrAfter,
    }),
  ),
  createdAt: ownTime,
  people: z.array(person),
});

// --------------------------------------------------------------------------------------------- hosts, risk

const hostItem = z.strictObject({
  id: z.uuid(),
  name: text,
  aliases: z.array(text),
  peakScore: z.number(),
  peakStartTicks: ticks.nullable(),
  peak_start_time: time.nullable(),
  severity,
  findingCount: count,
  openFindingCount: count,
  eventCount: count,
  ...span,
  hasChain: z.boolean(),
  blindDetections: z.array(text),
});

export const hostPage = z.strictObject({
  items: z.array(hostItem),
  nextCursor: optionalText,
  total: count,
});

export const hostDetail = hostItem.extend({
  totalScore: z.number(),
  peakEndTicks: ticks.nullable(),
  peak_end_time: time.nullable(),
  riskEvents: z.array(
    z.strictObject({
      findingId: text,
      findingNumber: count,
      detectionName: text,
      message: text,
      score: z.number(),
      ticks,
      time,
      isInPeak: z.boolean(),
    }),
  ),
  findings: z.array(findingItem),
  coverage: z.array(coverage),
  evidence: z.array(z.strictObject({ id: z.uuid(), name: text, count })),
  chain: z.strictObject({ name: text, severity, ...span }).nullable(),
});

const fromTo = { fromTicks: ticks, from_time: time, toTicks: ticks, to_time: time };

export const hostTimeline = z.strictObject({
  ...fromTo,
  lanes: z.array(text),
  events: z.array(
    z.strictObject({
      id: text,
      ticks,
      time,
      lane: text,
      kind: optionalText,
      channel: text,
      eventCode: z.number().int(),
      recordId: optionalText,
      summary: text,
      user: optionalText,
      findings: z.array(z.strictObject({ id: text, number: count, severity, mode: text })),
    }),
  ),
  keptTotal: count.describe('Kept events in the range; `events` has the first 2,000.'),
  eventTotal: count,
  outsideTotal: count.describe('Kept events outside the range.'),
  farLogonTotal: count,
  volume: z.array(z.strictObject({ ...fromTo, count })),
  gaps: z.array(z.strictObject(fromTo)),
});

export const riskObjectPage = z.strictObject({
  items: z.array(
    z.strictObject({
      type: text,
      name: text,
      hostId: z.uuid().nullable(),
      peakScore: z.number(),
      peakStartTicks: ticks,
      peak_start_time: time,
      peakEndTicks: ticks,
      peak_end_time: time,
      totalScore: z.number(),
      eventCount: count,
      severity,
    }),
  ),
  nextCursor: optionalText,
  total: count,
});

// ------------------------------------------------------------------------------------------------- reports

export const attackMatrix = z.strictObject({
  attackVersion: text,
  tactics: z.array(
    z.strictObject({
      id: text,
      name: text,
      techniques: z.array(
        z.strictObject({
          id: text,
          name: text,
          parentId: optionalText,
          url: text,
          findingCount: count,
          hostCount: count,
          risk: z.number(),
          detections: z.array(person),
        }),
      ),
    }),
  ),
});

export const overview = z.strictObject({
  findingTotal: count,
  openTotal: count,
  closedTotal: count,
  falsePositiveTotal: count,
  hostTotal: count,
  hostsOverThreshold: count,
  chainHostTotal: count,
  evidenceTotal: count,
  recordTotal: count,
  lossTotal: count,
  ...span,
  bySeverity: z.array(z.strictObject({ severity, count })),
  byStatus: z.array(z.strictObject({ status: text, count })),
  byDetection: z.array(
    z.strictObject({ detectionId: text, name: text, open: count, closed: count, falsePositive: count }),
  ),
  byDay: z.array(z.strictObject({ day: z.iso.date(), count, risk: z.number() })),
  topHosts: z.array(
    z.strictObject({
      hostId: z.uuid().nullable(),
      name: text,
      peakScore: z.number(),
      severity,
      findings: count,
    }),
  ),
  newest: z.array(findingItem),
});
