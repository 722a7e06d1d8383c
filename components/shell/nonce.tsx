'use client';

import { setNonce } from 'get-nonce';

/** Radix adds a style element for scroll locking; the content security policy wants the request's nonce on it. */
export function Nonce({ value }: { readonly value: string | undefined }) {
  if (value !== undefined) setNonce(value);
  return null;
}
