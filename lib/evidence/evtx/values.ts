import { filetimeToTicks, formatIsoTime } from '#lib/evidence/time.ts';
import type { Chunk } from './chunk.ts';
import { decodeAnsi } from './strings.ts';
import { ARRAY_FLAG, valueType } from './tokens.ts';

/**
 * The text that Windows renders for a value: numbers decimal, hexadecimal types `0x…` in lower case, GUIDs in braces and
 * upper case, times as ISO 8601 with 7 digits and Z, binary as upper-case hexadecimal digits. A value whose size does
 * not fit its type is read as far as its bytes go. Throws RangeError outside the chunk.
 */
export function renderValue(chunk: Chunk, type: number, offset: number, size: number): string {
  if (size === 0) return '';
  const { view, bytes } = chunk;
  switch (type) {
    case valueType.null:
      return '';
    case valueType.string:
    case valueType.evtXml:
      return renderString(chunk, offset, size);
    case valueType.ansiString:
      return decodeAnsi(bytes, offset, view.getUint8(offset + size - 1) === 0 ? size - 1 : size);
    case valueType.int8:
    case valueType.int16:
    case valueType.int32:
    case valueType.int64:
      return renderSigned(bytes, offset, size);
    case valueType.uint8:
    case valueType.uint16:
    case valueType.uint32:
    case valueType.uint64:
      return renderUnsigned(chunk, offset, size, 10);
    case valueType.float32:
      return size < 4 ? hexDigits(chunk, offset, size) : renderFloat32(view.getFloat32(offset, true));
    case valueType.float64:
      return size < 8 ? hexDigits(chunk, offset, size) : renderFloat64(view.getFloat64(offset, true));
    case valueType.bool:
      return isZero(chunk, offset, Math.min(size, 4)) ? 'false' : 'true';
    case valueType.guid:
      return size < 16 ? hexDigits(chunk, offset, size) : renderGuid(chunk, offset);
    case valueType.filetime:
      if (size < 8) return hexDigits(chunk, offset, size);
      return formatIsoTime(filetimeToTicks(view.getBigUint64(offset, true)));
    case valueType.systemtime:
      return size < 16 ? hexDigits(chunk, offset, size) : renderSystemTime(view, offset);
    case valueType.sid:
      return renderSid(chunk, offset, size);
    case valueType.sizeT:
    case valueType.hexInt32:
    case valueType.hexInt64:
    case valueType.evtHandle:
      return `0x${renderUnsigned(chunk, offset, size, 16)}`;
    default:
      return type & ARRAY_FLAG
        ? renderArray(chunk, type, offset, size).join(', ')
        : hexDigits(chunk, offset, size);
  }
}

/** The elements of an array value, each as renderValue gives it. Strings end with a NUL each. */
export function renderArray(chunk: Chunk, type: number, offset: number, size: number): string[] {
  const elementType = type & ~ARRAY_FLAG;
  const items: string[] = [];
  const end = offset + size;
  let at = offset;
  while (at < end) {
    const next = Math.min(end, elementEnd(chunk, elementType, at, end));
    items.push(renderValue(chunk, elementType, at, next - at));
    at = next;
  }
  return items;
}

/** How many bytes at least an element of an array has: what bounds the number of its elements. */
export function minElementBytes(elementType: number): number {
  if (elementType === valueType.string || elementType === valueType.evtXml) return 2;
  return FIXED_SIZES.get(elementType) ?? 1;
}

/** Bytes of the types that always have the same. */
export const FIXED_SIZES: ReadonlyMap<number, number> = new Map([
  [valueType.int8, 1],
  [valueType.uint8, 1],
  [valueType.int16, 2],
  [valueType.uint16, 2],
  [valueType.int32, 4],
  [valueType.uint32, 4],
  [valueType.int64, 8],
  [valueType.uint64, 8],
  [valueType.float32, 4],
  [valueType.float64, 8],
  [valueType.bool, 4],
  [valueType.guid, 16],
  // Chunks do not say whether the machine had 4 or 8 byte pointers; machines that write EVTX arrays have 8.
  [valueType.sizeT, 8],
  [valueType.filetime, 8],
  [valueType.systemtime, 16],
  [valueType.hexInt32, 4],
  [valueType.hexInt64, 8],
]);

function elementEnd(chunk: Chunk, elementType: number, at: number, end: number): number {
  switch (elementType) {
    case valueType.string:
    case valueType.evtXml: {
      let to = at;
      while (to + 2 <= end && chunk.view.getUint16(to, true) !== 0) to += 2;
      return to + 2;
    }
    case valueType.ansiString: {
      const nul = chunk.bytes.indexOf(0, at);
      return nul < 0 ? end : nul + 1;
    }
    case valueType.sid:
      return at + 1 < end ? at + SID_HEADER_BYTES + chunk.view.getUint8(at + 1) * 4 : end;
    default: {
      // Types of unknown size cannot be cut into elements.
      const size = FIXED_SIZES.get(elementType);
      return size === undefined ? end : at + size;
    }
  }
}

function renderString(chunk: Chunk, offset: number, size: number): string {
  const count = size >> 1;
  const hasTerminator = count > 0 && chunk.view.getUint16(offset + count * 2 - 2, true) === 0;
  return chunk.utf16(offset, hasTerminator ? count - 1 : count);
}

function renderSigned(bytes: Buffer, offset: number, size: number): string {
  if (size >= 8) return bytes.readBigInt64LE(offset).toString();
  return bytes.readIntLE(offset, Math.min(size, 6)).toString();
}

function renderUnsigned(chunk: Chunk, offset: number, size: number, radix: 10 | 16): string {
  switch (size) {
    case 1:
      return chunk.view.getUint8(offset).toString(radix);
    case 2:
      return chunk.view.getUint16(offset, true).toString(radix);
    case 4:
      return chunk.view.getUint32(offset, true).toString(radix);
    default:
      if (size < 8) return chunk.bytes.readUIntLE(offset, Math.min(size, 6)).toString(radix);
      return renderUint64(chunk.view, offset, radix);
  }
}

function renderUint64(view: DataView, offset: number, radix: 10 | 16): string {
  const high = view.getUint32(offset + 4, true);
  if (high <= 0x1f_ffff) return (high * 0x1_0000_0000 + view.getUint32(offset, true)).toString(radix);
  return view.getBigUint64(offset, true).toString(radix);
}

/** The shortest digits that give the same 32-bit number again. */
function renderFloat32(value: number): string {
  for (let digits = 6; digits < 9 && Number.isFinite(value); digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return renderFloat64(text);
  }
  return renderFloat64(Number.isFinite(value) ? Number(value.toPrecision(9)) : value);
}

/** Special values as XML Schema writes them. */
function renderFloat64(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'INF' : '-INF';
}

function isZero(chunk: Chunk, offset: number, size: number): boolean {
  for (let at = offset; at < offset + size; at++) {
    if (chunk.view.getUint8(at) !== 0) return false;
  }
  return true;
}

function hexDigits(chunk: Chunk, offset: number, size: number): string {
  if (offset + size > chunk.length) throw new RangeError('a value runs over the end of the chunk');
  return chunk.bytes.toString('hex', offset, offset + size).toUpperCase();
}

const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).toUpperCase().padStart(2, '0'),
);

/** 4, 2 and 2 bytes little-endian, then 8 as they stand ([MS-DTYP] 2.3.4). */
const GUID_ORDER = [3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15];

function renderGuid(chunk: Chunk, offset: number): string {
  let text = '{';
  for (const index of GUID_ORDER) {
    text += index < 0 ? '-' : (HEX_OF_BYTE[chunk.view.getUint8(offset + index)] ?? '');
  }
  return `${text}}`;
}

/** Year, month, day of week, day, hour, minute, second, millisecond, 16 bits each ([MS-DTYP] 2.3.13). */
function renderSystemTime(view: DataView, offset: number): string {
  const part = (index: number, width: number) =>
    view
      .getUint16(offset + index * 2, true)
      .toString()
      .padStart(width, '0');
  return `${part(0, 4)}-${part(1, 2)}-${part(3, 2)}T${part(4, 2)}:${part(5, 2)}:${part(6, 2)}.${part(7, 3)}Z`;
}

const SID_HEADER_BYTES = 8;

/** Revision, count of sub-authorities, authority (6 bytes big-endian), sub-authorities ([MS-DTYP] 2.4.2). */
function renderSid(chunk: Chunk, offset: number, size: number): string {
  const { view } = chunk;
  if (size < SID_HEADER_BYTES) return hexDigits(chunk, offset, size);
  const count = view.getUint8(offset + 1);
  if (size < SID_HEADER_BYTES + count * 4) return hexDigits(chunk, offset, size);
  const authority = view.getUint16(offset + 2, false) * 0x1_0000_0000 + view.getUint32(offset + 4, false);
  let text = `S-${view.getUint8(offset)}-${authority}`;
  for (let at = offset + SID_HEADER_BYTES; count > 0 && at < offset + SID_HEADER_BYTES + count * 4; at += 4) {
    text += `-${view.getUint32(at, true)}`;
  }
  return text;
}
