import type { ByteSource } from '#lib/evidence/record.ts';
import { readStart } from '#lib/evidence/source.ts';
import { detectEncoding, type XmlEncoding } from '#lib/evidence/xml/window.ts';

const LOOKED_AT = 16;

/** How the characters of a text stand in its bytes: by its byte order mark, else UTF-16 only when it begins with ASCII in that. */
export async function encodingOf(source: ByteSource): Promise<XmlEncoding> {
  const beginning = await readStart(source, LOOKED_AT);
  const hasMark = beginning[0] === 0xff || beginning[0] === 0xfe;
  const isWide = hasMark || isWideStart(beginning, 0) || isWideStart(beginning, 1);
  return isWide ? detectEncoding(beginning) : { name: 'utf8', unitBytes: 1, isSwapped: false };
}

/** Whether the first characters are UTF-16 of ASCII, as XML, JSON and text begin; the low bytes stand at even or odd places. */
export function isWideStart(head: Uint8Array, lowAt: 0 | 1): boolean {
  const length = Math.min(head.length & ~1, LOOKED_AT);
  for (let at = 0; at < length; at += 2) {
    const low = head[at + lowAt] ?? 0;
    const isText = (low >= 32 && low < 127) || low === 9 || low === 10 || low === 13;
    if (!isText || head[at + 1 - lowAt] !== 0) return false;
  }
  return length > 0;
}
