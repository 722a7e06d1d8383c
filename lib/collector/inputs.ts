/** What a manager may say about a collector token; shared by form and action. */
import { z } from 'zod';
import { textLine } from '#lib/inputs.ts';

/** Index names that Splunk allows. */
export const INDEX_NAME = /^[a-z0-9][a-z0-9_-]{0,79}$/;

const value = textLine(200).transform((text) => text || null);

export const newCollectorToken = z.strictObject({
  name: textLine(100).min(1, 'Write what the token is for.'),
  isAckEnabled: z.boolean(),
  isQueryAllowed: z.boolean(),
  source: value,
  sourcetype: value,
  index: value.refine(
    (text) => text === null || INDEX_NAME.test(text),
    'An index has lower-case letters, digits, hyphens and underscores, and begins with a letter or digit.',
  ),
  host: value,
});
export type NewCollectorToken = z.output<typeof newCollectorToken>;

export const collectorTokenChange = z.strictObject({ id: z.uuid(), isEnabled: z.boolean() });
export type CollectorTokenChange = z.output<typeof collectorTokenChange>;
