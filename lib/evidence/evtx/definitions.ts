import type { Chunk } from './chunk.ts';
import { DEFINITION_HEADER_BYTES } from './layout.ts';
import { parseContent } from './parse.ts';
import { BinXmlError } from './tokens.ts';
import type { Template } from './tree.ts';

/** The template whose definition stands at `offset`. Parsed once a chunk. Throws BinXmlError when it is damaged. */
export function templateAt(chunk: Chunk, offset: number): Template {
  const known = chunk.templates.get(offset);
  if (known !== undefined) return orThrow(known);
  const start = offset + DEFINITION_HEADER_BYTES;
  const end = start > chunk.length ? start : start + chunk.view.getUint32(start - 4, true);
  return parseOnce(chunk, chunk.templates, offset, start, end);
}

/** The content between `start` and `end` that stands outside a template. Throws BinXmlError when it is damaged. */
export function fragmentAt(chunk: Chunk, start: number, end: number): Template {
  // One place is read under one end only, unless a chunk lies about sizes.
  const key = start * 0x1_0000_0000 + end;
  const known = chunk.fragments.get(key);
  if (known !== undefined) return orThrow(known);
  return parseOnce(chunk, chunk.fragments, key, start, end);
}

function orThrow(known: Template | BinXmlError): Template {
  if (known instanceof BinXmlError) throw known;
  return known;
}

function parseOnce(
  chunk: Chunk,
  memo: Map<number, Template | BinXmlError>,
  key: number,
  start: number,
  end: number,
): Template {
  if (end > chunk.length) throw new BinXmlError('a definition runs over the end of the chunk');
  try {
    chunk.spendParsing(end - start);
    const template = parseContent(chunk, start, end);
    memo.set(key, template);
    return template;
  } catch (error) {
    const damage =
      error instanceof BinXmlError ? error : new BinXmlError('an offset points outside the chunk');
    if (!(error instanceof BinXmlError || error instanceof RangeError)) throw error;
    memo.set(key, damage);
    throw damage;
  }
}
