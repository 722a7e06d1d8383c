import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';

export const CHUNK_BYTES = 65_536;
export const HEADER_BYTES = 4_096;

/** All EVTX files under a folder, in the order of their names. */
export async function findEvtx(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.evtx'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/**
 * Makes one large EVTX file from the real chunks of the files, repeated until it has the size. Record ids repeat with the
 * chunks; what is measured (reading) does not mind.
 */
export async function makeEvtx(files: readonly string[], target: string, sizeBytes: number): Promise<number> {
  const chunks = await realChunks(files);
  if (chunks.length === 0) throw new Error('no EVTX chunks to make a benchmark file of');
  const chunkCount = Math.max(1, Math.round(sizeBytes / CHUNK_BYTES));
  const out = createWriteStream(target);
  out.write(fileHeader(chunkCount));
  for (let index = 0; index < chunkCount; index += 1) {
    const isFull = !out.write(chunks[index % chunks.length]);
    if (isFull) await once(out, 'drain');
  }
  await new Promise<void>((resolve, reject) => {
    out.on('error', reject);
    out.end(resolve);
  });
  return chunkCount;
}

export async function realChunks(files: readonly string[]): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for (const file of files) {
    const bytes = await readFile(file);
    for (let offset = HEADER_BYTES; offset + CHUNK_BYTES <= bytes.length; offset += CHUNK_BYTES) {
      const chunk = bytes.subarray(offset, offset + CHUNK_BYTES);
      // Only chunks with records, and no damaged ones: the peer stops at those.
      const isSound =
        chunk.toString('latin1', 0, 8) === 'ElfChnk\0' &&
        crc32(chunk.subarray(512, chunk.readUInt32LE(48))) === chunk.readUInt32LE(52);
      if (isSound) chunks.push(chunk);
    }
  }
  return chunks;
}

/** MS-EVEN6 and libevtx's format description: file header of 4,096 bytes, checksum over the first 120. */
export function fileHeader(chunkCount: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('ElfFile\0', 0, 'latin1');
  header.writeBigUInt64LE(0n, 8);
  header.writeBigUInt64LE(BigInt(chunkCount - 1), 16);
  header.writeBigUInt64LE(1n, 24);
  header.writeUInt32LE(128, 32);
  header.writeUInt16LE(1, 36);
  header.writeUInt16LE(3, 38);
  header.writeUInt16LE(HEADER_BYTES, 40);
  header.writeUInt16LE(Math.min(chunkCount, 65_535), 42);
  header.writeUInt32LE(crc32(header.subarray(0, 120)), 124);
  return header;
}
