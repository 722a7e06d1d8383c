import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn.ts';

/** A part of a page with a heading and, at its right, what the heading needs said beside it. */
export function Card({
  title,
  aside,
  className,
  children,
  ...props
}: Omit<ComponentProps<'section'>, 'title'> & { readonly title?: ReactNode; readonly aside?: ReactNode }) {
  return (
    <section className={cn('rounded-lg border border-line bg-surface px-4 py-3.5', className)} {...props}>
      {(title || aside) && (
        <div className="mb-2 flex flex-wrap items-baseline gap-x-3">
          {title && <h2 className="font-semibold">{title}</h2>}
          <span className="flex-1" />
          {aside && <div className="text-text-3">{aside}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

/** Terms and their descriptions, such as facts of a file. */
export function DefinitionList({
  items,
}: {
  readonly items: readonly (readonly [term: string, description: ReactNode])[];
}) {
  return (
    <dl className="grid grid-cols-[minmax(90px,130px)_minmax(0,1fr)] gap-x-2.5 gap-y-1.5">
      {items.map(([term, description]) => (
        <div key={term} className="contents">
          <dt className="text-text-3">{term}</dt>
          <dd className="min-w-0 break-words">{description}</dd>
        </div>
      ))}
    </dl>
  );
}
