/** How the text of a file is written: bytes are searched in it and only events are decoded. */
export type TextEncoding = {
  readonly bytesPerUnit: 1 | 2;
  /** Bytes of the byte order mark, 0 without one. */
  readonly markLength: number;
  encode(text: string): Buffer;
  decode(bytes: Buffer): string;
};

const utf8: TextEncoding = {
  bytesPerUnit: 1,
  markLength: 0,
  encode: (text) => Buffer.from(text, 'utf8'),
  decode: (bytes) => bytes.toString('utf8'),
};
const utf16le: TextEncoding = {
  bytesPerUnit: 2,
  markLength: 0,
  encode: (text) => Buffer.from(text, 'utf16le'),
  decode: (bytes) => bytes.toString('utf16le'),
};
const utf16be: TextEncoding = {
  bytesPerUnit: 2,
  markLength: 0,
  encode: (text) => Buffer.from(text, 'utf16le').swap16(),
  decode: (bytes) => Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16().toString('utf16le'),
};

/** By byte order mark, else by where the zero bytes of the first character stand (XML 1.0, appendix F). */
export function detectEncoding(head: Buffer): TextEncoding {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { ...utf8, markLength: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { ...utf16le, markLength: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { ...utf16be, markLength: 2 };
  if (head[0] !== 0 && head[1] === 0) return utf16le;
  return head[0] === 0 && head[1] !== 0 ? utf16be : utf8;
}
