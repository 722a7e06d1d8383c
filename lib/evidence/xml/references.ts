/** Longest text between `&` and `;` that is looked at: `#x` and eight digits, with room for leading zeros. */
const REFERENCE_MAX = 16;
const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * Text with its references replaced. A reference to a code unit that XML forbids (NUL, control characters, lone
 * surrogates) gives that code unit: script blocks hold them. What is no reference stays as it stands.
 */
export function decodeReferences(text: string): string {
  let ampersand = text.indexOf('&');
  if (ampersand < 0) return text;
  const parts: string[] = [];
  let from = 0;
  while (ampersand >= 0) {
    const end = text.slice(ampersand + 1, ampersand + 2 + REFERENCE_MAX).indexOf(';');
    const character = end < 0 ? null : decodeReference(text.slice(ampersand + 1, ampersand + 1 + end));
    const next = character === null ? ampersand + 1 : ampersand + end + 2;
    parts.push(text.slice(from, ampersand), character ?? '&');
    from = next;
    ampersand = text.indexOf('&', next);
  }
  parts.push(text.slice(from));
  return parts.join('');
}

function decodeReference(name: string): string | null {
  if (name[0] !== '#') return NAMED.get(name) ?? null;
  const isHex = name[1] === 'x' || name[1] === 'X';
  const digits = name.slice(isHex ? 2 : 1);
  if (!(isHex ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/).test(digits)) return null;
  const code = Number.parseInt(digits, isHex ? 16 : 10);
  return code > 0x10ffff ? null : String.fromCodePoint(code);
}
