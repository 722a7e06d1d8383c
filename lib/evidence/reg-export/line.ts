/** Lines of a .reg file, as "How to add, modify, or delete registry subkeys and values by using a .reg file" has them. */

export type RegLine =
  | { readonly kind: 'key'; readonly path: string }
  | { readonly kind: 'value'; readonly name: string; readonly value: RegValue }
  | { readonly kind: 'other' };

/** Null: the line deletes the value. */
type RegValue = { readonly type: number; readonly bytes: Buffer } | null;

const REG_SZ = 1;
const REG_BINARY = 3;
const REG_DWORD = 4;
const OTHER: RegLine = { kind: 'other' };

/** @param line without its line end, continuation lines joined */
export function parseRegLine(line: string): RegLine {
  const text = line.trim();
  if (text.startsWith('[') && text.endsWith(']')) return { kind: 'key', path: text.slice(1, -1) };
  if (!text.startsWith('"')) return OTHER;
  const name = quoted(text);
  if (name === null) return OTHER;
  const rest = text.slice(name.end).trimStart();
  if (!rest.startsWith('=')) return OTHER;
  const value = parseValue(rest.slice(1).trim());
  return value === undefined ? OTHER : { kind: 'value', name: name.text, value };
}

function parseValue(text: string): RegValue | undefined {
  if (text === '-') return null;
  if (text.startsWith('"')) {
    const string = quoted(text);
    return string === null ? undefined : { type: REG_SZ, bytes: Buffer.from(string.text, 'utf16le') };
  }
  const dword = /^dword:([0-9a-f]{1,8})$/i.exec(text)?.[1];
  if (dword !== undefined) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(Number.parseInt(dword, 16));
    return { type: REG_DWORD, bytes };
  }
  const prefix = /^hex(?:\(([0-9a-f]{1,8})\))?:/i.exec(text);
  if (!prefix) return undefined;
  const digits = text.slice(prefix[0].length).replace(/[^0-9a-f]/gi, '');
  const type = prefix[1] === undefined ? REG_BINARY : Number.parseInt(prefix[1], 16);
  return { type, bytes: Buffer.from(digits, 'hex') };
}

/** A text in quotation marks at the start, in which a backslash stands before a backslash or a mark. */
function quoted(text: string): { readonly text: string; readonly end: number } | null {
  let out = '';
  for (let at = 1; at < text.length; at++) {
    const character = text[at];
    if (character === '"') return { text: out, end: at + 1 };
    if (character === '\\') at += 1;
    out += text[at] ?? '';
  }
  return null;
}
