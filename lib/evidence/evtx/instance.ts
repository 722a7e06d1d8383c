import type { Chunk } from './chunk.ts';
import { fragmentAt, templateAt } from './definitions.ts';
import { DESCRIPTOR_BYTES, definitionOffset, FRAGMENT_HEADER_BYTES, valuesOffset } from './layout.ts';
import { BinXmlError, MORE_FLAG, token, valueType } from './tokens.ts';
import type { Template } from './tree.ts';

const NO_OFFSETS: readonly number[] = [];

/** A template with the values of one record (or of a fragment inside a record). */
export class Instance {
  readonly chunk: Chunk;
  readonly template: Template;
  /** How many values there are. */
  readonly count: number;
  /** Some value is an array, binary XML or of a rare type: more than one plain text. */
  readonly hasSpecial: boolean;
  private readonly descriptors: number;
  private readonly offsets: readonly number[];
  // Nearly every record has one value that is binary XML, looked at twice: when checked and when read.
  private innerIndex = -1;
  private inner: Instance | null = null;

  constructor(
    chunk: Chunk,
    template: Template,
    count: number,
    descriptors: number,
    offsets: readonly number[],
    hasSpecial: boolean,
  ) {
    this.chunk = chunk;
    this.template = template;
    this.count = count;
    this.descriptors = descriptors;
    this.offsets = offsets;
    this.hasSpecial = hasSpecial;
  }

  /** Type of a value; null for one that the record does not have. */
  typeOf(index: number): number {
    if (index >= this.count) return valueType.null;
    return this.chunk.view.getUint8(this.descriptors + index * DESCRIPTOR_BYTES + 2);
  }

  sizeOf(index: number): number {
    if (index >= this.count) return 0;
    return this.chunk.view.getUint16(this.descriptors + index * DESCRIPTOR_BYTES, true);
  }

  offsetOf(index: number): number {
    return this.offsets[index] ?? 0;
  }

  /** The content of a binary XML value. Throws BinXmlError or RangeError when it is damaged. */
  innerOf(index: number): Instance {
    if (this.inner && this.innerIndex === index) return this.inner;
    const offset = this.offsetOf(index);
    const inner = readContent(this.chunk, offset, offset + this.sizeOf(index));
    this.inner = inner;
    this.innerIndex = index;
    return inner;
  }
}

/**
 * Reads a record's or a value's binary XML between two offsets: a template instance, or content without a template.
 * Throws BinXmlError or RangeError when it is damaged.
 */
export function readContent(chunk: Chunk, start: number, end: number): Instance {
  let at = start;
  if (at < end && chunk.view.getUint8(at) === token.fragmentHeader) at += FRAGMENT_HEADER_BYTES;
  if (at < end && (chunk.view.getUint8(at) & ~MORE_FLAG) === token.templateInstance) {
    return readInstance(chunk, at, end);
  }
  return new Instance(chunk, fragmentAt(chunk, start, end), 0, 0, NO_OFFSETS, false);
}

/** Reads the template instance whose token stands at `offset` and which ends at `end` or before. */
export function readInstance(chunk: Chunk, offset: number, end: number): Instance {
  const { view } = chunk;
  const at = valuesOffset(chunk, offset);
  const count = view.getUint32(at, true);
  const descriptors = at + 4;
  let valueAt = descriptors + count * DESCRIPTOR_BYTES;
  if (valueAt > end) throw new BinXmlError('the values run over the end of the record');
  const template = templateAt(chunk, definitionOffset(chunk, offset));
  const offsets: number[] = [];
  let hasSpecial = false;
  for (let descriptor = descriptors; offsets.length < count; descriptor += DESCRIPTOR_BYTES) {
    offsets.push(valueAt);
    valueAt += view.getUint16(descriptor, true);
    if (view.getUint8(descriptor + 2) >= valueType.evtHandle) hasSpecial = true;
  }
  if (valueAt > end) throw new BinXmlError('the values run over the end of the record');
  return new Instance(chunk, template, count, descriptors, offsets, hasSpecial);
}
