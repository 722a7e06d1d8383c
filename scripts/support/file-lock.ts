import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

export type FileLock = { release(): void };

/**
 * Takes the lock of this file, which is made when absent; null when another process has it. The operating system takes
 * it back when the process ends, however it ends. It is an open exclusive transaction of an empty SQLite database: Node
 * has no call for a file lock, and SQLite takes one on every platform. Throws when the file cannot be written.
 */
export function tryLock(path: string): FileLock | null {
  const database = new DatabaseSync(path);
  try {
    database.exec('BEGIN EXCLUSIVE');
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return null;
    throw error;
  }
}
