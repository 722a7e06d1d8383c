import { z } from 'zod';

/** Pieces of the input schemas that several features share. */

/** A list in the URL: `severity=high,medium`. Empty means not narrowed. */
export function commaList<T extends string>(
  item: z.ZodType<T, string>,
  { length = 2_000, count = 50 }: { readonly length?: number; readonly count?: number } = {},
) {
  return z
    .string()
    .max(length)
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(item).max(count))
    .optional();
}

/** Ids are ASCII that can be printed. */
export const printableId = z
  .string()
  .max(300)
  .regex(/^[\x20-\x7e]+$/, 'This is not an id.');

/** Text of one line, without what a terminal or a log would obey. */
export function textLine(length: number) {
  return z
    .string()
    .trim()
    .max(length, `Write at most ${length} characters.`)
    .refine(
      (text) => text.isWellFormed() && !/\p{Cc}/u.test(text),
      'Write it without line breaks or control characters.',
    );
}
