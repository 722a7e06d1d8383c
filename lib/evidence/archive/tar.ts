import type { ByteReader } from './byte-reader.ts';
import { type ArchiveEntry, ArchiveError, refusal } from './entry.ts';
import { readLongName, readPax, readTarHeader, TAR_BLOCK_BYTES } from './tar-header.ts';

/**
 * The members of a tar, read forward with one block in memory. Not by tar-stream, which keeps headers of any stated size
 * in memory.
 */

/** Headers of pax and GNU hold paths and times; more is no header. */
const EXTENSION_MAX_BYTES = 1024 * 1024;

const LINKS: Readonly<Record<string, string>> = {
  '1': 'a link to another file',
  '2': 'a link to another file',
  '3': 'a device',
  '4': 'a device',
  '6': 'a pipe',
  S: 'a file with holes, which is not read',
};

type Extension = { path?: string; sizeBytes?: number };

export async function* tarEntries(reader: ByteReader): AsyncGenerator<ArchiveEntry> {
  let extension: Extension = {};
  try {
    for (;;) {
      const block = await reader.take(TAR_BLOCK_BYTES);
      // Some writers leave out the two empty blocks of the end.
      if (block.length === 0 || block.every((byte) => byte === 0)) return;
      if (block.length < TAR_BLOCK_BYTES)
        throw new ArchiveError('truncated', 'It is cut off within a header.');
      const header = readTarHeader(block);
      const sizeBytes = extension.sizeBytes ?? header.sizeBytes;
      const path = extension.path ?? header.path;
      switch (header.type) {
        case 'x':
        case 'L':
          extension = { ...extension, ...(await readExtension(reader, header.type, header.sizeBytes)) };
          continue;
        case 'g':
        case 'K':
          await drain(reader.stream(padded(header.sizeBytes)));
          continue;
        case '5':
          await drain(reader.stream(padded(sizeBytes)));
          break;
        case '0':
        case '7': {
          let left = padded(sizeBytes);
          const stream = counted(reader.stream(sizeBytes), (length) => {
            left -= length;
          });
          yield { path, sizeBytes, stream };
          await drain(reader.stream(left));
          break;
        }
        default: {
          const what = LINKS[header.type] ?? 'of a kind that is not read';
          yield {
            path,
            refused: 'not-a-file',
            message: `This is ${what}, not a file; nothing of it is kept.`,
          };
          // Links and devices have no content, whatever their size field says.
          if (!/[1-46]/.test(header.type)) await drain(reader.stream(padded(sizeBytes)));
        }
      }
      extension = {};
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    yield refusal('', error);
  }
}

async function readExtension(reader: ByteReader, type: 'x' | 'L', sizeBytes: number): Promise<Extension> {
  if (sizeBytes > EXTENSION_MAX_BYTES) {
    throw new ArchiveError('damaged', 'A header is longer than any header is; the rest is not read.');
  }
  const bytes = (await reader.take(padded(sizeBytes))).subarray(0, sizeBytes);
  if (bytes.length < sizeBytes) throw new ArchiveError('truncated', 'It is cut off within a header.');
  if (type === 'L') return { path: readLongName(bytes) };
  const pairs = readPax(bytes);
  const path = pairs.get('path');
  const size = Number(pairs.get('size') ?? Number.NaN);
  return {
    ...(path === undefined ? {} : { path }),
    ...(Number.isSafeInteger(size) && size >= 0 ? { sizeBytes: size } : {}),
  };
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  count: (length: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    count(chunk.length);
    yield chunk;
  }
}

async function drain(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of stream) {
    // Only passed over.
  }
}
