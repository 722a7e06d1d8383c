/**
 * What the API answers, for the OpenAPI document. lib makes these objects; the tests of the API check every answer against
 * them, so that the document stays true.
 */
import { z } from 'zod';
import { DETECTION_STATUSES } from '#lib/catalogue/inputs.ts';
import { HINT_KINDS } from '#lib/custody/types.ts';
import { ERROR_STATUS, type ErrorCode } from '#lib/errors.ts';
import { DISPOSITIONS, FINDING_MODES, FINDING_STATUSES } from '#lib/findings/types.ts';
import { CHANNEL_EVENTS } from '#lib/notifications/types.ts';
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

const evidenceStatus = z.enum(['waiting', 'reading', 'ready', 'refused', 'failed']);

const evidenceItem = z.strictObject({
  id: z.uuid(),
  name: text,
  sha256: text.length(64),
  sizeBytes: count,
  form: optionalText,
  status: evidenceStatus,
  message: optionalText,
  uploadedBy: optionalText,
  archive: z
    .strictObject({ id: z.uuid(), name: text, path: text })
    .nullable()
    .describe('The archive that it came out of.'),
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

export const evidenceRecognised = z.strictObject({
  id: z.uuid().nullable().describe('Null: these bytes are not here.'),
  name: optionalText,
});

export const uploadList = z.strictObject({
  items: z.array(
    z.strictObject({
      id: text,
      url: text.describe('Where to go on.'),
      name: text,
      sizeBytes: count,
      receivedBytes: count,
      createdAt: ownTime,
    }),
  ),
});

export const evidenceList = z.strictObject({ items: z.array(evidenceItem), isWorkerRunning: z.boolean() });

const fromTo = { fromTicks: ticks, from_time: time, toTicks: ticks, to_time: time };

const tamperHint = z.strictObject({
  kind: z.enum(HINT_KINDS),
  evidenceId: z
    .uuid()
    .nullable()
    .describe('Null for record numbers that several files of a host lack together.'),
  evidenceName: optionalText,
  hostId: z.uuid().nullable(),
  hostName: optionalText,
  channel: optionalText,
  fromTicks: ticks.nullable(),
  from_time: time.nullable(),
  toTicks: ticks.nullable(),
  to_time: time.nullable(),
  recordId: optionalText.describe('Of the record that shows it, or the first that is missing.'),
  offset: count.nullable(),
  message: text,
});

const archiveMembers = z.strictObject({
  items: z.array(
    z.strictObject({
      path: text.describe('As the archive says; empty for the archive itself, or the rest of it.'),
      sizeBytes: count.nullable(),
      refused: optionalText.describe('Code of why it is no evidence.'),
      message: optionalText,
      evidence: z
        .strictObject({
          id: z.uuid(),
          status: evidenceStatus,
          form: optionalText,
          message: optionalText,
          isElsewhere: z.boolean().describe('It was evidence before the archive came.'),
        })
        .nullable(),
    }),
  ),
  total: count,
  lockedCount: count.describe('How many wait for a password.'),
});

export const unlockedArchive = z.strictObject({ unlockedCount: count, stillLockedCount: count });

export const evidenceDetail = evidenceItem.extend({
  members: archiveMembers.nullable().describe('Of an archive: the first 500 of what is in it.'),
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
  hints: z
    .strictObject({
      items: z.array(tamperHint).describe('At most 1,000.'),
      counts: z.array(z.strictObject({ kind: z.enum(HINT_KINDS), count })),
      missingRecords: count,
      scatteredLogs: count,
    })
    .describe('Signs of tampering, or of a copy that is not whole.'),
  duplicateCount: count.describe('Records that came again in this file; recordCount has them.'),
});

export const deletionConsequences = z.strictObject({
  name: text,
  memberCount: count.describe('Evidence that came out of an archive and goes with it.'),
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
    type: facet,
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
const chainReference = z.strictObject({ findingId: text, findingNumber: count, sentence: text, severity });
const beforeOrAfter = z.record(text, z.unknown()).nullable();

export const findingDetail = findingItem.extend({
  version: count.describe('To be sent with a change; another version is a conflict.'),
  reason: optionalText,
  filled: z.array(text),
  row: namedValues,
  search: text,
  evaluation: z
    .enum(['strict', 'extended'])
    .describe(
      '`extended`: the detection is none of the published ones, so that all of its findings are extended.',
    ),
  decoding: z
    .array(z.strictObject({ method: text, before: text, after: text }))
    .describe('Steps from what was logged to what matched; empty when what was logged matched.'),
  mappedFrom: z
    .array(text)
    .describe('Forms of evidence whose fields got names that the same source has not in Splunk.'),
  unmatched: z
    .array(
      z.strictObject({
        detectionId: text,
        detectionName: text,
        term: text,
        field: optionalText,
        value: optionalText,
      }),
    )
    .describe('Other detections that could judge the events, and the first term of each that does not hold.'),
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
  chain: chainReference
    .extend({
      name: text,
      hosts: z.array(person),
      stepTotal: count,
      steps: z.array(
        chainReference.extend({
          label: text,
          host: person,
          ticks,
          time,
          eventCount: count,
          mode: z.enum(FINDING_MODES),
          isThis: z.boolean(),
          techniques: z.array(text),
        }),
      ),
    })
    .nullable()
    .describe('The chain that the finding is, else the worst that it is a member of.'),
  otherChains: z.array(chainReference),
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
  chainSeverity: severity.nullable(),
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
  chain: chainReference.extend({ name: text, ...span }).nullable(),
});

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
  hints: z.array(tamperHint).describe('Signs of tampering in the range.'),
});

export const surroundingEvents = z.strictObject({
  aroundTicks: ticks,
  around_time: time,
  ...fromTo,
  items: z.array(
    z.strictObject({
      id: text,
      ticks,
      time,
      channel: text,
      eventCode: z.number().int(),
      recordId: optionalText,
      provider: optionalText,
      host: text,
      summary: text,
      raw: optionalText.describe('The event as XML, when asked for.'),
      evidenceId: z.uuid(),
      evidenceName: text,
      offset: count,
      line: count.nullable(),
    }),
  ),
  nextCursor: optionalText,
  isCutShort: z.boolean().describe('Blocks that hold more of one time than is read at once were left out.'),
  readBytes: count,
  unindexed: z.array(person).describe('Evidence of the host that is not read to the end yet.'),
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

export const incidentPage = z.strictObject({
  items: z.array(
    z.strictObject({
      kind: z.literal('chain').describe('What raised it.'),
      findingId: text.describe('The finding as which it is triaged.'),
      findingNumber: count,
      name: text,
      sentence: text,
      severity,
      status: z.enum(FINDING_STATUSES),
      owner: person.nullable(),
      hosts: z.array(person),
      stories: z.array(text),
      techniques: z.array(text),
      ...span,
    }),
  ),
  nextCursor: optionalText,
  total: count,
});

// ---------------------------------------------------------------------------------------------- detections

const detectionStatus = z.enum(DETECTION_STATUSES);
const searchProblem = z
  .strictObject({ message: text, from: count, to: count, excerpt: text })
  .describe('Why the search cannot run; UTF-16 offsets in it, and the line with carets under the place.');

const detectionItem = z.strictObject({
  id: text,
  name: text,
  type: text,
  version: count,
  isShipped: z.boolean(),
  isEnabled: z.boolean(),
  status: detectionStatus,
  problem: searchProblem.nullable(),
  techniques: z.array(text),
  riskScore: z.number(),
  variant: optionalText.describe('The variant that counts.'),
  variants: z.array(text),
  findingCount: count,
  lastTicks: ticks.nullable(),
  last_time: time.nullable(),
  relevantCount: count,
});

const reprocess = z.strictObject({
  fileTotal: count,
  fileDone: count,
  byteTotal: count,
  byteDone: count,
  isDone: z.boolean(),
  failures: z.array(z.strictObject({ evidenceId: z.uuid(), name: text, message: text })),
});

export const reprocessStarted = z.strictObject({ reprocess: reprocess.nullable() });

export const detectionPage = z.strictObject({
  items: z.array(detectionItem),
  total: count,
  byStatus: z.strictObject(
    Object.fromEntries(DETECTION_STATUSES.map((status) => [status, count])) as Record<
      (typeof DETECTION_STATUSES)[number],
      typeof count
    >,
  ),
  reprocess: reprocess.nullable(),
});

export const detectionDetail = detectionItem.extend({
  description: text,
  howToImplement: text,
  knownFalsePositives: text,
  stories: z.array(text),
  dataSources: z.array(text),
  references: z.array(text),
  killChain: z.array(text),
  nist: z.array(text),
  cis: z.array(text),
  risk: z.strictObject({
    impact: z.number(),
    confidence: z.number(),
    message: text,
    objects: z.array(z.strictObject({ field: text, type: text })),
    setScore: z.number().nullable(),
  }),
  wantedVariant: optionalText,
  stopped: optionalText,
  hasSigma: z.boolean(),
  searches: z.array(
    z.strictObject({
      name: text,
      isShipped: z.boolean(),
      isCounting: z.boolean(),
      search: text,
      expandedSearch: optionalText,
      problem: searchProblem.nullable(),
      unreadFiles: count,
      unreadBytes: count,
    }),
  ),
  versions: z.array(
    z.strictObject({
      number: count,
      variant: text,
      fileName: text,
      sha256: text.length(64),
      importedBy: text,
      importedAt: ownTime,
    }),
  ),
  covered: z.array(
    z.strictObject({ id: z.uuid(), name: text, relevantCount: count, selectedCount: count, ...span }),
  ),
  blind: z.array(person),
  coveredTotal: count,
  blindTotal: count,
  blindLabel: text,
  selectedMax: count,
  history: z.array(
    z.strictObject({
      at: ownTime,
      actorName: text,
      action: text,
      before: beforeOrAfter,
      after: beforeOrAfter,
    }),
  ),
});

const comparedFindings = z.array(
  z.strictObject({
    sentence: text,
    dest: optionalText,
    user: optionalText,
    mode: text,
    count,
    firstTicks: ticks.nullable(),
    first_time: time.nullable(),
  }),
);

export const variantComparison = z.strictObject({
  counting: optionalText,
  other: text,
  result: z
    .strictObject({
      countingTotal: count,
      otherTotal: count,
      sameTotal: count,
      onlyCounting: comparedFindings,
      onlyOther: comparedFindings,
    })
    .nullable()
    .describe('Null: too many events to compare.'),
  unreadFiles: count,
});

export const importResult = z.strictObject({
  items: z.array(
    z.strictObject({
      id: text,
      name: text,
      fileName: text,
      outcome: z.enum(['added', 'updated', 'unchanged', 'shipped']),
      version: count,
      variant: text,
      isEnabled: z.boolean(),
      status: z.enum(['runs', 'no-data', 'cannot-run']),
      problem: searchProblem.nullable(),
    }),
  ),
  macros: z.array(text),
  lookups: z.array(text),
  problems: z.array(z.strictObject({ place: text, line: count.optional(), message: text })),
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
          extendedCount: count,
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
  silentDetections: count.describe('Enabled detections that found nothing.'),
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

// ------------------------------------------------------------------------------------------ notifications

const channelItem = z.strictObject({
  id: z.uuid(),
  kind: text,
  kindLabel: text,
  name: text,
  settings: z.record(text, z.unknown()).describe('As the kind has them; holds no secret.'),
  hasSecrets: z.boolean(),
  wants: z.array(z.enum(CHANNEL_EVENTS)),
  leastSeverity: severity,
  quietFrom: optionalText,
  quietTo: optionalText,
  zone: text,
  titleTemplate: optionalText,
  bodyTemplate: optionalText,
  baseUrl: optionalText,
  isEnabled: z.boolean(),
  version: count,
  createdAt: ownTime,
  failingSince: ownTime.nullable(),
  failure: optionalText,
  lastSentAt: ownTime.nullable(),
  waitingCount: count,
  failedCount: count.describe('Given up.'),
});

export const channelList = z.strictObject({ items: z.array(channelItem) });

export const channelDetail = channelItem.extend({
  deliveries: z.array(
    z.strictObject({
      id: z.uuid(),
      event: z.enum(CHANNEL_EVENTS),
      about: text,
      state: z.enum(['waiting', 'sent', 'failed']),
      isHeld: z.boolean().describe('It came in quiet hours and goes out with the others that did.'),
      tries: count,
      nextTryAt: ownTime.nullable(),
      message: optionalText.describe('What came back, or why it did not get through.'),
      createdAt: ownTime,
      sentAt: ownTime.nullable(),
    }),
  ),
});

export const channelTest = z.strictObject({ isSent: z.boolean(), message: text });
