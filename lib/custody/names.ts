import { toPostgres } from '#lib/db/postgres-text.ts';

const NAME_MAX = 255;

/** A name to show and to store, never a path: browsers send folders with it, archives have members in them. */
export function shownName(name: string): string {
  return toPostgres((name.split(/[\\/]/).at(-1) ?? '').slice(0, NAME_MAX)) || 'unnamed';
}
