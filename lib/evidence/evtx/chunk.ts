import { decodeUtf16 } from './strings.ts';
import { BinXmlError, TooLargeError } from './tokens.ts';
import type { Template } from './tree.ts';

/** Bytes of definitions that are parsed for one chunk. They overlap only in hostile files; 16 chunks' worth is plenty. */
const PARSE_BUDGET_BYTES = 1 << 20;
/** Text that the records of one chunk may unfold to in all; a real chunk stays below 1 MiB. */
const EXPANSION_BUDGET_CHARS = 32 << 20;
/** Values and fragments looked at to find out how far unusual records unfold; a real chunk has at most 32,768 values. */
const MEASURE_BUDGET_VALUES = 1 << 20;
/** The service's own names are below 64; a longer one is damage. */
const MAX_NAME_CHARS = 1024;
const NAME_HEADER_BYTES = 8;

/**
 * The bytes of one chunk and what was understood of them so far. Offsets in binary XML count from the chunk's start.
 * Its budgets keep a hostile chunk from costing more than a small multiple of an honest one.
 */
export class Chunk {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly length: number;
  /** Offset of the chunk in the evidence. */
  readonly fileOffset: number;
  /** Parsed definitions by offset, and fragments outside templates by place; a damaged one is its error. */
  readonly templates = new Map<number, Template | BinXmlError>();
  readonly fragments = new Map<number, Template | BinXmlError>();
  private readonly names = new Map<number, string>();
  private parseBudgetBytes = PARSE_BUDGET_BYTES;
  private expansionBudgetChars = EXPANSION_BUDGET_CHARS;
  private measureBudgetValues = MEASURE_BUDGET_VALUES;

  constructor(bytes: Buffer, fileOffset: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.length = bytes.byteLength;
    this.fileOffset = fileOffset;
  }

  /** The element or attribute name stored at `offset`. Throws BinXmlError or RangeError. */
  nameAt(offset: number): string {
    const known = this.names.get(offset);
    if (known !== undefined) return known;
    const count = this.view.getUint16(offset + 6, true);
    if (count > MAX_NAME_CHARS) throw new BinXmlError('a name is too long');
    this.spendParsing(count);
    const name = this.utf16(offset + NAME_HEADER_BYTES, count);
    this.names.set(offset, name);
    return name;
  }

  /** `count` UTF-16 code units at `offset`. Throws RangeError outside the chunk. */
  utf16(offset: number, count: number): string {
    if (offset + count * 2 > this.length) throw new RangeError('text runs over the end of the chunk');
    return decodeUtf16(this.bytes, this.view, offset, count);
  }

  /** Throws BinXmlError when definitions in this chunk cost more than any real chunk's. */
  spendParsing(bytes: number): void {
    this.parseBudgetBytes -= bytes;
    if (this.parseBudgetBytes < 0) throw new BinXmlError('the chunk has too many definitions');
  }

  /** Throws TooLargeError when the chunk's records unfold to more text than any real chunk's. */
  spendExpansion(chars: number): void {
    if (chars > this.expansionBudgetChars) throw new TooLargeError('the chunk unfolds to too much text');
    this.expansionBudgetChars -= chars;
  }

  /** Throws TooLargeError when finding out how far records unfold takes too long. */
  spendMeasuring(values: number): void {
    this.measureBudgetValues -= values;
    if (this.measureBudgetValues < 0) throw new TooLargeError('the chunk refers to itself too often');
  }
}
