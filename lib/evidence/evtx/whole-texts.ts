import type { Chunk } from './chunk.ts';
import {
  DEFINITION_HEADER_BYTES,
  DESCRIPTOR_BYTES,
  definitionOffset,
  FRAGMENT_HEADER_BYTES,
  NAME_HEADER_BYTES,
  valuesOffset,
} from './layout.ts';
import { MORE_FLAG, token, valueType } from './tokens.ts';

/** Bytes of definitions looked through for one chunk; they overlap only in hostile files. */
const MARKUP_BUDGET_BYTES = 1 << 20;
const DEPENDENCY_BYTES = 2;

/**
 * Whether every text of a chunk's records is one run of bytes. Binary XML can put one together from constants, values,
 * character references and CDATA, and a literal in such a text need not stand in the bytes. That is decided by the
 * definitions alone, so each one is looked through once a chunk, token by token and without building anything; Windows'
 * own definitions always pass. Whatever is unusual or damaged gives false or throws RangeError.
 */
export class WholeTexts {
  private readonly chunk: Chunk;
  /** Offsets of definitions whose texts are whole. */
  private readonly definitions = new Set<number>();
  private budgetBytes = MARKUP_BUDGET_BYTES;

  constructor(chunk: Chunk) {
    this.chunk = chunk;
  }

  isWholeDefinition(offset: number): boolean {
    if (this.definitions.has(offset)) return true;
    const start = offset + DEFINITION_HEADER_BYTES;
    const size = this.chunk.view.getUint32(start - 4, true);
    this.budgetBytes -= size;
    if (this.budgetBytes < 0 || !isWholeMarkup(this.chunk, start, start + size, DEPENDENCY_BYTES))
      return false;
    this.definitions.add(offset);
    return true;
  }

  /** Of content without a template. Logs of forwarded events have it, with elements without a dependency. */
  isWholeMarkup(start: number, end: number): boolean {
    return isWholeMarkup(this.chunk, start, end, 0);
  }

  /** Of a value that is binary XML. No binary XML stands in it, in what Windows writes. */
  isWholeContent(start: number, end: number): boolean {
    const { chunk } = this;
    const { view } = chunk;
    if (start === end) return true;
    const instance = view.getUint8(start) === token.fragmentHeader ? start + FRAGMENT_HEADER_BYTES : start;
    if (view.getUint8(instance) !== token.templateInstance) return this.isWholeMarkup(start, end);
    if (!this.isWholeDefinition(definitionOffset(chunk, instance))) return false;
    const countAt = valuesOffset(chunk, instance);
    const valuesAt = countAt + 4 + view.getUint32(countAt, true) * DESCRIPTOR_BYTES;
    if (valuesAt > end) return false;
    let valueAt = valuesAt;
    for (let at = countAt + 4; at < valuesAt; at += DESCRIPTOR_BYTES) {
      const descriptor = view.getUint32(at, true);
      if (((descriptor >>> 16) & 0xff) === valueType.binXml) return false;
      valueAt += descriptor & 0xffff;
    }
    return valueAt <= end;
  }
}

/** Whether no two texts of some content touch each other and none is written as a reference or CDATA. */
function isWholeMarkup(chunk: Chunk, start: number, end: number, dependencyBytes: number): boolean {
  const { view } = chunk;
  let at = start;
  let followsText = false;
  while (at < end) {
    const code = view.getUint8(at);
    const kind = code & ~MORE_FLAG;
    if (kind === token.value || kind === token.normalSubstitution || kind === token.optionalSubstitution) {
      if (followsText) return false;
      followsText = true;
      if (kind !== token.value) at += 4;
      else if (view.getUint8(at + 1) !== valueType.string) return false;
      else at += 4 + view.getUint16(at + 2, true) * 2;
      continue;
    }
    followsText = false;
    switch (kind) {
      case token.fragmentHeader:
        at += FRAGMENT_HEADER_BYTES;
        break;
      case token.openElement:
        // Token, dependency, size (4), name, and with attributes their size (4).
        at = nameEnd(view, at + 1 + dependencyBytes + 4) + (code === token.openElement ? 0 : 4);
        break;
      case token.attribute:
        at = nameEnd(view, at + 1);
        break;
      case token.closeStartElement:
      case token.closeEmptyElement:
      case token.endElement:
        at++;
        break;
      case token.endOfFragment:
        return true;
      default:
        return false;
    }
  }
  return true;
}

/** Where the name at `at` ends. Throws RangeError when there cannot be one. */
function nameEnd(view: DataView, at: number): number {
  const offset = view.getUint32(at, true);
  if (offset > at + 4) throw new RangeError('a name cannot stand after its first use');
  return offset === at + 4 ? at + 4 + NAME_HEADER_BYTES + 2 + view.getUint16(offset + 6, true) * 2 : at + 4;
}
