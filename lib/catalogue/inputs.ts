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
      .describe('Risk of its findings in place of what its author says; null takes that again.'),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'Give isEnabled, variant or riskScore.',
  });
export type DetectionChange = z.output<typeof detectionChange>;

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
