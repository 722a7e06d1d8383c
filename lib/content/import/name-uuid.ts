import { createHash } from 'node:crypto';

/** Of saved searches, whose only identity is their name; random, made once. */
const SAVED_SEARCHES = '5d0e0d8c-6a55-4f0e-9a53-0b9f3d7a1c42';

export const savedSearchId = (name: string): string => nameUuid(SAVED_SEARCHES, name);

/** UUID of version 5 (RFC 9562, section 5.5): the same for the same name within a namespace, itself a UUID. */
export function nameUuid(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
