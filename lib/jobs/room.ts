import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiskFull } from '#lib/custody/store.ts';
import { databaseFailure } from '#lib/db/failure.ts';
import { log } from '#lib/log.ts';

const LOOK_MS = 5_000;

/** What is shown while work waits for room. */
export const WAITS_FOR_ROOM =
  'The disk is full. Free some space: reading goes on by itself, and nothing is lost.';

/** PostgreSQL ends when it cannot write its log: work stops while there is still room for what it does by itself. */
const ROOM_MIN_BYTES = 128 * 1024 * 1024;

class NoRoom extends Error {
  override readonly name = 'NoRoom';
  readonly code = 'ENOSPC';
}

/** Throws an error of a full disk while there is less room in the data folder than a batch may take. */
export async function assertRoom(dataFolder: string): Promise<void> {
  const { bavail, bsize } = await statfs(dataFolder);
  if (bavail * bsize < ROOM_MIN_BYTES) throw new NoRoom('the disk of the data folder is nearly full');
}

/**
 * Runs again what a full disk has kept from being done, until it is done or fails otherwise; what runs must go on where it
 * stood. `tell` is called before each wait, and may fail on a full disk, too. Throws the signal's reason when aborted.
 */
export async function untilRoom<T>(
  run: () => Promise<T>,
  tell: () => Promise<unknown>,
  signal: AbortSignal | undefined,
  lookMs = LOOK_MS,
): Promise<T> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (databaseFailure(error) !== 'disk-full' && !(error instanceof DiskFull)) throw error;
      log.error({ err: error }, 'the disk is full; work waits for room');
    }
    await tell().catch((error: unknown) => log.warn({ err: error }, 'the wait could not be shown'));
    await sleep(lookMs, undefined, signal ? { signal } : {});
  }
}
