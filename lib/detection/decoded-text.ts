import { type Decoding, deobfuscate } from '#lib/deobfuscate/deobfuscate.ts';

/** UTF-16 units of texts that are remembered together, and of one that is remembered at all. */
const REMEMBERED_LENGTH = 2_000_000;
const LONGEST_REMEMBERED = 64 * 1024;

const decodings = new Map<string, Decoding | null>();
let rememberedLength = 0;

/**
 * As `deobfuscate`, remembering the last texts: each rule asks about the same one, and logs hold the same scripts and
 * command lines again and again.
 */
export function decodedText(text: string): Decoding | null {
  const known = decodings.get(text);
  if (known !== undefined) return known;
  const decoding = deobfuscate(text);
  const length = text.length + (decoding?.text.length ?? 0);
  if (length > LONGEST_REMEMBERED) return decoding;
  if (rememberedLength + length > REMEMBERED_LENGTH) {
    decodings.clear();
    rememberedLength = 0;
  }
  decodings.set(text, decoding);
  rememberedLength += length;
  return decoding;
}
