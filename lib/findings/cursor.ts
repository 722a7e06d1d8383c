import { z } from 'zod';
import { AppError } from '#lib/errors.ts';

/** Where a keyset page ended: the sort value and the tie-break of its last row. Opaque to clients. */
const cursorSchema = z.tuple([z.union([z.string(), z.number(), z.null()]), z.number()]);
export type Cursor = z.infer<typeof cursorSchema>;

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

export function decodeCursor(text: string): Cursor {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw new AppError('invalid-input', 'The cursor does not come from this list. Begin again without it.');
  }
}
