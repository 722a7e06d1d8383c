import { BASE_BLOCK_BYTES, checksumOf } from '../base-block.ts';

/** Hives for tests, written by the specification that the reader follows. */

export type KeySpec = {
  readonly name: string;
  /** FILETIME. */
  readonly lastWritten?: bigint;
  readonly keys?: readonly KeySpec[];
  readonly values?: readonly ValueSpec[];
  /** How the subkeys are listed; `ri` is a list of lists of two. */
  readonly list?: 'lf' | 'lh' | 'li' | 'ri';
};

export type ValueSpec = { readonly name: string; readonly type: number; readonly data: Buffer };

export type HiveSpec = {
  readonly root: KeySpec;
  readonly isDirty?: boolean;
  readonly minorVersion?: number;
  /** Size of a bin; larger cells get a bin of their own. */
  readonly binBytes?: number;
};

const HIVE_BIN_HEADER_BYTES = 32;
const NO_CELL = 0xffff_ffff;
const SEGMENT_BYTES = 16_344;

export function writeHive(spec: HiveSpec): Buffer {
  const { root, isDirty = false, minorVersion = 5, binBytes = 4096 } = spec;
  const bins = new Bins(binBytes);
  const rootCell = writeKey(bins, root, minorVersion, 0x4);
  const body = bins.finish();
  const base = Buffer.alloc(BASE_BLOCK_BYTES);
  base.write('regf', 'latin1');
  base.writeUInt32LE(isDirty ? 8 : 7, 4);
  base.writeUInt32LE(7, 8);
  base.writeUInt32LE(1, 20);
  base.writeUInt32LE(minorVersion, 24);
  base.writeUInt32LE(1, 32);
  base.writeUInt32LE(rootCell, 36);
  base.writeUInt32LE(body.length, 40);
  base.writeUInt32LE(1, 44);
  base.write('\\SystemRoot\\System32\\Config\\SOFTWARE'.slice(0, 31), 48, 'utf16le');
  base.writeUInt32LE(checksumOf(base), 508);
  return Buffer.concat([base, body]);
}

function writeKey(bins: Bins, key: KeySpec, minorVersion: number, flags: number): number {
  const { name, lastWritten = 0n, keys = [], values = [], list = 'lh' } = key;
  const subkeys = keys.map((one) => ({ name: one.name, cell: writeKey(bins, one, minorVersion, 0) }));
  const subkeyList = subkeys.length === 0 ? NO_CELL : writeList(bins, list, subkeys);
  const valueCells = values.map((value) => writeValue(bins, value, minorVersion));
  const valueList = valueCells.length === 0 ? NO_CELL : bins.add(words(valueCells));
  const isCompressed = isLatin1(name);
  const nameBytes = Buffer.from(name, isCompressed ? 'latin1' : 'utf16le');
  const bytes = Buffer.alloc(76 + nameBytes.length);
  bytes.write('nk', 'latin1');
  bytes.writeUInt16LE(flags | (isCompressed ? 0x20 : 0), 2);
  bytes.writeBigUInt64LE(lastWritten, 4);
  bytes.writeUInt32LE(subkeys.length, 20);
  bytes.writeUInt32LE(subkeyList, 28);
  bytes.writeUInt32LE(NO_CELL, 32);
  bytes.writeUInt32LE(values.length, 36);
  bytes.writeUInt32LE(valueList, 40);
  bytes.writeUInt32LE(NO_CELL, 44);
  bytes.writeUInt32LE(NO_CELL, 48);
  bytes.writeUInt16LE(nameBytes.length, 72);
  nameBytes.copy(bytes, 76);
  return bins.add(bytes);
}

type Listed = { readonly name: string; readonly cell: number };

function writeList(bins: Bins, kind: 'lf' | 'lh' | 'li' | 'ri', keys: readonly Listed[]): number {
  if (kind === 'ri') {
    const lists: number[] = [];
    for (let at = 0; at < keys.length; at += 2) {
      lists.push(writeList(bins, at % 4 === 0 ? 'lh' : 'li', keys.slice(at, at + 2)));
    }
    return bins.add(Buffer.concat([listHead('ri', lists.length), words(lists)]));
  }
  const elements = keys.flatMap(({ name, cell }) => (kind === 'li' ? [cell] : [cell, hintOf(kind, name)]));
  return bins.add(Buffer.concat([listHead(kind, keys.length), words(elements)]));
}

function hintOf(kind: 'lf' | 'lh', name: string): number {
  if (kind === 'lf') return Buffer.from(name.padEnd(4, '\0').slice(0, 4), 'latin1').readUInt32LE();
  let hash = 0;
  for (const character of name.toUpperCase()) hash = (hash * 37 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash;
}

function writeValue(bins: Bins, { name, type, data }: ValueSpec, minorVersion: number): number {
  const isCompressed = isLatin1(name);
  const nameBytes = Buffer.from(name, isCompressed ? 'latin1' : 'utf16le');
  const bytes = Buffer.alloc(20 + nameBytes.length);
  bytes.write('vk', 'latin1');
  bytes.writeUInt16LE(nameBytes.length, 2);
  if (data.length <= 4) {
    bytes.writeUInt32LE((data.length | 0x8000_0000) >>> 0, 4);
    data.copy(bytes, 8);
  } else {
    bytes.writeUInt32LE(data.length, 4);
    bytes.writeUInt32LE(writeData(bins, data, minorVersion), 8);
  }
  bytes.writeUInt32LE(type, 12);
  bytes.writeUInt16LE(isCompressed ? 1 : 0, 16);
  nameBytes.copy(bytes, 20);
  return bins.add(bytes);
}

function writeData(bins: Bins, data: Buffer, minorVersion: number): number {
  if (data.length <= SEGMENT_BYTES || minorVersion < 4) return bins.add(data);
  const segments: number[] = [];
  for (let at = 0; at < data.length; at += SEGMENT_BYTES) {
    // A segment's cell has four bytes more, which are no data.
    segments.push(bins.add(Buffer.concat([data.subarray(at, at + SEGMENT_BYTES), Buffer.alloc(4, 0xee)])));
  }
  return bins.add(Buffer.concat([listHead('db', segments.length), words([bins.add(words(segments))])]));
}

function listHead(kind: string, count: number): Buffer {
  const head = Buffer.alloc(4);
  head.write(kind, 'latin1');
  head.writeUInt16LE(count, 2);
  return head;
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value, index * 4);
  });
  return bytes;
}

function isLatin1(name: string): boolean {
  return /^[\x20-\xff]*$/.test(name);
}

/** Cells one after the other; what is left of a bin is one free cell. */
class Bins {
  readonly #binBytes: number;
  readonly #parts: Buffer[] = [];
  #bin: Buffer = Buffer.alloc(0);
  #used = 0;
  #start = 0;

  constructor(binBytes: number) {
    this.#binBytes = binBytes;
  }

  /** The offset of a new cell with this content. */
  add(content: Buffer): number {
    const size = Math.ceil((content.length + 4) / 8) * 8;
    if (this.#used + size > this.#bin.length) this.#open(size);
    const at = this.#used;
    this.#bin.writeInt32LE(-size, at);
    content.copy(this.#bin, at + 4);
    this.#used += size;
    return this.#start + at;
  }

  finish(): Buffer {
    this.#close();
    return Buffer.concat(this.#parts);
  }

  #open(cellBytes: number): void {
    this.#close();
    const bytes = Math.max(this.#binBytes, Math.ceil((cellBytes + HIVE_BIN_HEADER_BYTES) / 4096) * 4096);
    this.#bin = Buffer.alloc(bytes);
    this.#bin.write('hbin', 'latin1');
    this.#bin.writeUInt32LE(this.#start, 4);
    this.#bin.writeUInt32LE(bytes, 8);
    this.#used = HIVE_BIN_HEADER_BYTES;
  }

  #close(): void {
    if (this.#bin.length === 0) return;
    if (this.#used < this.#bin.length) this.#bin.writeInt32LE(this.#bin.length - this.#used, this.#used);
    this.#parts.push(this.#bin);
    this.#start += this.#bin.length;
    this.#bin = Buffer.alloc(0);
    this.#used = 0;
  }
}

/** A hive SOFTWARE with the scheduler's keys in it. */
export function softwareHive(
  options: {
    readonly enableAt?: ValueSpec | null;
    readonly lastWritten?: bigint;
    readonly tasks?: readonly KeySpec[];
    readonly list?: NonNullable<KeySpec['list']>;
    readonly isDirty?: boolean;
    readonly minorVersion?: number;
    readonly binBytes?: number;
  } = {},
): Buffer {
  const { enableAt = ENABLE_AT, lastWritten = 0n, tasks = [], list = 'lh', ...hive } = options;
  const key = (name: string, keys: readonly KeySpec[]): KeySpec => ({
    name,
    keys: [...DECOYS, ...keys],
    list,
  });
  const configuration: KeySpec = {
    name: 'Configuration',
    lastWritten,
    values: enableAt ? [enableAt] : [],
  };
  const schedule = key('Schedule', [configuration, key('TaskCache', [{ name: 'Tree', keys: tasks, list }])]);
  const root = key('CMI-CreateHive{0}', [
    key('Microsoft', [key('Windows NT', [key('CurrentVersion', [schedule])])]),
  ]);
  return writeHive({ root, ...hive });
}

export const ENABLE_AT: ValueSpec = { name: 'EnableAt', type: 4, data: Buffer.from([1, 0, 0, 0]) };
const DECOYS: readonly KeySpec[] = [
  { name: 'Classes' },
  { name: 'Ключ' },
  { name: 'Policies', values: [ENABLE_AT] },
];
