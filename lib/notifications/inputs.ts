/** What a manager may say about a channel; shared by form, action, API and OpenAPI. */
import { z } from 'zod';
import { textLine } from '#lib/inputs.ts';
import { SEVERITIES } from '#lib/risk/severity.ts';
import { isTimeZone } from '#lib/spl/time-format.ts';
import { templateProblem } from './template.ts';
import { CHANNEL_EVENTS } from './types.ts';

const name = textLine(200).min(1, 'Give the channel a name.');

const zone = z.string().max(100).refine(isTimeZone, 'This is no time zone, such as UTC or Europe/Berlin.');

const clockTime = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'Write times as 22:00.')
  .nullable();

const template = z
  .string()
  .max(10_000)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'Write it without NUL.')
  .superRefine((text, context) => {
    const problem = templateProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  })
  .nullable();

const baseUrl = z
  .url({ protocol: /^https?$/, error: 'Write the address as https://jobsight.example.' })
  .max(500)
  .refine((text) => {
    const url = URL.parse(text);
    return url !== null && url.username === '' && url.search === '' && url.hash === '';
  }, 'Write only the beginning that all addresses share.')
  .nullable();

/** Whatever the kind asks for; the kind checks it. */
const kindFields = z.record(
  z.string().max(100),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
);

const wants = z.array(z.enum(CHANNEL_EVENTS)).min(1, 'Choose at least one thing to be told of.');

export const newChannel = z.strictObject({
  kind: z.string().min(1).max(50),
  name,
  settings: kindFields,
  secrets: kindFields.default({}),
  wants,
  leastSeverity: z.enum(SEVERITIES).default('medium'),
  quietFrom: clockTime.default(null),
  quietTo: clockTime.default(null),
  zone: zone.default('UTC'),
  titleTemplate: template.default(null),
  bodyTemplate: template.default(null),
  baseUrl: baseUrl.default(null),
  isEnabled: z.boolean().default(true),
});
export type NewChannel = z.output<typeof newChannel>;

export const channelChange = z.strictObject({
  /** The version that the change was made on; another version is a conflict. */
  version: z.int().min(1),
  name: name.optional(),
  settings: kindFields.optional(),
  /** New ones; without it the stored ones stay. They are never given out. */
  secrets: kindFields.optional(),
  wants: wants.optional(),
  leastSeverity: z.enum(SEVERITIES).optional(),
  quietFrom: clockTime.optional(),
  quietTo: clockTime.optional(),
  zone: zone.optional(),
  titleTemplate: template.optional(),
  bodyTemplate: template.optional(),
  baseUrl: baseUrl.optional(),
  isEnabled: z.boolean().optional(),
});
export type ChannelChange = z.output<typeof channelChange>;

export const channelReference = z.object({
  id: z.uuid('There is no such channel.').describe('Id of the channel.'),
});
