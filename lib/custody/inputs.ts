import { z } from 'zod';
import { columnMapping, zoneName } from '#lib/evidence/mapping/mapping.ts';

/** Password of an archive, for one use. */
export const passwordInput = z.strictObject({ password: z.string().min(1).max(1_000) });

/** How columns are read that no known form claims; `as-is`: they are fields under their own names. */
export const mappingChoice = z.union([z.literal('as-is'), columnMapping]);
export type MappingChoice = z.infer<typeof mappingChoice>;

export const timeZoneInput = zoneName.describe('IANA name of the zone of times that name none.');

const reading = {
  timeZone: timeZoneInput.optional(),
  mapping: mappingChoice
    .optional()
    .describe('How columns are read that no known form claims; remembered for files with the same header.'),
};

/** How an evidence is to be read: answers what it waits for, or has it read again. */
export const evidenceChange = z
  .strictObject({
    ...reading,
    scope: z
      .enum(['this', 'archive', 'investigation'])
      .default('this')
      .describe(
        'Whose question is answered too: of all that came out of the same archive, or of all evidence.',
      ),
  })
  .refine(({ timeZone, mapping }) => timeZone !== undefined || mapping !== undefined, {
    message: 'Say timeZone, mapping or both.',
  });
export type EvidenceChange = z.output<typeof evidenceChange>;

export const previewInput = z.strictObject(reading);
export type PreviewInput = z.output<typeof previewInput>;
