import { AppError } from '#lib/errors.ts';

const WINDOW_MS = 15 * 60_000;
const ATTEMPTS_MAX = 10;
const ACCOUNTS_MAX = 10_000;

const failures = new Map<string, { count: number; sinceMs: number }>();

/**
 * Slows down guessing of one account's password. By account and not by address, because a client can claim any address.
 * Throws AppError `too-many-requests`.
 */
export function assertMayTry(account: string, nowMs: number): void {
  const entry = failures.get(account.toLowerCase());
  if (entry && nowMs - entry.sinceMs < WINDOW_MS && entry.count >= ATTEMPTS_MAX) {
    throw new AppError(
      'too-many-requests',
      'Too many wrong passwords for this account. Wait 15 minutes and try again.',
    );
  }
}

export function noteAttempt(account: string, isSuccess: boolean, nowMs: number): void {
  const key = account.toLowerCase();
  if (isSuccess) {
    failures.delete(key);
    return;
  }
  const entry = failures.get(key);
  const isFresh = entry !== undefined && nowMs - entry.sinceMs < WINDOW_MS;
  if (failures.size >= ACCOUNTS_MAX && !entry) failures.clear();
  failures.set(key, isFresh ? { ...entry, count: entry.count + 1 } : { count: 1, sinceMs: nowMs });
}
