/** A run of text to show as it is, or one character that cannot be seen, as its name. */
export type TextPart = { readonly kind: 'text' | 'hidden'; readonly text: string };

/** Every hidden part is an element of the page; further ones stand in the text as [U+…], so that a hostile text cannot make millions. */
const HIDDEN_PARTS_MAX = 2_000;

/**
 * Text from evidence may hold characters that are not seen or that change what is around them: controls, ANSI escapes, NUL,
 * direction marks, fillers and other ignorable characters, lone surrogates. They become visible names. In a block line
 * breaks and tabs stay as they are; in a line, where a browser would show them as one blank, they too become names.
 */
export function visibleParts(text: string, place: 'line' | 'block'): TextPart[] {
  const parts: TextPart[] = [];
  let shown = '';
  let hiddenCount = 0;
  let from = 0;
  for (const match of text.matchAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu)) {
    const character = match[0];
    if (place === 'block' && (character === '\n' || character === '\t')) continue;
    shown += text.slice(from, match.index);
    from = match.index + character.length;
    if (character === '\r' && text[from] === '\n') continue;
    hiddenCount += 1;
    if (hiddenCount > HIDDEN_PARTS_MAX) {
      shown += `[${nameOf(character)}]`;
      continue;
    }
    if (shown !== '') parts.push({ kind: 'text', text: shown });
    shown = '';
    parts.push({ kind: 'hidden', text: nameOf(character) });
  }
  shown += text.slice(from);
  if (shown !== '') parts.push({ kind: 'text', text: shown });
  return parts;
}

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\n') return '⏎';
  return code < 0x20
    ? String.fromCodePoint(0x2400 + code)
    : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
