import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { Fuel } from './limits.ts';
import type { EncodingName } from './value.ts';

/** What Base64 text says, and whether it was compressed in between. */
export type Decoded = { readonly text: string; readonly isCompressed: boolean };

const SHORTEST_COMPRESSED = 8;

/**
 * Decodes Base64 to the text that it plausibly is: UTF-16LE or UTF-8, also when compressed with gzip, zlib or
 * deflate. Null when it is no Base64 or no text. `room` bounds the result in UTF-16 units.
 */
export function decodeBase64(base64: string, room: number, fuel: Fuel): Decoded | null {
  if (!fuel.take(base64.length) || !isBase64(base64)) {
    return null;
  }
  const bytes = Buffer.from(base64, 'base64');
  const text = plausibleText(bytes);
  if (text !== null) {
    return { text, isCompressed: false };
  }
  const inflated = inflate(bytes, room, fuel);
  const inner = inflated === null ? null : plausibleText(inflated);
  return inner === null ? null : { text: inner, isCompressed: true };
}

/** What -EncodedCommand takes: Base64 of UTF-16LE. */
export function decodeCommand(base64: string, fuel: Fuel): string | null {
  return fuel.take(base64.length) && isBase64(base64) ? utf16Text(Buffer.from(base64, 'base64')) : null;
}

/** Bytes as text, for lists of numbers that a script decodes itself. */
export function decodeBytes(bytes: Uint8Array, encoding: EncodingName): string {
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
}

export function isBase64Code(c: number): boolean {
  return (c >= 48 && c <= 57) || ((c | 32) >= 97 && (c | 32) <= 122) || c === 43 || c === 47 || c === 61;
}

function isBase64(text: string): boolean {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (isBase64Code(c)) {
      count++;
    } else if (c !== 32 && c !== 9 && c !== 10 && c !== 13) {
      return false;
    }
  }
  return count >= 4 && count % 4 !== 1;
}

function plausibleText(bytes: Uint8Array): string | null {
  return utf16Text(bytes) ?? utf8Text(bytes);
}

/** Script text is mostly ASCII in any language: three of four characters must be. */
function utf16Text(bytes: Uint8Array): string | null {
  if (bytes.length < 2 || bytes.length % 2 !== 0) {
    return null;
  }
  let ascii = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    const low = bytes[at] ?? 0;
    const high = bytes[at + 1] ?? 0;
    if (high === 0 && isTextCode(low)) {
      ascii++;
    } else if (high === 0 && low < 32) {
      return null;
    }
  }
  return ascii * 2 >= (bytes.length / 2) * 1.5 ? withoutMark(decodeBytes(bytes, 'utf-16le')) : null;
}

function utf8Text(bytes: Uint8Array): string | null {
  if (bytes.length === 0) {
    return null;
  }
  let ascii = 0;
  for (const byte of bytes) {
    if (isTextCode(byte)) {
      ascii++;
    } else if (byte < 32 || byte === 127) {
      return null;
    }
  }
  if (ascii * 4 < bytes.length * 3) {
    return null;
  }
  try {
    return withoutMark(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

function isTextCode(code: number): boolean {
  return (code >= 32 && code < 127) || code === 9 || code === 10 || code === 13;
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function inflate(bytes: Uint8Array, room: number, fuel: Fuel): Uint8Array | null {
  const maxOutputLength = Math.floor(Math.min(room * 2, fuel.left));
  if (bytes.length < SHORTEST_COMPRESSED || maxOutputLength < 1) {
    return null;
  }
  const unpack =
    bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync : bytes[0] === 0x78 ? inflateSync : inflateRawSync;
  try {
    const inflated = unpack(bytes, { maxOutputLength });
    return fuel.take(inflated.length) ? inflated : null;
  } catch (error) {
    // A bomb has cost as much as it was allowed to unpack.
    if (error instanceof RangeError) {
      fuel.take(maxOutputLength);
    }
    return null;
  }
}
