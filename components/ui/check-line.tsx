import { type ReactNode, useId } from 'react';
import { Checkbox } from './checkbox.tsx';

/** A checkbox and, beside it, what it says. */
export function CheckLine({
  checked,
  onChange,
  children,
}: {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <span className="flex items-center gap-2 py-1">
      <Checkbox id={id} checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <label htmlFor={id}>{children}</label>
    </span>
  );
}
