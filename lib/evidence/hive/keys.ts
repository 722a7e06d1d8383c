import type { Cells } from './cells.ts';

/** Keys and values of a hive. Structures and names are those of the specification (see base-block.ts). */

const KEY_BYTES = 76;
const VALUE_BYTES = 20;
/** A cell offset, in a list with or without a hint beside it. */
const NO_CELL = 0xffff_ffff;
/** Names are at most 255 characters; what a damaged length says beyond is not read. */
const NAME_BYTES_MAX = 1024;
const COMPRESSED_KEY_NAME = 0x20;
const COMPRESSED_VALUE_NAME = 0x1;
/** In a value's size: the data stands in place of its offset. */
const DATA_IN_PLACE = 0x8000_0000;
/** Longer data is cut into segments in hives of version 1.4 and later. */
const SEGMENT_BYTES = 16_344;
const SEGMENTED_FROM_MINOR = 4;
/** Lists have 16-bit counts. */
const LIST_BYTES_MAX = 4 + 65_535 * 8;
/** Of one value this much is read. */
const DATA_BYTES_MAX = 65_536;

export type HiveKey = {
  readonly cell: number;
  readonly name: string;
  /** FILETIME. */
  readonly lastWritten: bigint;
  readonly subkeyList: number | null;
  readonly valueList: { readonly cell: number; readonly count: number } | null;
};

type HiveValue = {
  readonly cell: number;
  readonly name: string;
  readonly type: number;
  readonly bytes: Buffer;
};

/** The key at a cell, or null when none is there. */
export async function readKey(cells: Cells, cell: number): Promise<HiveKey | null> {
  const bytes = await cells.read(cell, KEY_BYTES, KEY_BYTES + NAME_BYTES_MAX);
  if (!bytes) return null;
  if (bytes.toString('latin1', 0, 2) !== 'nk') return cells.reject(cell);
  const list = bytes.readUInt32LE(28);
  const valueCount = bytes.readUInt32LE(36);
  const values = bytes.readUInt32LE(40);
  return {
    cell,
    name: nameIn(
      bytes,
      KEY_BYTES,
      bytes.readUInt16LE(72),
      (bytes.readUInt16LE(2) & COMPRESSED_KEY_NAME) !== 0,
    ),
    lastWritten: bytes.readBigUInt64LE(4),
    subkeyList: bytes.readUInt32LE(20) === 0 || list === NO_CELL ? null : list,
    valueList: valueCount === 0 || values === NO_CELL ? null : { cell: values, count: valueCount },
  };
}

/** All keys of a list, in its order; damaged ones are left out. */
export async function* subkeysOf(cells: Cells, key: HiveKey): AsyncGenerator<HiveKey> {
  if (key.subkeyList === null) return;
  for await (const cell of listedCells(cells, key.subkeyList, true)) {
    const subkey = await readKey(cells, cell);
    if (subkey) yield subkey;
  }
}

/** The first subkey of a name; case does not matter. */
export async function findSubkey(cells: Cells, key: HiveKey, name: string): Promise<HiveKey | null> {
  const wanted = name.toLowerCase();
  for await (const subkey of subkeysOf(cells, key)) {
    if (subkey.name.toLowerCase() === wanted) return subkey;
  }
  return null;
}

/** The values of a key, in its order; damaged ones are left out. */
export async function* valuesOf(cells: Cells, key: HiveKey, minorVersion: number): AsyncGenerator<HiveValue> {
  if (!key.valueList) return;
  const { cell: listCell, count } = key.valueList;
  const list = await cells.read(listCell, 4, Math.min(count * 4, LIST_BYTES_MAX));
  if (!list) return;
  for (let at = 0; at + 4 <= list.length; at += 4) {
    const cell = list.readUInt32LE(at);
    const bytes = await cells.read(cell, VALUE_BYTES, VALUE_BYTES + NAME_BYTES_MAX);
    if (!bytes) continue;
    if (bytes.toString('latin1', 0, 2) !== 'vk') {
      cells.reject(cell);
      continue;
    }
    const isCompressed = (bytes.readUInt16LE(16) & COMPRESSED_VALUE_NAME) !== 0;
    const name = nameIn(bytes, VALUE_BYTES, bytes.readUInt16LE(2), isCompressed);
    const data = await dataOf(cells, bytes, minorVersion);
    if (data) yield { cell, name, type: bytes.readUInt32LE(12), bytes: data };
  }
}

/** Offsets of keys in a list. `ri` is a list of lists, which are no `ri` themselves: so a loop cannot be made. */
async function* listedCells(
  cells: Cells,
  cell: number,
  isListOfListsAllowed: boolean,
): AsyncGenerator<number> {
  const list = await cells.read(cell, 4, LIST_BYTES_MAX);
  if (!list) return;
  const kind = list.toString('latin1', 0, 2);
  const isHinted = kind === 'lf' || kind === 'lh';
  const isListOfLists = kind === 'ri' && isListOfListsAllowed;
  if (!isHinted && kind !== 'li' && !isListOfLists) {
    cells.reject(cell);
    return;
  }
  const step = isHinted ? 8 : 4;
  const end = Math.min(4 + list.readUInt16LE(2) * step, list.length);
  for (let at = 4; at + 4 <= end; at += step) {
    const listed = list.readUInt32LE(at);
    if (isListOfLists) yield* listedCells(cells, listed, false);
    else yield listed;
  }
}

async function dataOf(cells: Cells, value: Buffer, minorVersion: number): Promise<Buffer | null> {
  const size = value.readUInt32LE(4);
  if (size >= DATA_IN_PLACE) return value.subarray(8, 8 + Math.min(size - DATA_IN_PLACE, 4));
  if (size === 0) return Buffer.alloc(0);
  const cell = value.readUInt32LE(8);
  const wanted = Math.min(size, DATA_BYTES_MAX);
  if (size <= SEGMENT_BYTES || minorVersion < SEGMENTED_FROM_MINOR) return cells.read(cell, wanted, wanted);
  const head = await cells.read(cell, 8, 8);
  if (!head) return null;
  if (head.toString('latin1', 0, 2) !== 'db') return cells.reject(cell);
  const count = Math.min(head.readUInt16LE(2), Math.ceil(wanted / SEGMENT_BYTES));
  const segments = await cells.read(head.readUInt32LE(4), count * 4, count * 4);
  if (!segments) return null;
  const parts: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const length = Math.min(SEGMENT_BYTES, wanted - index * SEGMENT_BYTES);
    const part = await cells.read(segments.readUInt32LE(index * 4), length, length);
    if (!part) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Compressed names are Latin-1, the others UTF-16. */
function nameIn(bytes: Buffer, at: number, length: number, isCompressed: boolean): string {
  const end = Math.min(at + length, bytes.length);
  return isCompressed ? bytes.toString('latin1', at, end) : bytes.toString('utf16le', at, end);
}
