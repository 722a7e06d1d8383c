import { z } from 'zod';

const RISK_OBJECT_TYPES = ['system', 'user'] as const;

const page = {
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'The cursor does not come from this list. Begin again without it.')
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};

export const riskObjectQuery = z.object({ type: z.enum(RISK_OBJECT_TYPES).optional(), ...page });
export type RiskObjectQuery = z.output<typeof riskObjectQuery>;

export const incidentQuery = z.object({
  /** `true`: without those that are closed. */
  open: z.enum(['true', 'false']).default('false'),
  ...page,
});
export type IncidentQuery = z.output<typeof incidentQuery>;
