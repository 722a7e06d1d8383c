import { createHash, type Hash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { FileStore } from '@tus/file-store';
import { ERRORS, Upload } from '@tus/server';
import { assertFreeSpace, diskFull, SPACE_CHECK_BYTES } from '#lib/custody/store.ts';
import { AppError } from '#lib/errors.ts';

/** Unfinished uploads, and the notes about finished ones, are kept for this long. */
const KEPT_MS = 7 * 24 * 3_600_000;
/** An upload that was written to within this time still takes its room. */
const RUNNING_MS = 5 * 60_000;

/** What is known of an upload beside its bytes. */
export type UploadRecord = {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly receivedBytes: number;
  readonly createdAt: string;
  /** Set when all bytes are there; from then on they may have moved into the evidence store. */
  readonly sha256: string | null;
  /** Set when it is evidence. */
  readonly evidenceId: string | null;
  readonly isKnown: boolean;
  /** Of times that name none, as said when the upload was begun. */
  readonly timeZone: string | null;
};

type Change = { readonly sha256?: string; readonly evidenceId?: string; readonly isKnown?: string };
type Hashed = { readonly hash: Hash; bytes: number };

/** Who wants to know what becomes of uploads. */
export type UploadWatch = {
  /** More bytes of it are there. What it throws ends the request that brings them. */
  readonly grew: (id: string, receivedBytes: number) => Promise<void>;
  /** It will be removed. */
  readonly removing: (id: string, why: 'given up' | 'expired') => Promise<void>;
};

/** Growth is told after so many bytes and so long. */
const TOLD_BYTES = 1024 * 1024;
const TOLD_MS = 1_000;

/**
 * Uploads that grow in a folder, each as its bytes and a note in JSON. The hash of what has come is kept while the process
 * lives and made anew from the disk after a restart.
 */
export class UploadStore extends FileStore {
  readonly #hashed = new Map<string, Hashed>();
  readonly #watch: UploadWatch;

  constructor(directory: string, watch: UploadWatch) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    super({ directory, expirationPeriodInMilliseconds: KEPT_MS });
    this.#watch = watch;
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
  }

  pathOf(id: string): string {
    return path.join(this.directory, id);
  }

  /** Appends, and hashes exactly what was written, so that a connection that breaks off leaves both equal. */
  override async write(content: Readable, id: string, offset: number): Promise<number> {
    const hashed = await this.#hashedTo(id, offset);
    const file = await open(this.pathOf(id), 'r+');
    let nextCheck = offset;
    let told = { bytes: offset, ms: 0 };
    try {
      for await (const chunk of content as AsyncIterable<Buffer>) {
        if (hashed.bytes >= nextCheck) {
          await assertFreeSpace(this.directory);
          nextCheck = hashed.bytes + SPACE_CHECK_BYTES;
        }
        await writeAll(file, chunk, hashed.bytes);
        hashed.hash.update(chunk);
        hashed.bytes += chunk.length;
        if (hashed.bytes - told.bytes < TOLD_BYTES || Date.now() - told.ms < TOLD_MS) continue;
        await this.#watch.grew(id, hashed.bytes);
        told = { bytes: hashed.bytes, ms: Date.now() };
      }
    } finally {
      await file.close();
      if (hashed.bytes > told.bytes) await this.#watch.grew(id, hashed.bytes);
    }
    return hashed.bytes;
  }

  /** A whole upload is at its end, wherever its bytes are by now. */
  override async getUpload(id: string): Promise<Upload> {
    const record = await this.find(id);
    if (!record) throw ERRORS.FILE_NOT_FOUND;
    return new Upload({
      id,
      size: record.sizeBytes,
      offset: record.receivedBytes,
      metadata: { filename: record.name },
      creation_date: record.createdAt,
    });
  }

  override remove(id: string): Promise<void> {
    return this.#remove(id, 'given up');
  }

  async #remove(id: string, why: 'given up' | 'expired'): Promise<void> {
    await this.#watch.removing(id, why);
    this.#hashed.delete(id);
    await rm(this.pathOf(id), { force: true });
    await rm(`${this.pathOf(id)}.json`, { force: true });
  }

  /** Null when there is none, or nothing is left of it. */
  async find(id: string): Promise<UploadRecord | null> {
    const kept = await this.configstore.get(id);
    if (!kept) return null;
    const {
      owner,
      filename,
      sha256 = null,
      evidenceId = null,
      isKnown,
      timeZone = null,
    } = kept.metadata ?? {};
    const sizeBytes = kept.size ?? 0;
    const onDisk = await sizeOf(this.pathOf(id));
    const receivedBytes = sha256 === null ? onDisk : sizeBytes;
    if (receivedBytes === null || !owner) return null;
    const createdAt = kept.creation_date ?? new Date(0).toISOString();
    const name = filename ?? '';
    return {
      id,
      owner,
      name,
      sizeBytes,
      receivedBytes,
      createdAt,
      sha256,
      evidenceId,
      isKnown: isKnown === 'true',
      timeZone,
    };
  }

  /** Those that have not become evidence, the newest first. */
  async unfinished(): Promise<readonly UploadRecord[]> {
    const records: UploadRecord[] = [];
    for (const name of await readdir(this.directory)) {
      if (!name.endsWith('.json')) continue;
      const record = await this.find(path.basename(name, '.json'));
      if (record && record.evidenceId === null) records.push(record);
    }
    return records.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** Bytes that uploads which are running now have still to bring. */
  async awaitedBytes(nowMs: number): Promise<number> {
    let awaited = 0;
    for (const { id, sizeBytes, receivedBytes } of await this.unfinished()) {
      const written = await stat(this.pathOf(id)).catch(() => null);
      if (written && nowMs - written.mtimeMs < RUNNING_MS) awaited += sizeBytes - receivedBytes;
    }
    return awaited;
  }

  /** The SHA-256 of an upload whose bytes are all there, written down beside them. */
  async seal({ id, sizeBytes, sha256 }: UploadRecord): Promise<string> {
    if (sha256 !== null) return sha256;
    const { hash } = await this.#hashedTo(id, sizeBytes);
    const digest = hash.copy().digest('hex');
    await this.change(id, { sha256: digest });
    this.#hashed.delete(id);
    return digest;
  }

  async change(id: string, change: Change): Promise<void> {
    const kept = await this.configstore.get(id);
    if (!kept) throw new AppError('not-found', 'There is no such upload. Begin it again.');
    await this.configstore.set(id, { ...kept, metadata: { ...kept.metadata, ...change } } as Upload);
  }

  /** Removes what nobody touched for seven days. */
  async removeOld(nowMs: number): Promise<void> {
    const names = await readdir(this.directory);
    for (const id of new Set(names.map((name) => path.basename(name, '.json')))) {
      const files = [this.pathOf(id), `${this.pathOf(id)}.json`];
      const touched = await Promise.all(files.map((file) => stat(file).catch(() => null)));
      const touchedMs = Math.max(...touched.map((one) => one?.mtimeMs ?? 0));
      if (nowMs - touchedMs > KEPT_MS) await this.#remove(id, 'expired');
    }
  }

  async #hashedTo(id: string, offset: number): Promise<Hashed> {
    const known = this.#hashed.get(id);
    if (known?.bytes === offset) return known;
    const hash = createHash('sha256');
    if (offset > 0) {
      for await (const chunk of createReadStream(this.pathOf(id), { end: offset - 1 })) hash.update(chunk);
    }
    const hashed = { hash, bytes: offset };
    this.#hashed.set(id, hashed);
    return hashed;
  }
}

async function writeAll(file: FileHandle, chunk: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    const { bytesWritten } = await file
      .write(chunk, written, chunk.length - written, position + written)
      .catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOSPC' ? diskFull() : error;
      });
    written += bytesWritten;
  }
}

async function sizeOf(file: string): Promise<number | null> {
  return stat(file).then(
    ({ size }) => size,
    () => null,
  );
}
