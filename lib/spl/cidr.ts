/** IP networks: 10.0.0.0/8, 2001:db8::/32. */
import { compareText } from './value.ts';

/** Bytes of an address, null for what is none. */
function parseAddress(text: string): number[] | null {
  if (text.length > 45) return null;
  if (!text.includes(':')) {
    const parts = text.split('.');
    const bytes = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
    return bytes.length === 4 && bytes.every((byte) => byte < 256) ? bytes : null;
  }
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map(parseGroups);
  if (head === undefined || head === null || tail === null) return null;
  const missing = 16 - head.length - (tail?.length ?? 0);
  if (tail === undefined) return missing === 0 ? head : null;
  return missing >= 2 ? [...head, ...new Array<number>(missing).fill(0), ...tail] : null;
}

function parseGroups(text: string): number[] | null {
  if (text === '') return [];
  const bytes: number[] = [];
  for (const [index, group] of text.split(':').entries()) {
    const isLast = index === text.split(':').length - 1;
    const dotted = isLast && group.includes('.') ? parseAddress(group) : null;
    if (dotted !== null) bytes.push(...dotted);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255);
    else return null;
  }
  return bytes;
}

/** Tests whether an address is in the network; null when the text names no network. */
export function parseNetwork(text: string): ((address: string) => boolean) | null {
  const slash = text.lastIndexOf('/');
  const prefixText = text.slice(slash + 1);
  const network = slash < 0 ? null : parseAddress(text.slice(0, slash));
  if (network === null || !/^\d{1,3}$/.test(prefixText)) return null;
  const prefix = Number(prefixText);
  if (prefix > network.length * 8) return null;
  return (addressText) => {
    const address = parseAddress(addressText);
    if (address?.length !== network.length) return false;
    return network.every((byte, index) => {
      const bits = Math.min(8, Math.max(0, prefix - index * 8));
      const mask = (0xff00 >> bits) & 0xff;
      return (byte & mask) === ((address[index] ?? 0) & mask);
    });
  };
}

/** Order of two addresses, those of version 4 before version 6, what is no address after both, as text. */
export function compareAddresses(left: string, right: string): number {
  const a = parseAddress(left);
  const b = parseAddress(right);
  if (a === null || b === null) {
    if (a === b) return compareText(left, right);
    return a === null ? 1 : -1;
  }
  if (a.length !== b.length) return a.length - b.length;
  const index = a.findIndex((byte, position) => byte !== b[position]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
