import { z } from 'zod';
import { AppError } from '#lib/errors.ts';

/** Where a keyset page ended: the sort value as text and the number of its last row. Opaque to clients. */
const cursorSchema = z.tuple([z.string().max(2_000), z.int().min(0).max(2_147_483_647)]);
export type Cursor = z.infer<typeof cursorSchema>;

const NUMERAL = /^-?\d{1,19}(\.\d{1,20})?$/;

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** Throws AppError `invalid-input` for anything that such a list does not give out. */
export function decodeCursor(text: string, isNumeric: boolean): Cursor {
  try {
    const cursor = cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    if (isNumeric ? NUMERAL.test(cursor[0]) : !cursor[0].includes('\0')) return cursor;
  } catch {
    // Not even the form is right.
  }
  throw new AppError('invalid-input', 'The cursor does not come from this list. Begin again without it.');
}
