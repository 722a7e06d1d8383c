import Link from 'next/link';
import { cn } from '#components/ui/cn.ts';

const VIEWS = [
  ['/risk', 'Objects'],
  ['/incidents', 'Incidents'],
  ['/risk/settings', 'Settings'],
] as const;

/** The views of risk, beside the heading. */
export function RiskViews({ current }: { readonly current: (typeof VIEWS)[number][0] }) {
  return (
    <nav aria-label="Views of risk" className="flex items-center gap-1">
      {VIEWS.map(([href, label]) => (
        <Link
          key={href}
          href={href}
          aria-current={href === current ? 'page' : undefined}
          className={cn(
            'rounded px-2 py-1 no-underline',
            href === current ? 'bg-accent-soft font-medium text-accent' : 'text-text-2 hover:bg-raised',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
