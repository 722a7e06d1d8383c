import type { ArchiveKind } from './entry.ts';
import { isTarHeader, TAR_BLOCK_BYTES } from './tar-header.ts';

/** How much of the beginning is looked at. */
export const ARCHIVE_HEAD_BYTES = TAR_BLOCK_BYTES;

const SIGNATURES: readonly (readonly [string, ArchiveKind])[] = [
  ['PK\x03\x04', 'zip'],
  // An archive without members, and the first part of a divided one.
  ['PK\x05\x06', 'zip'],
  ['PK\x07\x08', 'zip'],
  ['\x1f\x8b\x08', 'gzip'],
  ['\xfd7zXZ\x00', 'xz'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
];
/** After "BZh" and a digit: the mark of a block, or of the end when nothing is in it. */
const BZIP2_MARKS = ['1AY&SY', '\x17rE8P\x90'];

/** Whether bytes are an archive or a compressed file that is opened, by content. `head`: the first ARCHIVE_HEAD_BYTES. */
export function sniffArchive(head: Uint8Array): ArchiveKind | null {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 16)).toString('latin1');
  const known = SIGNATURES.find(([bytes]) => start.startsWith(bytes));
  if (known) return known[1];
  if (/^BZh[1-9]/.test(start) && BZIP2_MARKS.includes(start.slice(4, 10))) return 'bzip2';
  return isTarHeader(head) ? 'tar' : null;
}
