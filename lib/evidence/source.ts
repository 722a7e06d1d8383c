import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteSource } from './record.ts';

export type OpenSource = ByteSource & { close(): Promise<void> };

export type FileSource = OpenSource & {
  /** By which other threads of the process read the same file. */
  readonly fd: number;
};

/** A file as a source. Throws what the file system throws. */
export async function openFile(file: string): Promise<FileSource> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    return {
      fd: handle.fd,
      sizeBytes: size,
      async read(target, targetOffset, length, offset) {
        return (await handle.read(target, targetOffset, length, offset)).bytesRead;
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The bytes at `offset` have not come yet. */
export class NotArrived extends Error {
  override readonly name = 'NotArrived';
  readonly offset: number;
  constructor(offset: number) {
    super(`byte ${offset} has not come yet`);
    this.offset = offset;
  }
}

/**
 * A file that grows as the whole source that it will be, with its size then. Reading what has not come throws NotArrived,
 * so that readers need not know: what they gave before stands.
 */
export function arriving(file: OpenSource, sizeBytes: number): OpenSource {
  return {
    sizeBytes,
    async read(target, targetOffset, length, offset) {
      const wanted = Math.min(length, sizeBytes - offset);
      if (wanted <= 0) return 0;
      const count = await file.read(target, targetOffset, wanted, offset);
      if (count === 0) throw new NotArrived(offset);
      return count;
    },
    close: () => file.close(),
  };
}

export function fromBuffer(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read(target, targetOffset, length, offset) {
      const part = bytes.subarray(offset, offset + length);
      target.set(part, targetOffset);
      return Promise.resolve(part.length);
    },
  };
}

/** All of a small source, or its first `maxBytes`, however little it gives at once. Throws what the source throws. */
export async function readStart(source: ByteSource, maxBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.min(source.sizeBytes, maxBytes));
  let filled = 0;
  while (filled < bytes.length) {
    const count = await source.read(bytes, filled, bytes.length - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/** Writes a stream, such as standard input, to a temporary file that goes when the source is closed. */
export async function spool(stream: Readable): Promise<FileSource> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jobsight-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const file = path.join(folder, 'input');
    await pipeline(stream, createWriteStream(file, { mode: 0o600 }));
    const source = await openFile(file);
    return {
      ...source,
      async close() {
        await source.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
