import type { ReactNode } from 'react';

/** A key that does the same; for eyes only, buttons have names of their own. */
export function Kbd({ children }: { readonly children: ReactNode }) {
  return (
    <kbd
      aria-hidden
      className="rounded border border-line-strong bg-surface px-1 font-medium font-mono text-[11px] text-text-3 leading-4"
    >
      {children}
    </kbd>
  );
}
