/**
 * Text of a chunk. Names, channels, computers and most short values repeat in every record, so short strings are looked
 * up in a small table by comparing code units before they are decoded; the table is bounded and only a cache.
 */

const TABLE_SIZE = 4096;
const MAX_TABLE_CHARS = 64;

const table: string[] = new Array<string>(TABLE_SIZE).fill('');

/** Decodes `count` UTF-16LE code units exactly as they are: lone surrogates and NULs stay. */
export function decodeUtf16(bytes: Buffer, view: DataView, offset: number, count: number): string {
  if (count === 0) return '';
  if (count > MAX_TABLE_CHARS) return bytes.toString('utf16le', offset, offset + count * 2);
  let hash = count;
  const end = offset + count * 2;
  // Four samples tell strings apart well enough; the comparison below decides.
  hash = (hash * 31 + view.getUint16(offset, true)) | 0;
  hash = (hash * 31 + view.getUint16(offset + (count >> 1) * 2, true)) | 0;
  hash = (hash * 31 + view.getUint16(offset + ((count * 3) >> 2) * 2, true)) | 0;
  hash = (hash * 31 + view.getUint16(end - 2, true)) | 0;
  const slot = (hash ^ (hash >>> 12)) & (TABLE_SIZE - 1);
  const known = table[slot] ?? '';
  if (known.length === count && isSameText(known, view, offset)) return known;
  const text = bytes.toString('utf16le', offset, end);
  table[slot] = text;
  return text;
}

function isSameText(text: string, view: DataView, offset: number): boolean {
  for (let index = 0, at = offset; index < text.length; index++, at += 2) {
    if (text.charCodeAt(index) !== view.getUint16(at, true)) return false;
  }
  return true;
}

// The code page of an ANSI string is not recorded; 1252 is that of most Windows installations.
const C1_AS_WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

/** Decodes single-byte text as code page 1252; bytes that it leaves undefined stay as control characters. */
export function decodeAnsi(bytes: Buffer, offset: number, length: number): string {
  const text = bytes.toString('latin1', offset, offset + length);
  return text.replace(/[\x80-\x9f]/g, (char) => C1_AS_WINDOWS_1252[char.charCodeAt(0) - 0x80] ?? char);
}
