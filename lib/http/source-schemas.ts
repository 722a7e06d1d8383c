/** What the API answers about sources, for the OpenAPI document; the tests of the API check every answer against it. */
import { z } from 'zod';
import { TEST_STEPS } from '#lib/sources/types.ts';

const text = z.string();
const count = z.number().int().min(0);
const ownTime = z.iso.datetime();
const ticks = z.string().regex(/^-?\d+$/);
const time = z.string().regex(/^[-+\d]+-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
const span = {
  fromTicks: ticks.nullable(),
  from_time: time.nullable(),
  toTicks: ticks.nullable(),
  to_time: time.nullable(),
};

const pull = z.strictObject({
  id: z.uuid(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  cause: z.enum(['schedule', 'hand', 'backfill']),
  ...span,
  rowCount: count,
  byteCount: count,
  evidenceIds: z.array(z.uuid()),
  notes: z.array(text),
  message: text.nullable(),
  createdAt: ownTime,
  startedAt: ownTime.nullable(),
  finishedAt: ownTime.nullable(),
});

const item = z.strictObject({
  id: text,
  name: text,
  kind: text,
  kindLabel: text,
  isEnabled: z.boolean(),
  cron: text.nullable(),
  zone: text,
  lookBackMinutes: count,
  nextPullAt: ownTime.nullable(),
  failingSince: ownTime.nullable(),
  failure: text.nullable(),
  lastPull: pull.nullable(),
  rowTotal: count,
  byteTotal: count,
});

const step = z.strictObject({
  step: z.enum(TEST_STEPS),
  state: z.enum(['works', 'warning', 'fails', 'skipped']),
  message: text,
  remedy: text.nullable(),
});

export const sourceList = z.strictObject({ items: z.array(item) });

export const sourceDetail = z.strictObject({
  ...item.shape,
  settings: z.record(text, z.unknown()).describe('Never holds a secret.'),
  hasSecrets: z.boolean(),
  caCertificates: text.nullable(),
  proxyUrl: text.nullable(),
  tlsOffReason: text.nullable(),
  version: count,
  coverage: z.array(
    z.strictObject({
      detectionId: text,
      detectionName: text,
      isCovered: z.boolean(),
      reason: text.nullable(),
    }),
  ),
  queries: z.array(
    z.strictObject({
      detectionIds: z.array(text),
      text,
      language: z.enum(['spl', 'dsl', 'kql', 'http']),
      widened: z.array(text),
    }),
  ),
  test: z.array(step).nullable(),
  testedAt: ownTime.nullable(),
  pulls: z.array(pull),
  backfill: z
    .strictObject({
      sliceTotal: count,
      sliceDone: count,
      sliceFailed: count,
      ...span,
      secondsLeft: count.nullable(),
    })
    .nullable(),
});

export const sourceKinds = z.strictObject({
  items: z.array(
    z.strictObject({
      kind: text,
      label: text,
      description: text,
      fields: z.array(
        z.strictObject({
          name: text,
          label: text,
          hint: text.nullable(),
          input: z.enum(['text', 'lines', 'list', 'number', 'choice', 'switch']),
          choices: z.array(z.strictObject({ value: text, label: text })).optional(),
          isSecret: z.boolean(),
          isRequired: z.boolean(),
          initial: z.union([text, z.number(), z.boolean()]).optional(),
          when: z.strictObject({ name: text, value: text }).optional(),
        }),
      ),
    }),
  ),
});

export const sourceTest = z.strictObject({ steps: z.array(step) });
export const pullBegun = z.strictObject({ pullId: z.uuid() });
export const backfillBegun = z.strictObject({ sliceCount: count });
