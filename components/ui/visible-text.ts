/** A run of text to show as it is, or one character that cannot be seen, as its name. */
export type TextPart = { readonly kind: 'text' | 'hidden'; readonly text: string };

/**
 * Text from evidence may hold characters that are not seen or that change what is around them: controls, ANSI escapes, NUL,
 * direction marks, lone surrogates. They become visible names; line breaks and tabs stay.
 */
export function visibleParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu)) {
    const character = match[0];
    if (character === '\n' || character === '\t') continue;
    const isLineBreak = character === '\r' && text[match.index + 1] === '\n';
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    if (!isLineBreak) parts.push({ kind: 'hidden', text: nameOf(character) });
    from = match.index + character.length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20
    ? String.fromCodePoint(0x2400 + code)
    : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
