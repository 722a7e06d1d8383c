import path from 'node:path';

/** npm runs commands in the repository's root; a relative path means the folder that npm was called in. */
export function fromCallersFolder(given: string): string {
  const folder = process.env.INIT_CWD;
  return given === '-' || folder === undefined || folder === process.cwd()
    ? given
    : path.resolve(folder, given);
}
