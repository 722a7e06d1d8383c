import type { Chunk } from './chunk.ts';
import { BinXmlError } from './tokens.ts';

/** Magic (4), size (4), id (8), time written (8). */
export const RECORD_HEADER_BYTES = 24;
/** A copy of the size ends a record. */
export const RECORD_TRAILER_BYTES = 4;
/** Token (1), version (2), flags (1). */
export const FRAGMENT_HEADER_BYTES = 4;
/** Next name (4), hash (2), count of characters (2); the characters and a NUL follow. */
export const NAME_HEADER_BYTES = 8;
/** Offset of the next definition (4), GUID (16), size of what follows (4). */
export const DEFINITION_HEADER_BYTES = 24;
/** Token (1), version (1), template id (4), offset of the definition (4). */
const INSTANCE_HEADER_BYTES = 10;
/** Size (2), type (1), unused (1). */
export const DESCRIPTOR_BYTES = 4;

/** Offset of the definition that the template instance at `offset` uses. */
export function definitionOffset(chunk: Chunk, offset: number): number {
  return chunk.view.getUint32(offset + 6, true);
}

/** Where the count of values stands: after the instance's header and, at its first use, the definition. */
export function valuesOffset(chunk: Chunk, offset: number): number {
  const after = offset + INSTANCE_HEADER_BYTES;
  if (definitionOffset(chunk, offset) !== after) return after;
  return after + DEFINITION_HEADER_BYTES + chunk.view.getUint32(after + DEFINITION_HEADER_BYTES - 4, true);
}

/** The first byte after the template instance at `offset`. Throws BinXmlError or RangeError. */
export function instanceEnd(chunk: Chunk, offset: number): number {
  const at = valuesOffset(chunk, offset);
  const count = chunk.view.getUint32(at, true);
  const descriptors = at + 4;
  let end = descriptors + count * DESCRIPTOR_BYTES;
  if (end > chunk.length) throw new BinXmlError('a template instance runs over the end of the chunk');
  for (let index = 0; index < count; index++) {
    end += chunk.view.getUint16(descriptors + index * DESCRIPTOR_BYTES, true);
  }
  if (end > chunk.length) throw new BinXmlError('a template instance runs over the end of the chunk');
  return end;
}
