/** Where the files of app/ are and what they answer at, for tests. */
import { globSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Files of the repository, by pattern, from its root. */
export function filesOf(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: ROOT }).toSorted();
}

/** Address that a page or route answers at: its folders without groups, parameters in brackets. */
export function addressOf(file: string): string {
  const folders = path.dirname(file).split('/').slice(1);
  return `/${folders.filter((folder) => !/^\(.*\)$/.test(folder)).join('/')}`;
}
