import { parseIsoTime } from '#lib/evidence/time.ts';
import type { Census, KindValues, MutableRow } from '#lib/evidence/xml/census.ts';
import { JsonPasser, type Watcher } from './passer.ts';
import { keepNumber } from './values.ts';

/** The kind of an object that stands alone, read as all objects are; null when that is not certain. */
export type ReadKind = (text: string) => KindValues | null;

const EVENT = Buffer.from('Event');
const SYSTEM = Buffer.from('System');
const TIME = Buffer.from('TimeCreated');
/** Where some put its attributes. */
const TIME_BESIDE = Buffer.from('TimeCreated_attributes');
/** Children of System that the kind is read from: what stands in them decides it. */
const KIND_KEYS = ['EventID', 'Channel', 'Computer', 'Provider', 'Provider_attributes'];
const KEYS = KIND_KEYS.map((key) => Buffer.from(key));
const TIME_PLACE = KEYS.length;
/** How evtx_dump writes the time; all others are read the long way. */
const TIME_VALUE = /^\{"#attributes":\{"SystemTime":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)"\}\}$/;
const OPEN_BRACE = 0x7b;
const NOT_WANTED = -1;
/** Objects of more kinds are read the long way, and those in which the values that tell the kind are longer. */
const KINDS_MAX = 1024;
const PIECES_MAX_BYTES = 2048;
/** What may be a number that a double does not keep to the digit, also where it stands in a string. */
const MAY_BE_INEXACT = /\d[.eE]|\d{16}|-0/;

type Known = { readonly pieces: readonly Buffer[]; readonly row: MutableRow };

/**
 * Counts objects as evtx_dump writes them without parsing them: JSON.parse and a record for each cost most of a scan. The
 * children of System that tell the kind are compared byte by byte with those of kinds that were read before.
 */
export class QuickCounter implements Watcher {
  readonly #bytes: Buffer;
  readonly #census: Census;
  readonly #passer: JsonPasser;
  readonly #readKind: ReadKind;
  /** By a hash of the pieces. */
  readonly #known = new Map<number, Known>();
  /** Where the children of the object in hand stand, in the order of KEYS, the time after them; 0: there is none. */
  readonly #starts = new Uint32Array(KEYS.length + 1);
  readonly #ends = new Uint32Array(KEYS.length + 1);
  #child = NOT_WANTED;
  #members = 0;
  #systems = 0;
  #isCertain = true;

  constructor(census: Census, bytes: Buffer, readKind: ReadKind) {
    this.#census = census;
    this.#bytes = bytes;
    this.#passer = new JsonPasser(bytes);
    this.#readKind = readKind;
  }

  /** Counts the object between two offsets of the bytes; false, without counting it, when that is not certain. */
  count(start: number, end: number): boolean {
    this.#starts.fill(0);
    this.#ends.fill(0);
    this.#members = 0;
    this.#systems = 0;
    this.#isCertain = true;
    this.#passer.hasEscapedKey = false;
    const isPassed = this.#passer.passObject(start, this) === end;
    // Event alone, with one System.
    const isEvent = this.#members === 1 && this.#systems === 1;
    if (!isPassed || !isEvent || !this.#isCertain || this.#passer.hasEscapedKey) return false;
    const timeText = this.#bytes.toString('latin1', this.#starts[TIME_PLACE], this.#ends[TIME_PLACE]);
    const time = TIME_VALUE.exec(timeText)?.[1];
    const ticks = time === undefined ? null : parseIsoTime(time);
    const row = ticks === null ? null : this.#row();
    if (row) this.#census.count(row, ticks);
    return row !== null;
  }

  enter(level: number, keyStart: number, keyEnd: number, valueStart: number): boolean {
    const isObject = this.#bytes[valueStart] === OPEN_BRACE;
    if (level === 0) {
      this.#members += 1;
      return isObject && this.#isKey(EVENT, keyStart, keyEnd);
    }
    if (level === 1) {
      if (!this.#isKey(SYSTEM, keyStart, keyEnd)) return false;
      this.#systems += 1;
      return isObject;
    }
    this.#child = this.#childOf(keyStart, keyEnd);
    if (this.#child === NOT_WANTED) return false;
    // Of equal keys the last counts; such objects are read the long way.
    if (this.#starts[this.#child] !== 0) this.#isCertain = false;
    this.#starts[this.#child] = valueStart;
    return false;
  }

  leave(level: number, valueEnd: number): void {
    if (level === 2 && this.#child !== NOT_WANTED) this.#ends[this.#child] = valueEnd;
  }

  #childOf(keyStart: number, keyEnd: number): number {
    for (let index = 0; index < KEYS.length; index++) {
      if (this.#isKey(KEYS[index] ?? TIME, keyStart, keyEnd)) return index;
    }
    if (this.#isKey(TIME, keyStart, keyEnd)) return TIME_PLACE;
    if (this.#isKey(TIME_BESIDE, keyStart, keyEnd)) this.#isCertain = false;
    return NOT_WANTED;
  }

  #isKey(key: Buffer, start: number, end: number): boolean {
    if (end - start !== key.length) return false;
    for (let at = 0; at < key.length; at++) if (this.#bytes[start + at] !== key[at]) return false;
    return true;
  }

  #row(): MutableRow | null {
    const hash = this.#hash();
    const known = this.#known.get(hash);
    if (known) return this.#isOf(known) ? known.row : null;
    const size = KEYS.reduce(
      (sum, _, index) => sum + (this.#ends[index] ?? 0) - (this.#starts[index] ?? 0),
      0,
    );
    if (this.#known.size === KINDS_MAX || size > PIECES_MAX_BYTES) return null;
    const pieces = KEYS.map((_, index) =>
      Buffer.from(this.#bytes.subarray(this.#starts[index], this.#ends[index])),
    );
    const members = KIND_KEYS.flatMap((key, index) => {
      const piece = pieces[index];
      return piece && piece.length > 0 ? [`"${key}":${piece.toString('utf8')}`] : [];
    });
    if (!pieces.every(hasExactNumbers)) return null;
    const kind = this.#readKind(`{"Event":{"System":{${members.join(',')}}}}`);
    if (!kind) return null;
    const row = this.#census.rowOf(kind);
    this.#known.set(hash, { pieces, row });
    return row;
  }

  #hash(): number {
    let hash = 0;
    for (let index = 0; index < KEYS.length; index++) {
      const end = this.#ends[index] ?? 0;
      for (let at = this.#starts[index] ?? 0; at < end; at++) {
        hash = (Math.imul(hash, 31) + (this.#bytes[at] ?? 0)) | 0;
      }
    }
    return hash;
  }

  #isOf({ pieces }: Known): boolean {
    for (let index = 0; index < pieces.length; index++) {
      const piece = pieces[index];
      const start = this.#starts[index] ?? 0;
      if (!piece || piece.length !== (this.#ends[index] ?? 0) - start) return false;
      for (let at = 0; at < piece.length; at++) if (piece[at] !== this.#bytes[start + at]) return false;
    }
    return true;
  }
}

/** Whether numbers have one text, however the object around them is parsed. */
function hasExactNumbers(piece: Buffer): boolean {
  if (piece.length === 0) return true;
  const text = piece.toString('utf8');
  if (!MAY_BE_INEXACT.test(text)) return true;
  const own = JSON.stringify(
    JSON.parse(text, (_key, value) => (typeof value === 'number' ? `${value}` : value)),
  );
  return own === JSON.stringify(JSON.parse(text, keepNumber));
}
