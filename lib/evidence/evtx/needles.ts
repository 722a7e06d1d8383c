import type { Chunk } from './chunk.ts';
import {
  DEFINITION_HEADER_BYTES,
  DESCRIPTOR_BYTES,
  definitionOffset,
  FRAGMENT_HEADER_BYTES,
  NAME_HEADER_BYTES,
  RECORD_HEADER_BYTES,
  RECORD_TRAILER_BYTES,
  valuesOffset,
} from './layout.ts';

import { MORE_FLAG, token, valueType } from './tokens.ts';
import type { RecordChain } from './walk.ts';

/**
 * A literal that stands nowhere and begins with a letter of its own. V8 finds one of two or four starting letters with vector
 * instructions, of one or three it does not: measured at 3.5 GB/s instead of 1.3.
 */
const ANOTHER_START = '~qzjxkv~qzjxkv~qzjxkv';

/** Bytes of definitions looked through for one chunk; they overlap only in hostile files. */
const MARKUP_BUDGET_BYTES = 1 << 20;
const DEPENDENCY_BYTES = 2;

/** Finds out whether a chunk can be left unparsed because none of some literals stands in it. */
export type NeedleFilter = (chunk: Chunk, chain: RecordChain) => boolean;

/**
 * The filter for literals compared without case, or null when nothing can be skipped: without literals, or with one that
 * bytes cannot be searched for (empty, or not ASCII).
 */
export function createNeedleFilter(needles: readonly string[] | undefined): NeedleFilter | null {
  if (!needles || needles.length === 0 || needles.some((needle) => !isSearchable(needle))) return null;
  // One expression for both forms: faster than several searches.
  const starts = new Set(needles.map((needle) => needle.charAt(0).toLowerCase())).size;
  const literals = starts === 1 || starts === 3 ? [...needles, ANOTHER_START] : needles;
  const forms = literals.flatMap((literal) => [
    [...literal].map(escapeForm).join('\\x00'),
    escapeForm(literal),
  ]);
  const expression = new RegExp(forms.join('|'), 'i');
  return (chunk, chain) => !expression.test(chunk.bytes.toString('latin1')) && hasWholeTexts(chunk, chain);
}

function isSearchable(needle: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant.
  return /^[\x01-\x7f]+$/.test(needle);
}

function escapeForm(text: string): string {
  return text.replace(/[^a-zA-Z0-9]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/**
 * Whether every text of these records is one run of bytes. Binary XML can put one together from constants, values,
 * character references and CDATA, and a literal in such a text need not stand in the bytes. That is decided by the
 * definitions alone, so each one is looked through once a chunk, token by token and without building anything; Windows'
 * own definitions always pass. Whatever is unusual or damaged gives false, and then the chunk is parsed.
 */
function hasWholeTexts(chunk: Chunk, chain: RecordChain): boolean {
  const definitions = new SeenDefinitions(chunk);
  try {
    for (let index = 0; index < chain.starts.length; index++) {
      const start = (chain.starts[index] ?? 0) + RECORD_HEADER_BYTES;
      const end = (chain.ends[index] ?? 0) - RECORD_TRAILER_BYTES;
      if (!isWholeContent(chunk, definitions, start, end, true)) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

class SeenDefinitions {
  private readonly chunk: Chunk;
  private readonly whole = new Set<number>();
  private budgetBytes = MARKUP_BUDGET_BYTES;

  constructor(chunk: Chunk) {
    this.chunk = chunk;
  }

  isWhole(offset: number): boolean {
    if (this.whole.has(offset)) return true;
    const start = offset + DEFINITION_HEADER_BYTES;
    const size = this.chunk.view.getUint32(start - 4, true);
    this.budgetBytes -= size;
    if (this.budgetBytes < 0 || !isWholeMarkup(this.chunk, start, start + size, DEPENDENCY_BYTES))
      return false;
    this.whole.add(offset);
    return true;
  }
}

function isWholeContent(
  chunk: Chunk,
  definitions: SeenDefinitions,
  start: number,
  end: number,
  mayNest: boolean,
): boolean {
  const { view } = chunk;
  if (start === end) return true;
  const at = view.getUint8(start) === token.fragmentHeader ? start + FRAGMENT_HEADER_BYTES : start;
  // Records of a log that collects forwarded events are written without a template, elements without a dependency.
  if (view.getUint8(at) !== token.templateInstance) return isWholeMarkup(chunk, start, end, 0);
  if (!definitions.isWhole(definitionOffset(chunk, at))) return false;
  const countAt = valuesOffset(chunk, at);
  const valuesAt = countAt + 4 + view.getUint32(countAt, true) * DESCRIPTOR_BYTES;
  if (valuesAt > end) return false;
  let valueAt = valuesAt;
  for (let descriptor = countAt + 4; descriptor < valuesAt; descriptor += DESCRIPTOR_BYTES) {
    const size = view.getUint16(descriptor, true);
    if (view.getUint8(descriptor + 2) === valueType.binXml) {
      if (!mayNest || !isWholeContent(chunk, definitions, valueAt, valueAt + size, false)) return false;
    }
    valueAt += size;
  }
  return valueAt <= end;
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
