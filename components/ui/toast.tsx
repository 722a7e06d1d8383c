'use client';

import { Toast as Radix } from 'radix-ui';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';

type ToastOptions = {
  /** What can still be done about it, such as Undo. */
  readonly action?: { readonly label: string; readonly onClick: () => void };
};
type ToastInput = ToastOptions & { readonly title: string; readonly tone: 'plain' | 'error' };

const EVENT = 'jobsight:toast';
const SHOWN_MS = 10_000;

/** Says something in the corner for ten seconds; screen readers hear it. */
export function toast(title: string, options: ToastOptions = {}): void {
  show({ title, tone: 'plain', ...options });
}

toast.error = (title: string): void => show({ title, tone: 'error' });

function show(detail: ToastInput): void {
  window.dispatchEvent(new CustomEvent<ToastInput>(EVENT, { detail }));
}

/** Where toasts appear; stands once in the layout. */
export function Toaster() {
  const [toasts, setToasts] = useState<readonly (ToastInput & { readonly key: number })[]>([]);
  useEffect(() => {
    let key = 0;
    const add = (event: Event): void => {
      const { detail } = event as CustomEvent<ToastInput>;
      key += 1;
      const entry = { ...detail, key };
      setToasts((all) => [...all.slice(-3), entry]);
    };
    window.addEventListener(EVENT, add);
    return () => window.removeEventListener(EVENT, add);
  }, []);
  const remove = (key: number): void => setToasts((all) => all.filter((one) => one.key !== key));
  return (
    <Radix.Provider duration={SHOWN_MS} swipeDirection="right">
      {toasts.map((one) => (
        <Radix.Root
          key={one.key}
          onOpenChange={(isOpen) => {
            if (!isOpen) remove(one.key);
          }}
          className={`flex items-center gap-3 rounded-lg border bg-surface px-4 py-2.5 shadow-lg ${one.tone === 'error' ? 'border-critical' : 'border-line-strong'}`}
        >
          <Radix.Title className={one.tone === 'error' ? 'text-critical' : undefined}>
            {one.title}
          </Radix.Title>
          {one.action && (
            <Radix.Action asChild altText={one.action.label}>
              <Button onClick={one.action.onClick}>{one.action.label}</Button>
            </Radix.Action>
          )}
          <Radix.Close asChild>
            <Button variant="quiet" aria-label="Dismiss" className="px-1">
              ×
            </Button>
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className="fixed right-4 bottom-16 z-50 grid w-[min(440px,calc(100vw-32px))] gap-2 outline-none md:bottom-4" />
    </Radix.Provider>
  );
}
