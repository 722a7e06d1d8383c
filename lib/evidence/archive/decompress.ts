import { Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import xz from 'xz-decompress';
import type { ByteSource } from '../record.ts';
import { chunksOf, TRUNCATED } from './byte-reader.ts';
import { decompressBzip2 } from './bzip2.ts';
import { ArchiveError, type ArchiveKind } from './entry.ts';

export type Compression = Exclude<ArchiveKind, 'zip' | 'tar'>;

const DAMAGED = 'Its compressed content is damaged.';

/** What a compressed file holds. Throws ArchiveError. */
export async function* decompress(
  kind: Compression,
  source: ByteSource,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* decoded(kind, source, signal);
  } catch (error) {
    throw error instanceof ArchiveError ? error : (asArchiveError(error) ?? error);
  }
}

function decoded(
  kind: Compression,
  source: ByteSource,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  switch (kind) {
    case 'gzip':
      return through(createGunzip(), chunksOf(source, { signal }));
    case 'zstd':
      return decompressZstd(source, signal);
    case 'bzip2':
      return decompressBzip2(chunksOf(source, { signal }));
    case 'xz':
      return decompressXz(chunksOf(source, { signal }));
  }
}

/** Frames that follow each other are one file (RFC 8878, 3.1); the stream of Node ends after the first. */
async function* decompressZstd(
  source: ByteSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < source.sizeBytes; ) {
    const frame = createZstdDecompress();
    yield* through(frame, chunksOf(source, { offset, signal }));
    if (frame.bytesWritten === 0) throw new ArchiveError('damaged', DAMAGED);
    offset += frame.bytesWritten;
  }
}

async function* through(transform: Transform, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = Readable.from(chunks, { objectMode: false });
  input.on('error', (error) => transform.destroy(error));
  input.pipe(transform);
  try {
    for await (const chunk of transform) yield chunk as Uint8Array;
  } finally {
    input.destroy();
    transform.destroy();
  }
}

async function* decompressXz(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = Readable.toWeb(Readable.from(chunks, { objectMode: false }));
  // The same streams under the names of Node and of the browser.
  const reader = new xz.XzReadableStream(input as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Of enum xz_ret in xz.h of XZ Embedded. */
const XZ_MEMLIMIT_ERROR = '4';
const XZ_BUF_ERROR = '8';

/** Errors of the libraries in our words; null for what is not about the bytes, such as a disk that cannot be read. */
function asArchiveError(error: unknown): ArchiveError | null {
  if (!(error instanceof Error)) return null;
  const code = 'code' in error ? String(error.code) : '';
  if (/^E[A-Z]+$/.test(code) || error.name === 'AbortError') return null;
  const xzCode = /^get_next_output failed with error code (\d)$/.exec(error.message)?.[1];
  if (code === 'Z_BUF_ERROR' || xzCode === XZ_BUF_ERROR) return new ArchiveError('truncated', TRUNCATED);
  if (xzCode === XZ_MEMLIMIT_ERROR) {
    return new ArchiveError(
      'unsupported',
      'It was made with a dictionary of more than 64 MiB, which is not read. Unpack it and upload what is inside.',
    );
  }
  if (/data check|checksum|length check|integrity/i.test(error.message)) {
    return new ArchiveError('checksum', 'Its checksum does not fit: the content was changed or damaged.');
  }
  return new ArchiveError('damaged', DAMAGED);
}
