import { crc32 } from 'node:zlib';
import type { Problem } from '#lib/evidence/record.ts';

/** The header fills the first page of the file; chunks follow. */
export const FILE_HEADER_BYTES = 4096;
export const CHUNK_BYTES = 65_536;
export const CHUNK_HEADER_BYTES = 512;
const FILE_MAGIC = Buffer.from('ElfFile\0', 'latin1');
const CHUNK_MAGIC = Buffer.from('ElfChnk\0', 'latin1');
/** What the checksums of file and chunk header cover first. */
const CHECKED_BYTES = 120;
const CHUNK_TABLES_OFFSET = 128;

const DIRTY_FLAG = 1;
const FULL_FLAG = 2;
const NO_CHECKSUM_FLAG = 4;

/** What a file's header says about it. Nothing of it is needed to read the file. */
export type EvtxHeader = {
  /** Where the first chunk stands: after the header, or at 0 when the file begins with a chunk. */
  readonly firstChunkOffset: number;
  /** The file was not closed properly (or was copied while in use). Also true when there is no header. */
  readonly isDirty: boolean;
  /** The log is full and was set to keep old events. */
  readonly isFull: boolean;
  readonly hasChecksums: boolean;
  /** As claimed by the header, null when there is none. Wrong in dirty files. */
  readonly chunkCount: number | null;
  /** Next EventRecordID, as claimed. */
  readonly nextRecordId: bigint | null;
  readonly problems: readonly Problem[];
};

/** Whether the first bytes of evidence are an EVTX file, also one whose header is destroyed. */
export function isEvtx(head: Uint8Array): boolean {
  return startsWith(head, FILE_MAGIC, 0) || isChunk(head, 0) || isChunk(head, FILE_HEADER_BYTES);
}

export function isChunk(bytes: Uint8Array, offset: number): boolean {
  return startsWith(bytes, CHUNK_MAGIC, offset);
}

function startsWith(bytes: Uint8Array, magic: Uint8Array, offset: number): boolean {
  return (
    bytes.length >= offset + magic.length && magic.every((byte, index) => bytes[offset + index] === byte)
  );
}

/** Reads the header from the first 4,096 bytes (or what there is of them). */
export function readEvtxHeader(head: Uint8Array): EvtxHeader {
  const hasMagic = startsWith(head, FILE_MAGIC, 0);
  if (!hasMagic || head.length < CHUNK_TABLES_OFFSET) {
    const message = hasMagic
      ? 'The file ends within its header.'
      : 'The file header is missing or destroyed.';
    return {
      firstChunkOffset: isChunk(head, 0) ? 0 : FILE_HEADER_BYTES,
      isDirty: true,
      isFull: false,
      hasChecksums: true,
      chunkCount: null,
      nextRecordId: null,
      problems: [headerNote(message)],
    };
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const flags = view.getUint32(120, true);
  const hasChecksums = (flags & NO_CHECKSUM_FLAG) === 0;
  const isWrong = hasChecksums && crc32(head.subarray(0, CHECKED_BYTES)) !== view.getUint32(124, true);
  return {
    firstChunkOffset: FILE_HEADER_BYTES,
    isDirty: (flags & DIRTY_FLAG) !== 0,
    isFull: (flags & FULL_FLAG) !== 0,
    hasChecksums,
    chunkCount: view.getUint16(42, true),
    nextRecordId: view.getBigUint64(24, true),
    problems: isWrong ? [headerNote('The checksum of the file header is wrong.')] : [],
  };
}

function headerNote(message: string): Problem {
  return { place: { offset: 0 }, skippedBytes: 0, code: 'file-header', message, isLoss: false };
}

export type ChunkHeader = {
  /** Where the last record ends, as claimed; null when that cannot be. */
  readonly freeSpaceOffset: number | null;
  readonly isHeaderIntact: boolean;
  /** The checksum over the records fits, so the header describes them. */
  readonly isDataIntact: boolean;
};

/** Reads a chunk's header and verifies its checksums. `bytes` holds at least the 512 bytes of the header. */
export function readChunkHeader(bytes: Buffer): ChunkHeader {
  const claimed = bytes.readUInt32LE(48);
  const isPossible = claimed >= CHUNK_HEADER_BYTES && claimed <= CHUNK_BYTES;
  const headerSum = crc32(
    bytes.subarray(CHUNK_TABLES_OFFSET, CHUNK_HEADER_BYTES),
    crc32(bytes.subarray(0, CHECKED_BYTES)),
  );
  return {
    freeSpaceOffset: isPossible ? claimed : null,
    isHeaderIntact: headerSum === bytes.readUInt32LE(124),
    isDataIntact:
      isPossible &&
      claimed <= bytes.length &&
      crc32(bytes.subarray(CHUNK_HEADER_BYTES, claimed)) === bytes.readUInt32LE(52),
  };
}
