import { ArchiveError } from './entry.ts';

/** Headers of tar: POSIX.1-1988 ustar with the additions of GNU tar; the older form without a mark is the same but for it. */

export const TAR_BLOCK_BYTES = 512;
const CHECKSUM_AT = 148;

export type TarHeader = {
  readonly path: string;
  readonly sizeBytes: number;
  /** The type flag: `0` file, `5` folder, `x` and `g` pax, `L` and `K` long names, … */
  readonly type: string;
};

/** Whether a block is a header: its checksum fits. */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.length < TAR_BLOCK_BYTES || block[0] === 0) return false;
  const stated = octal(block, CHECKSUM_AT, 8);
  if (stated === null || stated === 0) return false;
  let sum = 8 * 0x20;
  for (let at = 0; at < TAR_BLOCK_BYTES; at++) {
    if (at < CHECKSUM_AT || at >= CHECKSUM_AT + 8) sum += block[at] ?? 0;
  }
  return sum === stated;
}

/** Throws ArchiveError `damaged`. */
export function readTarHeader(block: Uint8Array): TarHeader {
  if (!isTarHeader(block))
    throw new ArchiveError('damaged', 'The archive is damaged here; the rest is lost.');
  const sizeBytes = sizeOf(block);
  if (sizeBytes === null)
    throw new ArchiveError('damaged', 'The archive gives no size here; the rest is lost.');
  const isUstar = latin1(block, 257, 5) === 'ustar';
  // GNU tar has other things at the place of the prefix and says so with spaces after the mark.
  const prefix = isUstar && block[262] === 0 ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    sizeBytes,
    type: block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0x30),
  };
}

/** The pairs of a pax header, each `LENGTH KEY=VALUE\n` (POSIX.1-2001, pax, extended header). */
export function readPax(bytes: Uint8Array): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(latin1(bytes, at, Math.min(space - at, 20)));
    if (!Number.isSafeInteger(length) || length <= space - at || at + length > bytes.length) break;
    const pair = utf8(bytes.subarray(space + 1, at + length - 1));
    const equals = pair.indexOf('=');
    if (equals > 0) pairs.set(pair.slice(0, equals), pair.slice(equals + 1));
    at += length;
  }
  return pairs;
}

/** A name that fills blocks of its own ends with a zero byte. */
export function readLongName(bytes: Uint8Array): string {
  return text(bytes, 0, bytes.length);
}

function sizeOf(block: Uint8Array): number | null {
  const first = block[124] ?? 0;
  if ((first & 0x80) === 0) return octal(block, 124, 12);
  // GNU: a size of 8 GiB or more is a big-endian number with the highest bit set.
  let size = first & 0x7f;
  for (let at = 125; at < 136; at++) size = size * 256 + (block[at] ?? 0);
  return Number.isSafeInteger(size) ? size : null;
}

function octal(block: Uint8Array, at: number, length: number): number | null {
  const digits = latin1(block, at, length)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  return /^[0-7]{1,12}$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

function text(bytes: Uint8Array, at: number, length: number): string {
  const part = bytes.subarray(at, at + length);
  const end = part.indexOf(0);
  return utf8(end < 0 ? part : part.subarray(0, end));
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

function latin1(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(length, bytes.length - at)).toString(
    'latin1',
  );
}
