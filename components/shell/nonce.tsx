'use client';

import { setNonce } from 'get-nonce';
import { useState } from 'react';

/** Radix adds a style element for scroll locking; the content security policy wants the request's nonce on it. */
export function Nonce({ value }: { readonly value: string | undefined }) {
  // A refresh brings the nonce of a later request; the policy of the document stays the one it came with.
  const [first] = useState(value);
  if (first !== undefined) setNonce(first);
  return null;
}
