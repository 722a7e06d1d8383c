import { db } from '#lib/db/client.ts';
import { AppError } from '#lib/errors.ts';

/** Finds a finding by its id (SHA-256) or its number (`12` or `F-12`). Throws AppError `not-found`. */
export async function findFinding(idOrNumber: string): Promise<{ id: string; investigationId: string }> {
  const number = /^(?:F-)?(\d{1,9})$/i.exec(idOrNumber)?.[1];
  const where = number === undefined ? { id: idOrNumber } : { number: Number(number) };
  const isKnownForm = number !== undefined || /^[0-9a-f]{64}$/.test(idOrNumber);
  const found = isKnownForm
    ? await db.finding.findUnique({
        where: where as { id: string },
        select: { id: true, investigationId: true },
      })
    : null;
  if (!found)
    throw new AppError('not-found', 'There is no such finding. It may have gone with its evidence.');
  return found;
}
