/**
 * The base block of a registry hive, by "Windows registry file format specification" of Maxim Suhanov. Offsets of cells
 * count from its end.
 */

export const BASE_BLOCK_BYTES = 4096;
/** Up to the checksum; the rest of the block is of no use to a reader. */
export const HEADER_BYTES = 512;
const CHECKSUM_AT = 508;

/** File types: a hive, and what Windows keeps beside it until its changes are in it. */
const PRIMARY = 0;

type BaseBlock = {
  readonly rootCell: number;
  /** Bytes that the hive has behind its base block, by its own word. */
  readonly binsBytes: number;
  readonly minorVersion: number;
  /** Whether changes stand in log files alone, or a write was cut off. */
  readonly isDirty: boolean;
  readonly isChecksumRight: boolean;
};

/** Whether a file that begins so is a registry hive, and not one of its log files. */
export function isHive(head: Uint8Array): boolean {
  if (head.length < HEADER_BYTES) return false;
  const bytes = Buffer.from(head.buffer, head.byteOffset, HEADER_BYTES);
  return bytes.toString('latin1', 0, 4) === 'regf' && bytes.readUInt32LE(28) === PRIMARY;
}

/** @param head at least HEADER_BYTES long */
export function parseBaseBlock(head: Buffer): BaseBlock {
  return {
    rootCell: head.readUInt32LE(36),
    binsBytes: head.readUInt32LE(40),
    minorVersion: head.readUInt32LE(24),
    isDirty: head.readUInt32LE(4) !== head.readUInt32LE(8),
    isChecksumRight: head.readUInt32LE(CHECKSUM_AT) === checksumOf(head),
  };
}

/** XOR of the words before the checksum; 0 and -1 are never written. */
export function checksumOf(head: Buffer): number {
  let sum = 0;
  for (let at = 0; at < CHECKSUM_AT; at += 4) sum ^= head.readInt32LE(at);
  const unsigned = sum >>> 0;
  if (unsigned === 0) return 1;
  return unsigned === 0xffff_ffff ? 0xffff_fffe : unsigned;
}
