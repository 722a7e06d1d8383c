import type { CensusRow } from '#lib/evidence/record.ts';
import { filetimeToTicks } from '#lib/evidence/time.ts';
import type { Chunk } from './chunk.ts';
import { CHUNK_BYTES } from './header.ts';
import { type KindSources, readKindSources, type Source } from './kind.ts';
import {
  DEFINITION_HEADER_BYTES,
  DESCRIPTOR_BYTES,
  definitionOffset,
  FRAGMENT_HEADER_BYTES,
  RECORD_HEADER_BYTES,
  RECORD_TRAILER_BYTES,
  valuesOffset,
} from './layout.ts';
import { token, valueType } from './tokens.ts';
import { renderValue } from './values.ts';
import type { RecordChain } from './walk.ts';
import { WholeTexts } from './whole-texts.ts';

/** Definitions of more bytes than two chunks hold are left to the parser, which has a budget for them. */
const DEFINITIONS_MAX_BYTES = 1 << 17;

/**
 * Goes through the records of a chunk without building anything. Null when some text of them is no single run of bytes: then
 * a literal need not stand in the bytes, and the chunk has to be parsed. Else the census of the chunk, itself null when
 * records or definitions are not as Windows writes them: then each has to be read to be counted.
 */
export function surveyChunk(chunk: Chunk, chain: RecordChain): { census: CensusRow[] | null } | null {
  try {
    return new Survey(chunk).take(chain);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

type Kind = {
  readonly channel: string | null;
  readonly eventId: number;
  readonly computer: string | null;
  readonly provider: string | null;
  count: number;
  // Times are FILETIMEs in two halves: a BigInt for each record costs more than all else.
  firstHigh: number;
  firstLow: number;
  lastHigh: number;
  lastLow: number;
};

/** A kind as the records of one definition say it: places of its texts in the chunk, where they are no constants. */
type KnownKind = {
  readonly eventId: number;
  readonly texts: readonly Text[];
  readonly kind: Kind;
};

/** Offset and bytes of a string value. */
type Text = { readonly at: number; readonly size: number };

/** A definition and the kinds counted under it. */
type Definition = {
  readonly sources: KindSources;
  /** Indices of the values that the texts of a kind come from. */
  readonly textIndices: readonly number[];
  readonly known: KnownKind[];
};

/** Where each value of the record in hand stands; a chunk has no room for more descriptors. */
const valueOffsets = new Uint32Array(CHUNK_BYTES / DESCRIPTOR_BYTES);

class Survey {
  private readonly chunk: Chunk;
  private readonly texts: WholeTexts;
  /** By offset; null: it has to be parsed to be understood. */
  private readonly definitions = new Map<number, Definition | null>();
  private readonly kinds: Kind[] = [];
  private definitionBytes = 0;
  private isCountable = true;

  constructor(chunk: Chunk) {
    this.chunk = chunk;
    this.texts = new WholeTexts(chunk);
  }

  take(chain: RecordChain): { census: CensusRow[] | null } | null {
    for (let index = 0; index < chain.starts.length; index++) {
      const start = (chain.starts[index] ?? 0) + RECORD_HEADER_BYTES;
      const end = (chain.ends[index] ?? 0) - RECORD_TRAILER_BYTES;
      if (!this.passRecord(start, end)) return null;
    }
    return { census: this.isCountable ? this.kinds.map(censusRow) : null };
  }

  /** Counts a record; false when its texts are not whole. */
  private passRecord(start: number, end: number): boolean {
    const { chunk, texts } = this;
    const { view } = chunk;
    if (start === end) {
      this.isCountable = false;
      return true;
    }
    const at = view.getUint8(start) === token.fragmentHeader ? start + FRAGMENT_HEADER_BYTES : start;
    if (view.getUint8(at) !== token.templateInstance) {
      this.isCountable = false;
      return texts.isWholeMarkup(start, end);
    }
    const offset = definitionOffset(chunk, at);
    let definition = this.definitions.get(offset);
    if (definition === undefined) {
      definition = this.readDefinition(offset);
      if (!definition && !texts.isWholeDefinition(offset)) return false;
      this.definitions.set(offset, definition);
    }
    const countAt = valuesOffset(chunk, at);
    if (!this.passValues(countAt, end)) return false;
    this.isCountable &&= definition !== null && this.count(definition, countAt);
    return true;
  }

  /** Finds where the values stand; false when the texts in them are not whole. */
  private passValues(countAt: number, end: number): boolean {
    const { view } = this.chunk;
    const valuesAt = countAt + 4 + view.getUint32(countAt, true) * DESCRIPTOR_BYTES;
    if (valuesAt > end) return false;
    let valueAt = valuesAt;
    for (let at = countAt + 4, index = 0; at < valuesAt; at += DESCRIPTOR_BYTES, index++) {
      valueOffsets[index] = valueAt;
      const descriptor = view.getUint32(at, true);
      const size = descriptor & 0xffff;
      const isBinXml = ((descriptor >>> 16) & 0xff) === valueType.binXml;
      if (isBinXml && !this.texts.isWholeContent(valueAt, valueAt + size)) return false;
      valueAt += size;
    }
    return valueAt <= end;
  }

  private readDefinition(offset: number): Definition | null {
    const start = offset + DEFINITION_HEADER_BYTES;
    const size = this.chunk.view.getUint32(start - 4, true);
    this.definitionBytes += size;
    if (!this.isCountable || this.definitionBytes > DEFINITIONS_MAX_BYTES) return null;
    const sources = readKindSources(this.chunk, start, start + size);
    if (!sources) return null;
    const texts = [sources.channel, sources.computer, sources.provider];
    return { sources, textIndices: texts.filter((source) => typeof source === 'number'), known: [] };
  }

  /** False for values that are not what Windows writes. */
  private count(definition: Definition, countAt: number): boolean {
    const { view } = this.chunk;
    const { eventId, time } = definition.sources;
    if (!this.hasValue(countAt, eventId, ID_DESCRIPTOR) || !this.hasValue(countAt, time, TIME_DESCRIPTOR)) {
      return false;
    }
    const kind = this.kindOf(definition, view.getUint16(valueOffsets[eventId] ?? 0, true), countAt);
    if (!kind) return false;
    const timeAt = valueOffsets[time] ?? 0;
    const low = view.getUint32(timeAt, true);
    const high = view.getUint32(timeAt + 4, true);
    if (kind.count === 0 || high < kind.firstHigh || (high === kind.firstHigh && low < kind.firstLow)) {
      kind.firstHigh = high;
      kind.firstLow = low;
    }
    if (kind.count === 0 || high > kind.lastHigh || (high === kind.lastHigh && low > kind.lastLow)) {
      kind.lastHigh = high;
      kind.lastLow = low;
    }
    kind.count++;
    return true;
  }

  /** Whether the source is a value of the record that has this descriptor. */
  private hasValue(countAt: number, source: Source, descriptor: number): source is number {
    if (typeof source !== 'number' || source >= this.chunk.view.getUint32(countAt, true)) return false;
    return (this.descriptorOf(countAt, source) & DESCRIPTOR_MASK) === descriptor;
  }

  private descriptorOf(countAt: number, index: number): number {
    return this.chunk.view.getUint32(countAt + 4 + index * DESCRIPTOR_BYTES, true);
  }

  private kindOf(definition: Definition, eventId: number, countAt: number): Kind | null {
    const { sources, textIndices, known } = definition;
    for (const one of known) {
      if (one.eventId === eventId && this.hasTexts(one.texts, textIndices, countAt)) return one.kind;
    }
    const texts: Text[] = [];
    for (const index of textIndices) {
      if (index >= this.chunk.view.getUint32(countAt, true)) return null;
      const descriptor = this.descriptorOf(countAt, index);
      if (((descriptor >>> 16) & 0xff) !== valueType.string) return null;
      texts.push({ at: valueOffsets[index] ?? 0, size: descriptor & 0xffff });
    }
    const channel = this.textOf(sources.channel, countAt);
    const computer = this.textOf(sources.computer, countAt);
    const provider = this.textOf(sources.provider, countAt);
    let kind = this.kinds.find(
      (other) =>
        other.eventId === eventId &&
        other.channel === channel &&
        other.computer === computer &&
        other.provider === provider,
    );
    if (!kind) {
      const times = { firstHigh: 0, firstLow: 0, lastHigh: 0, lastLow: 0 };
      kind = { channel, eventId, computer, provider, count: 0, ...times };
      this.kinds.push(kind);
    }
    known.push({ eventId, texts, kind });
    return kind;
  }

  /** Whether the record has the same bytes for these texts. */
  private hasTexts(texts: readonly Text[], indices: readonly number[], countAt: number): boolean {
    const { view } = this.chunk;
    const count = view.getUint32(countAt, true);
    for (let place = 0; place < texts.length; place++) {
      const text = texts[place];
      const index = indices[place] ?? 0;
      if (!text || index >= count) return false;
      if ((this.descriptorOf(countAt, index) & DESCRIPTOR_MASK) !== ((valueType.string << 16) | text.size)) {
        return false;
      }
      let at = valueOffsets[index] ?? 0;
      const end = text.at + text.size;
      let other = text.at;
      for (; other + 4 <= end; other += 4, at += 4) {
        if (view.getUint32(other, true) !== view.getUint32(at, true)) return false;
      }
      for (; other < end; other++, at++) if (view.getUint8(other) !== view.getUint8(at)) return false;
    }
    return true;
  }

  /** A constant, or a value of the record that is known to be a string. */
  private textOf(source: Source, countAt: number): string | null {
    if (typeof source !== 'number') return source;
    const size = this.descriptorOf(countAt, source) & 0xffff;
    return renderValue(this.chunk, valueType.string, valueOffsets[source] ?? 0, size) || null;
  }
}

/** Size and type of a value; the last byte of a descriptor is unused. */
const DESCRIPTOR_MASK = 0xff_ffff;
const ID_DESCRIPTOR = (valueType.uint16 << 16) | 2;
const TIME_DESCRIPTOR = (valueType.filetime << 16) | 8;

// Halves become one number without arithmetic on BigInts.
const halves = new Uint32Array(2);
const whole = new BigUint64Array(halves.buffer);

function ticksOf(high: number, low: number): bigint {
  halves[0] = low;
  halves[1] = high;
  return filetimeToTicks(whole[0] ?? 0n);
}

function censusRow(kind: Kind): CensusRow {
  const { channel, eventId, computer, provider, count } = kind;
  const firstTicks = ticksOf(kind.firstHigh, kind.firstLow);
  const lastTicks = count === 1 ? firstTicks : ticksOf(kind.lastHigh, kind.lastLow);
  return { channel, eventId, computer, provider, count, firstTicks, lastTicks };
}
