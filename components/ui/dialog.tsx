'use client';

import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

/** A question over the page. Escape and a click beside it close it. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description?: string;
  readonly children: ReactNode;
}) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Radix.Content
          className="fixed top-1/2 left-1/2 z-50 grid max-h-[90dvh] w-[min(540px,calc(100vw-24px))] -translate-x-1/2 -translate-y-1/2 gap-3 overflow-y-auto rounded-lg border border-line-strong bg-surface p-5 shadow-lg"
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <Radix.Title className="font-semibold text-[16px]">{title}</Radix.Title>
          {description !== undefined && (
            <Radix.Description className="text-text-2">{description}</Radix.Description>
          )}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
