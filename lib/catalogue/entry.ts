import { AppError } from '#lib/errors.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { currentCatalogue } from './current.ts';

/** Callers have checked the role. Throws AppError `not-found`. */
export async function findEntry(id: string): Promise<CatalogueEntry> {
  const entry = (await currentCatalogue()).entries.find((one) => one.id === id.toLowerCase());
  if (!entry) throw new AppError('not-found', 'There is no such detection.');
  return entry;
}
