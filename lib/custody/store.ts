import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#lib/errors.ts';

/**
 * Evidence as it came, in a folder, each file under its SHA-256. A file is written beside its final place and renamed when
 * whole and on disk, so that a crash leaves no half evidence under a hash.
 */

export type StoredFile = { readonly sha256: string; readonly sizeBytes: number };

/** Kept free for PostgreSQL when an upload would fill the disk. */
const RESERVED_BYTES = 512 * 1024 * 1024;
/** How many bytes may be written between two looks at the free space. */
export const SPACE_CHECK_BYTES = 64 * 1024 * 1024;

export class EvidenceStore {
  readonly #root: string;

  /** @param dataFolder JOBSIGHT_DATA */
  constructor(dataFolder: string) {
    this.#root = path.resolve(dataFolder, 'evidence');
  }

  /** Where files that come in pieces grow: on the file system of the store, so that a whole one moves without copying. */
  get uploadsFolder(): string {
    return path.join(this.#root, 'uploads');
  }

  /** Where the bytes of an upload grow. */
  uploadPath(uploadId: string): string {
    if (!/^[0-9a-f]{32}$/.test(uploadId)) throw new Error('not the id of an upload');
    return path.join(this.uploadsFolder, uploadId);
  }

  /** How many bytes of an upload are there; null when it is gone, or whole and moved to its place. */
  async receivedBytes(uploadId: string): Promise<number | null> {
    return stat(this.uploadPath(uploadId)).then(
      ({ size }) => size,
      () => null,
    );
  }

  /** Whether the note of an upload is there, which stays when its bytes have moved. */
  async hasUpload(uploadId: string): Promise<boolean> {
    return exists(`${this.uploadPath(uploadId)}.json`);
  }

  /** Gives up an upload: its bytes and the note beside them. */
  async removeUpload(uploadId: string): Promise<void> {
    await rm(this.uploadPath(uploadId), { force: true });
    await rm(`${this.uploadPath(uploadId)}.json`, { force: true });
  }

  /** Only a hash makes a path: nothing from a file's name or content does. */
  pathOf(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('not a SHA-256');
    return path.join(this.#root, sha256.slice(0, 2), sha256);
  }

  /**
   * Keeps what the stream gives. Throws AppError `too-large` when the disk would run full; nothing is kept then, as when
   * the stream breaks off.
   */
  async keep(stream: Readable): Promise<StoredFile> {
    const incoming = path.join(this.#root, 'incoming');
    await mkdir(incoming, { recursive: true });
    const temporary = path.join(incoming, randomUUID());
    const hash = createHash('sha256');
    let sizeBytes = 0;
    let nextCheck = 0;
    const measure = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        hash.update(chunk);
        sizeBytes += chunk.length;
        if (sizeBytes < nextCheck) return done(null, chunk);
        nextCheck = sizeBytes + SPACE_CHECK_BYTES;
        assertFreeSpace(incoming).then(() => done(null, chunk), done);
      },
    });
    try {
      await pipeline(stream, measure, createWriteStream(temporary, { mode: 0o600, flush: true }));
      const sha256 = hash.digest('hex');
      await this.#place(temporary, sha256);
      return { sha256, sizeBytes };
    } catch (error) {
      await rm(temporary, { force: true });
      throw isDiskFull(error) ? diskFull() : error;
    }
  }

  /**
   * Takes over a whole file that was written under `uploadsFolder`; its name there is gone then. Done again after a crash,
   * it changes nothing. Throws AppError `not-found` when neither is there.
   */
  async adopt(file: string, sha256: string): Promise<void> {
    const handle = await open(file, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return null;
    });
    if (handle) {
      await handle.sync().finally(() => handle.close());
      await this.#place(file, sha256);
    } else if (!(await this.has(sha256))) {
      throw new AppError('not-found', 'What was sent of this file is gone. Upload it again.');
    }
  }

  async #place(file: string, sha256: string): Promise<void> {
    const final = this.pathOf(sha256);
    await mkdir(path.dirname(final), { recursive: true });
    await rename(file, final);
  }

  async has(sha256: string): Promise<boolean> {
    return exists(this.pathOf(sha256));
  }

  read(sha256: string): Readable {
    return createReadStream(this.pathOf(sha256));
  }

  async open(sha256: string) {
    return open(this.pathOf(sha256), 'r');
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.pathOf(sha256), { force: true });
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** Bytes that evidence may still take on the disk of this folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(0, bavail * bsize - RESERVED_BYTES);
}

/** Throws AppError `too-large` when the disk is nearly full. */
export async function assertFreeSpace(folder: string): Promise<void> {
  if ((await freeBytes(folder)) === 0) throw diskFull();
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}

/** No room for more evidence: a user is told, and what runs by itself waits. */
export class DiskFull extends AppError {}

export function diskFull(): DiskFull {
  return new DiskFull(
    'too-large',
    'The disk that holds the evidence is nearly full, so the file was not kept. Free some space and upload it again.',
  );
}
