import type { XmlEncoding } from './window.ts';

/** Whether bytes may hold a text of an event that contains one of the literals. */
export type NeedleTest = (bytes: Buffer) => boolean;

/** How a character may stand in XML besides itself. A numeric reference to it is covered by HIDING. */
const ENTITY: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);

/**
 * What can break a literal up: numeric references (those to line breaks and tabs apart, which no literal has), CDATA,
 * comments and processing instructions.
 */
const HIDING = '&#(?!(?:9|10|13|x9|xa|xd);)|<[!?]';

/**
 * The test for literals compared without case, or null when nothing can be skipped: without literals, or with one
 * that bytes cannot be searched for (empty, or not printable ASCII).
 */
export function createNeedleTest(
  needles: readonly string[] | undefined,
  encoding: XmlEncoding,
): NeedleTest | null {
  if (!needles || needles.length === 0 || !needles.every((needle) => /^[ -~]+$/.test(needle))) return null;
  const forms = needles.map((needle) => [...needle].map(characterForm).join(''));
  const expression = new RegExp([HIDING, ...forms].join('|'), 'i');
  const decoding = encoding.unitBytes === 1 ? 'latin1' : 'utf16le';
  return (bytes) => expression.test(bytes.toString(decoding));
}

function characterForm(character: string): string {
  const entity = ENTITY.get(character);
  const escaped = character.replace(
    /[^a-zA-Z0-9]/,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return entity ? `(?:${escaped}|${entity})` : escaped;
}
