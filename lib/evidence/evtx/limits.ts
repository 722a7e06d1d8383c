import type { Instance } from './instance.ts';
import { innerInstance } from './text.ts';
import { ARRAY_FLAG, BinXmlError, MAX_DEPTH, TooLargeError, valueType } from './tokens.ts';
import { minElementBytes } from './values.ts';

/** Text that one record may unfold to. It has at most 64 KiB, so more means values used again and again. */
const MAX_RECORD_CHARS = 16 << 20;
/** No value takes more characters than this for a byte, escaped: `&quot;` for a byte of an ANSI string. */
const CHARS_PER_BYTE = 8;
/** A bound on the markup of the one element that an array repeats; names have up to 1,024 characters. */
const MAX_ARRAY_MARKUP_CHARS = 4096;

/**
 * Makes sure, before anything is built, that all that a record refers to can be read and that it does not unfold to
 * more than the limits. Throws TooLargeError, BinXmlError or RangeError.
 */
export function checkContent(instance: Instance): void {
  const chars = simpleChars(instance) ?? unfoldedChars(instance, 0);
  if (chars > MAX_RECORD_CHARS) throw new TooLargeError('the record unfolds to too much text');
  instance.chunk.spendExpansion(chars);
}

/**
 * The bound on markup of an ordinary record: each value is used once and at most one level of binary XML is inside.
 * Null for all others. What its values hold is not more than its own bytes.
 */
function simpleChars(instance: Instance): number | null {
  const { template } = instance;
  if (!template.isPlain) return null;
  if (!instance.hasSpecial) return template.markupChars;
  let chars = template.markupChars;
  for (let index = 0; index < instance.count; index++) {
    const type = instance.typeOf(index);
    if (type & ARRAY_FLAG) return null;
    if (type !== valueType.binXml) continue;
    const inner = instance.innerOf(index);
    if (inner.hasSpecial || !inner.template.isPlain || inner.template.depth + template.depth > MAX_DEPTH)
      return null;
    chars += inner.template.markupChars;
  }
  return chars;
}

function unfoldedChars(instance: Instance, outerDepth: number): number {
  const { template, chunk } = instance;
  chunk.spendMeasuring(1 + instance.count);
  const depth = outerDepth + template.depth + 1;
  if (depth > MAX_DEPTH) throw new BinXmlError('elements nest too deep');
  let chars = template.markupChars;
  const count = Math.min(instance.count, template.uses.length);
  for (let index = 0; index < count && chars <= MAX_RECORD_CHARS; index++) {
    const uses = template.uses[index] ?? 0;
    if (uses === 0) continue;
    const type = instance.typeOf(index);
    const size = instance.sizeOf(index);
    if (type === valueType.binXml) {
      chars += uses * unfoldedChars(instance.innerOf(index), depth);
    } else {
      chars += uses * size * CHARS_PER_BYTE;
      // An array repeats its element, whose markup is a part of the template's.
      if (type & ARRAY_FLAG) {
        const items = Math.ceil(size / minElementBytes(type & ~ARRAY_FLAG));
        chars += uses * items * Math.min(template.markupChars, MAX_ARRAY_MARKUP_CHARS);
      }
    }
  }
  for (const offset of template.innerOffsets) {
    if (chars > MAX_RECORD_CHARS) break;
    chars += unfoldedChars(innerInstance(instance, offset), depth);
  }
  return chars;
}
