import type { CatalogueEntry } from './catalogue.ts';

/** What counts when nobody chose: the content's default, or the newest import. */
export function defaultVariant(entry: CatalogueEntry): string | null {
  return entry.shipped?.default_variant ?? entry.imported?.variant ?? null;
}
