import { z } from 'zod';

/** Of a PostgreSQL bigint. */
export const TICKS_MAX = 2n ** 63n - 1n;

const ticks = z
  .string()
  .regex(/^-?\d{1,19}$/, { error: 'Give a time in 100 ns ticks since 1970 UTC.', abort: true })
  .refine((text) => BigInt(text) <= TICKS_MAX && BigInt(text) >= -TICKS_MAX, 'This time is out of range.');

export const hostListQuery = z.object({
  q: z.string().max(300).optional(),
  sort: z.enum(['risk', 'name', 'events']).default('risk'),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type HostListQuery = z.output<typeof hostListQuery>;

export const timelineQuery = z.object({
  from: ticks.optional(),
  to: ticks.optional(),
  /** `all`: everything that is kept, also far from the findings. */
  range: z.enum(['all']).optional(),
});
export type TimelineQuery = z.output<typeof timelineQuery>;

export const surroundingsQuery = z.object({
  around: ticks
    .optional()
    .describe('Time in 100 ns ticks since 1970 UTC; the first finding of the host when absent.'),
  minutes: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_440)
    .default(15)
    .describe('How many minutes before and after that time; 0 for that very time.'),
  limit: z.coerce.number().int().min(1).max(5_000).default(500),
  cursor: z
    .string()
    .regex(/^-?\d{1,19}\.([0-9a-f]{64})?$/, 'This is no cursor of an earlier answer.')
    .optional(),
  raw: z.enum(['true']).optional().describe('Adds each event as XML.'),
});
export type SurroundingsQuery = z.output<typeof surroundingsQuery>;
