/** Files damaged in the ways that disks, copies and attackers damage them, with what is left of the original. */
import type { Random } from './random.ts';

/** A stretch of a mutant: bytes of the original from `at` on, or foreign ones. */
export type Piece = { readonly bytes: Buffer; readonly at: number | null };

export type Mutant = { readonly bytes: Buffer; readonly pieces: readonly Piece[] };

const CHANGES_MAX = 4;
const SPLICE_MAX = 4_096;
/** Numbers that break sums, as sizes, offsets and counts. */
const NUMBERS = [0, 1, 7, 32, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_ffff] as const;

/** Damages a file one to four times. @param donors other files, of which parts may be set in */
export function mutate(original: Buffer, donors: readonly Buffer[], random: Random): Mutant {
  let pieces: readonly Piece[] = [{ bytes: original, at: 0 }];
  for (let change = random.below(CHANGES_MAX); change >= 0; change--) {
    pieces = damage(pieces, donors, random);
  }
  const joined = joinNeighbours(pieces);
  return { bytes: Buffer.concat(joined.map(({ bytes }) => bytes)), pieces: joined };
}

type Damage = (pieces: readonly Piece[], donors: readonly Buffer[], random: Random) => Piece[];

const flip: Damage = (pieces, _, random) => {
  let changed = [...pieces];
  for (let count = random.below(8); count >= 0; count--) {
    const at = placeIn(changed, random);
    const byte = cut(changed, at, at + 1)[0]?.bytes[0] ?? 0;
    changed = replace(changed, at, at + 1, Buffer.of(byte ^ (1 << random.below(8))));
  }
  return changed;
};

const number: Damage = (pieces, _, random) => {
  const at = placeIn(pieces, random) & ~3;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(random.pick(NUMBERS));
  return replace(pieces, at, at + 4, bytes);
};

const zero: Damage = (pieces, _, random) => {
  const [from, to] = rangeIn(pieces, random);
  return replace(pieces, from, to, Buffer.alloc(to - from));
};

const truncate: Damage = (pieces, _, random) => cut(pieces, 0, placeIn(pieces, random));

const remove: Damage = (pieces, _, random) => {
  const [from, to] = rangeIn(pieces, random);
  return replace(pieces, from, to, Buffer.alloc(0));
};

const repeat: Damage = (pieces, _, random) => {
  const [from, to] = rangeIn(pieces, random);
  return [...cut(pieces, 0, to), ...cut(pieces, from, lengthOf(pieces))];
};

const swap: Damage = (pieces, _, random) => {
  const size = lengthOf(pieces);
  // Whole chunks of an event log, if there are two; else any two stretches.
  const chunks = Math.floor((size - 4_096) / 65_536);
  const isWhole = chunks >= 2 && random.below(2) === 0;
  const length = isWhole ? 65_536 : 1 + random.below(Math.floor(size / 2));
  const place = () => (isWhole ? 4_096 + 65_536 * random.below(chunks) : random.below(size - length));
  const [first = 0, second = 0] = [place(), place()].sort((a, b) => a - b);
  if (second < first + length) return [...pieces];
  return [
    ...cut(pieces, 0, first),
    ...cut(pieces, second, second + length),
    ...cut(pieces, first + length, second),
    ...cut(pieces, first, first + length),
    ...cut(pieces, second + length, size),
  ];
};

const splice: Damage = (pieces, donors, random) => {
  const donor = random.pick(donors);
  const start = random.below(donor.length);
  const foreign = donor.subarray(start, start + 1 + random.below(SPLICE_MAX));
  const at = placeIn(pieces, random);
  return replace(pieces, at, random.below(2) === 0 ? at : at + foreign.length, foreign);
};

function damage(pieces: readonly Piece[], donors: readonly Buffer[], random: Random): Piece[] {
  if (lengthOf(pieces) === 0) return [...pieces];
  const kinds = [flip, flip, number, number, zero, truncate, remove, repeat, swap, splice] as const;
  return random.pick<Damage>(kinds)(pieces, donors, random);
}

/** Most places are in the first half: unused space is at the end of chunks. */
function placeIn(pieces: readonly Piece[], random: Random): number {
  const size = lengthOf(pieces);
  return random.below(random.below(2) === 0 ? size : Math.ceil(size / 8));
}

function rangeIn(pieces: readonly Piece[], random: Random): [from: number, to: number] {
  const from = placeIn(pieces, random);
  return [from, Math.min(lengthOf(pieces), from + 1 + random.below(SPLICE_MAX))];
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function replace(pieces: readonly Piece[], from: number, to: number, bytes: Buffer): Piece[] {
  return [...cut(pieces, 0, from), { bytes, at: null }, ...cut(pieces, to, lengthOf(pieces))];
}

function cut(pieces: readonly Piece[], from: number, to: number): Piece[] {
  const kept: Piece[] = [];
  let offset = 0;
  for (const { bytes, at } of pieces) {
    const start = Math.max(from - offset, 0);
    const end = Math.min(to - offset, bytes.length);
    if (start < end) kept.push({ bytes: bytes.subarray(start, end), at: at === null ? null : at + start });
    offset += bytes.length;
  }
  return kept;
}

/** Pieces that stand beside each other as in the original become one. */
function joinNeighbours(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last && last.at !== null && piece.at === last.at + last.bytes.length) {
      joined[joined.length - 1] = { bytes: Buffer.concat([last.bytes, piece.bytes]), at: last.at };
    } else {
      joined.push(piece);
    }
  }
  return joined;
}
