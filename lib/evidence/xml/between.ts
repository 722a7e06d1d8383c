/** What may stand between events: nothing that matters (blanks, the root element, declarations, comments), or junk. */
export function isJunk(text: string): boolean {
  let at = 0;
  for (;;) {
    while (isFiller(text.charCodeAt(at))) at++;
    if (at >= text.length) return false;
    if (text[at] !== '<') return true;
    const end = markupEnd(text, at);
    if (end < 0) return true;
    at = end;
  }
}

/** Where the tag, comment, instruction or declaration at `at` ends, or -1. */
function markupEnd(text: string, at: number): number {
  if (text.startsWith('<!--', at)) return after(text, '-->', at + 4);
  if (text.startsWith('<?', at)) return after(text, '?>', at + 2);
  const first = text.charCodeAt(text[at + 1] === '/' || text[at + 1] === '!' ? at + 2 : at + 1);
  const isName =
    (first >= 0x41 && first <= 0x5a) || (first >= 0x61 && first <= 0x7a) || first === 0x5f || first > 0x7f;
  return isName ? after(text, '>', at + 1) : -1;
}

function after(text: string, closing: string, from: number): number {
  const at = text.indexOf(closing, from);
  return at < 0 ? -1 : at + closing.length;
}

/** Blanks, a byte order mark (files put together have several), and the zero bytes of preallocated space. */
function isFiller(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0xfeff || code === 0;
}
