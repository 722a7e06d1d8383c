'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [isCopied, setIsCopied] = useState(false);
  return (
    <Button
      variant="quiet"
      aria-label={`Copy ${label}`}
      title={`Copy ${label}`}
      className="px-1"
      onClick={() => {
        navigator.clipboard.writeText(text).then(
          () => {
            setIsCopied(true);
            setTimeout(() => setIsCopied(false), 1_500);
          },
          () => undefined,
        );
      }}
    >
      {isCopied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      <span className="sr-only" aria-live="polite">
        {isCopied ? 'Copied' : ''}
      </span>
    </Button>
  );
}
