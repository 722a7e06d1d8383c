import { createHash } from 'node:crypto';
import { db } from '#lib/db/client.ts';

const WINDOW_MS = 15 * 60_000;
const ATTEMPTS_MAX = 10;

/**
 * Counts an attempt at an account's password before it is looked at, so that many at once do not slip through. False when
 * the account has had its ten within 15 minutes. By account and not by address, because a client can claim any address;
 * in the database, because several servers may share it. An account that does not exist is counted alike, so that the
 * answer does not tell which ones do.
 */
export async function claimAttempt(account: string, nowMs: number): Promise<boolean> {
  const key = keyOf(account);
  const startMs = nowMs - WINDOW_MS;
  // Addresses that were made up must not pile up.
  await db.rateLimit.deleteMany({ where: { key: { startsWith: PREFIX }, lastRequest: { lte: startMs } } });
  const [row] = await db.$queryRaw<{ count: number }[]>`
    INSERT INTO rate_limit (id, key, count, last_request) VALUES (${key}, ${key}, 1, ${nowMs}::bigint)
    ON CONFLICT (key) DO UPDATE SET count = rate_limit.count + 1
    RETURNING count`;
  return (row?.count ?? 1) <= ATTEMPTS_MAX;
}

/** The password was right: the account's count starts anew. */
export async function forgetAttempts(account: string): Promise<void> {
  await db.rateLimit.deleteMany({ where: { key: keyOf(account) } });
}

const PREFIX = 'sign-in:';

/** A hash, because what was typed may be of any length and is sometimes the password. */
function keyOf(account: string): string {
  return PREFIX + createHash('sha256').update(account.trim().toLowerCase()).digest('hex');
}
