import { describe, expect, it } from 'vitest';
import { decryptSecret, encryptSecret, SecretError } from './secrets.ts';

const MASTER = 'a master secret of more than thirty-two characters';

describe('secrets at rest', () => {
  it('come back whole, and never look alike', () => {
    const text = '{"token":"päss \u{1f511}"}';
    const first = encryptSecret(MASTER, 'row-1', text);
    const second = encryptSecret(MASTER, 'row-1', text);
    expect(decryptSecret(MASTER, 'row-1', first)).toBe(text);
    expect(Buffer.from(first)).not.toEqual(Buffer.from(second));
    expect(Buffer.from(first).includes('token')).toBe(false);
  });

  it('cannot be read under another key or moved to another row', () => {
    const sealed = encryptSecret(MASTER, 'row-1', 'x');
    expect(() => decryptSecret(`${MASTER}!`, 'row-1', sealed)).toThrow(SecretError);
    expect(() => decryptSecret(MASTER, 'row-2', sealed)).toThrow(SecretError);
  });

  it('are refused when any byte was changed', () => {
    const sealed = encryptSecret(MASTER, 'row-1', 'secret');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => decryptSecret(MASTER, 'row-1', changed)).toThrow(SecretError);
    }
    expect(() => decryptSecret(MASTER, 'row-1', sealed.subarray(0, 10))).toThrow(SecretError);
  });
});
