import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Secrets of sources at rest: AES-256-GCM (NIST SP 800-38D), each with a nonce of its own. The key is derived (HKDF, RFC
 * 5869) from JOBSIGHT_SECRET, which stands in the environment or the data folder and never in the database. The row's id is
 * authenticated too, so that a secret cannot be moved to another source.
 */

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The stored secret was made under another key, or was changed. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

function keyOf(master: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, '', 'jobsight source secrets', 32));
}

/** @returns version, nonce, tag and ciphertext in one */
export function encryptSecret(master: string, rowId: string, text: string): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(master), nonce);
  cipher.setAAD(Buffer.from(rowId));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Uint8Array.from(Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]));
}

/** Throws SecretError. */
export function decryptSecret(master: string, rowId: string, sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed);
  const bodyAt = 1 + NONCE_BYTES + TAG_BYTES;
  if (bytes.length < bodyAt || bytes[0] !== VERSION)
    throw new SecretError('The stored secret has no known form.');
  const decipher = createDecipheriv('aes-256-gcm', keyOf(master), bytes.subarray(1, 1 + NONCE_BYTES));
  decipher.setAAD(Buffer.from(rowId));
  decipher.setAuthTag(bytes.subarray(1 + NONCE_BYTES, bodyAt));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(bodyAt)), decipher.final()]).toString('utf8');
  } catch {
    throw new SecretError(
      'The stored secret cannot be read with this JOBSIGHT_SECRET. Put the old one back, or enter the secret again.',
    );
  }
}
