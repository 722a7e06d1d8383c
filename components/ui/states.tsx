import type { ReactNode } from 'react';
import { cn } from './cn.ts';

/** Nothing here, why, and what to do about it. */
export function EmptyState({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-2 px-6 py-14 text-center">
      <p className="font-semibold text-[15px]">{title}</p>
      {children && <div className="max-w-[460px] text-text-2">{children}</div>}
    </div>
  );
}

/** What happened, what was kept, what to do. */
export function ErrorState({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div role="alert" className="rounded-lg border border-critical bg-critical-soft px-4 py-3">
      <p className="font-semibold text-critical">{title}</p>
      {children && <div className="mt-1 text-text">{children}</div>}
    </div>
  );
}

/** Keeps the place of what is loading, so that nothing jumps. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <div aria-hidden className={cn('animate-pulse rounded bg-raised', className)} />;
}

export function Progress({ value, label }: { readonly value: number; readonly label: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      className="h-1.5 w-full overflow-hidden rounded-full bg-raised"
    >
      <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${percent}%` }} />
    </div>
  );
}
