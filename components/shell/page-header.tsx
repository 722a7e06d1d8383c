import type { ReactNode } from 'react';
import { ZoneSwitch } from '../time/zone-switch.tsx';
import { SearchButton } from './command-palette.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** The one header of a page: what you are on, what you can do, and the zone of all times. */
export function PageHeader({
  children,
  actions,
}: {
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <header className="sticky top-0 z-20 flex min-h-12 flex-wrap items-center gap-2.5 border-b bg-surface px-4 py-1.5">
      <div className="flex min-w-0 flex-wrap items-center gap-x-2.5 [&>a]:shrink-0">{children}</div>
      <span className="flex-1" />
      <div className="flex flex-wrap items-center gap-2">
        {actions}
        <SearchButton />
        <ZoneSwitch />
        <ThemeSwitch />
      </div>
    </header>
  );
}
