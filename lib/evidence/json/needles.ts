import { shownForms } from '#lib/evidence/text/providers.ts';
import type { XmlEncoding } from '#lib/evidence/xml/window.ts';

/**
 * Which of the pieces of a text may hold one of the literals: true for a piece that has to be read.
 * @param starts where each piece begins in the bytes, ascending; it ends where the next begins
 */
export type NeedleSearch = (bytes: Buffer, starts: readonly number[]) => readonly boolean[];

/**
 * What can hide a literal: an escaped character other than a control character; and, in XML that stands in a JSON
 * string, numeric references (those to line breaks and tabs apart), CDATA, comments and instructions.
 */
const HIDING = '\\\\u(?!00[01])[0-9a-f]{4}|&#(?!(?:9|10|13|x9|xa|xd);)|<[!?]';

/** How a character may stand in XML, in a string of JSON or a cell, besides itself. */
const ENTITY: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ["'", '&apos;'],
]);

/** Characters that JSON may write in two ways, or at which a path is put together of several values. */
const SEPARATORS = /[\\/]/;

/** What stands for the name of a value where a form gives it another name, or none. */
const OTHER_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['scriptblockid', ['script_block_id', 'ScriptBlock ID', 'Properties']],
  ['commandline', ['command_line', 'Process Command Line', 'Properties']],
]);

/**
 * The search for literals compared without case, or null when nothing can be skipped: without literals, or with one that
 * text cannot be searched for. Of a literal with slashes every part between them must stand in the piece.
 *
 * @param formHides source of a pattern: what else can hide a literal in the form, or has to be read for another reason
 */
export function createNeedleSearch(
  needles: readonly string[] | undefined,
  encoding: XmlEncoding,
  formHides?: string,
): NeedleSearch | null {
  if (!needles || needles.length === 0 || !needles.every((needle) => /^[ !#-~]+$/.test(needle))) return null;
  const all = needles.flatMap((needle) => [
    needle,
    ...(OTHER_NAMES.get(needle.toLowerCase()) ?? []),
    ...shownForms(needle),
  ]);
  const literals = all.map((needle) =>
    needle
      .split(SEPARATORS)
      .filter((part) => part !== '')
      .sort((a, b) => b.length - a.length),
  );
  if (literals.some((parts) => parts.length === 0)) return null;
  // One pass over all for the longest part of each, or what may hide it; the other parts are sought in hits alone.
  const allHiding = formHides === undefined ? HIDING : `${HIDING}|${formHides}`;
  const first = new RegExp(
    [allHiding, ...literals.map(([longest]) => escaped(longest ?? ''))].join('|'),
    'gi',
  );
  const others = literals.map((parts) => parts.map((part) => new RegExp(escaped(part), 'i')));
  const hiding = new RegExp(allHiding, 'i');
  const isWide = encoding.unitBytes === 2;

  return (bytes, starts) => {
    const text = bytes.toString(isWide ? 'utf16le' : 'latin1');
    const unitStarts = isWide ? starts.map((start) => start / 2) : starts;
    const isHit = starts.map(() => false);
    let piece = 0;
    first.lastIndex = 0;
    for (let match = first.exec(text); match; match = first.exec(text)) {
      while ((unitStarts[piece + 1] ?? Number.POSITIVE_INFINITY) <= match.index) piece += 1;
      const end = unitStarts[piece + 1] ?? text.length;
      const own = text.slice(unitStarts[piece] ?? 0, end);
      isHit[piece] = hiding.test(own) || others.some((parts) => parts.every((part) => part.test(own)));
      first.lastIndex = end;
    }
    return isHit;
  };
}

function escaped(literal: string): string {
  return literal.replace(/[^a-zA-Z0-9]/g, (char) => {
    const own = `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
    const entity = ENTITY.get(char);
    return entity ? `(?:${own}|${entity})` : own;
  });
}
