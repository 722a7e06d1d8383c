import { z } from 'zod';

const uuid = z.uuid();

export const detectionReference = z.object({ id: uuid.describe('Id of the detection.') });

export const detectionChange = z
  .strictObject({
    isEnabled: z.boolean().optional(),
    variant: z.string().min(1).max(40).optional().describe('The variant that shall count.'),
    riskScore: z
      .number()
      .min(0)
      .max(100)
      .nullable()
      .optional()
      .describe('Short for an impact of this with confidence 100; null takes what its author says again.'),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'Give isEnabled, variant or riskScore.',
  });
export type DetectionChange = z.output<typeof detectionChange>;

const percent = z.number().min(0).max(100);
const reason = z.string().trim().min(1, 'Give a reason; the next person will read it.').max(2_000);

export const setRisk = z.strictObject({ impact: percent, confidence: percent });

export const detectionRiskChange = z.union([
  z.strictObject({
    risk: setRisk.nullable().describe('In place of what its author says; null takes that again.'),
    reason,
  }),
  z.strictObject({ revertTo: z.int().min(1).describe('A version to go back to.'), reason }),
]);
export type DetectionRiskChange = z.output<typeof detectionRiskChange>;

export const importQuery = z.object({
  enable: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('Whether new detections that can run are enabled at once.'),
});

export const comparisonQuery = z.object({
  with: z.string().min(1).max(40).describe('The variant to compare with the one that counts.'),
});

export const DETECTION_STATUSES = [
  'runs',
  'no-data',
  'cannot-run',
  'disabled',
  'being-read',
  'stopped',
] as const;

export const detectionListQuery = z.object({
  q: z.string().max(200).optional().describe('Words in name, id or technique.'),
  status: z.enum(DETECTION_STATUSES).optional(),
});
export type DetectionListQuery = z.output<typeof detectionListQuery>;

export const exportQuery = z.object({ as: z.enum(['yaml', 'sigma']).default('yaml') });
