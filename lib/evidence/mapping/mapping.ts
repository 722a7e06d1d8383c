import { z } from 'zod';
import { isTimeZone } from '#lib/spl/time-format.ts';
import { MAPPED_FIELDS, TIME_FORMATS } from './fields.ts';

/**
 * How the columns of a table, or the keys of JSON objects, that no known form claims become events: an analyst says it once
 * for a header. Names of nested keys are joined by dots.
 */

const column = z.string().min(1).max(1_000);
const timeFormat = z.union([
  z.enum(TIME_FORMATS),
  z
    .string()
    .max(100)
    .regex(/%[A-Za-z]/, 'Write the format with directives of strptime, for example %d.%m.%Y %H:%M:%S.')
    .describe('With the directives of strptime.'),
]);

/** An IANA zone that this machine knows. */
export const zoneName = z
  .string()
  .min(1)
  .max(100)
  .refine(isTimeZone, 'There is no such time zone. Give an IANA name, for example Europe/Berlin.');

export const columnMapping = z.strictObject({
  time: z
    .strictObject({
      column,
      format: timeFormat,
      zone: zoneName.nullable().describe('Of times that name none; null: each file is asked about.'),
    })
    .nullable()
    .describe('Null: the events have no time.'),
  raw: column.nullable().describe('The column that holds a whole event: its XML, JSON or classic text.'),
  fields: z.partialRecord(z.enum(MAPPED_FIELDS), column),
});
export type ColumnMapping = z.infer<typeof columnMapping>;

/** A mapping as it is exported: with the header that it is for. */
export const mappingFile = z.strictObject({
  columns: z.array(z.string()).min(1).max(5_000),
  mapping: columnMapping,
});
export type MappingFile = z.infer<typeof mappingFile>;

/** Maps nothing: shows what the columns of unclaimed rows are. */
export const NOTHING_MAPPED: ColumnMapping = { time: null, raw: null, fields: {} };
