import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder, without a trailing slash. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** Next's command line, to be run by Node. */
export const NEXT = join(ROOT, 'node_modules', 'next', 'dist', 'bin', 'next');
