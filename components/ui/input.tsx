import { type ComponentProps, type ReactNode, useId } from 'react';
import { cn } from './cn.ts';

const box =
  'w-full rounded-md border border-line-strong bg-bg px-2.5 py-1.5 text-text placeholder:text-text-3 aria-invalid:border-critical disabled:opacity-60';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input className={cn(box, className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea className={cn(box, 'min-h-20', className)} {...props} />;
}

export function Select({ className, ...props }: ComponentProps<'select'>) {
  return <select className={cn(box, 'w-auto bg-surface py-1', className)} {...props} />;
}

/** Label, control, hint and error, tied together for assistive technology. */
export function Field({
  label,
  error,
  hint,
  children,
}: {
  readonly label: string;
  readonly error?: string | null | undefined;
  readonly hint?: string;
  readonly children: (ids: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': true | undefined;
  }) => ReactNode;
}) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="font-medium text-text-2">
        {label}
      </label>
      {children({
        id,
        'aria-describedby': note ? `${id}-note` : undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {note && (
        <p id={`${id}-note`} className={cn('text-[12px]', error ? 'text-critical' : 'text-text-3')}>
          {note}
        </p>
      )}
    </div>
  );
}
