'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';
import { toast } from './toast.tsx';

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [isCopied, setIsCopied] = useState(false);
  return (
    <Button
      variant="quiet"
      aria-label={`Copy ${label}`}
      title={`Copy ${label}`}
      className="px-1"
      onClick={() => {
        void copy(text).then((isDone) => {
          if (!isDone)
            return toast.error(`The ${label} was not copied. Select the text and copy it by hand.`);
          setIsCopied(true);
          setTimeout(() => setIsCopied(false), 1_500);
        });
      }}
    >
      {isCopied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      <span className="sr-only" aria-live="polite">
        {isCopied ? 'Copied' : ''}
      </span>
    </Button>
  );
}

/** Whether the text was copied. A browser has no clipboard for a page that came over plain http from another machine. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
