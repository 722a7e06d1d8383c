/**
 * What keeps the database from its work, as far as it passes by itself or by making room. Errors of PostgreSQL come through
 * pg, Prisma and its adapter, each of which wraps the others.
 */
export type DatabaseFailure = 'disk-full' | 'unreachable';

/** SQLSTATE 53100, and the code of the system for files of our own. */
const DISK_FULL: ReadonlySet<string> = new Set(['53100', 'ENOSPC', 'EDQUOT', 'EFBIG']);
/**
 * SQLSTATE classes 08 and 57P (shutting down, starting), the codes of sockets, and those of Prisma for a server that cannot
 * be reached or has closed the connection.
 */
const UNREACHABLE =
  /^(?:08[0-9A-Z]{3}|57P0[1-3]|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT|P1001|P1002|P1008|P1017)$/;
const LOST = /^Connection terminated|^Server has closed the connection|^Can't reach database server/;
/** Deeper than any of the libraries wraps. */
const DEPTH_MAX = 6;
const WRAPPERS = ['cause', 'meta', 'driverAdapterError', 'errors'] as const;
const CODES = ['code', 'originalCode'] as const;

/** Null when it is something else. */
export function databaseFailure(error: unknown, depth = 0): DatabaseFailure | null {
  if (typeof error !== 'object' || error === null || depth > DEPTH_MAX) return null;
  const values = error as Readonly<Record<string, unknown>>;
  for (const name of CODES) {
    const code = values[name];
    if (typeof code !== 'string') continue;
    if (DISK_FULL.has(code)) return 'disk-full';
    if (UNREACHABLE.test(code)) return 'unreachable';
  }
  for (const name of WRAPPERS) {
    const found = databaseFailure(values[name], depth + 1);
    if (found) return found;
  }
  for (const one of Array.isArray(error) ? error : []) {
    const found = databaseFailure(one, depth + 1);
    if (found) return found;
  }
  return typeof values.message === 'string' && LOST.test(values.message) ? 'unreachable' : null;
}
