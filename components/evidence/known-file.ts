import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Beyond this, hashing in a browser takes longer than it can save. */
export const COMPARED_MAX_BYTES = 4e9;
/** So small that the page stays usable between two slices. */
const SLICE_BYTES = 1024 * 1024;

/**
 * Whether the server has these bytes already, so that they need not be sent. False also when that cannot be told: sending
 * them is always right. WebCrypto cannot hash a stream and is not there without HTTPS.
 */
export async function isKnownFile(
  file: File,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<boolean> {
  try {
    const hash = sha256.create();
    for (let start = 0; start < file.size; start += SLICE_BYTES) {
      signal.throwIfAborted();
      hash.update(new Uint8Array(await file.slice(start, start + SLICE_BYTES).arrayBuffer()));
      onProgress(Math.min(start + SLICE_BYTES, file.size));
    }
    const response = await fetch('/api/v1/evidence/known', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sha256: bytesToHex(hash.digest()), sizeBytes: file.size }),
      signal,
    });
    const answer: { readonly id?: string | null } = await response.json();
    return response.ok && typeof answer.id === 'string';
  } catch {
    return false;
  }
}
