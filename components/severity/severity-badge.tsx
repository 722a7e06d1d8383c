import { cva } from 'class-variance-authority';
import { cn } from '#components/ui/cn.ts';
import type { Severity } from '#lib/risk/severity.ts';

const GLYPHS: Readonly<Record<Severity, string>> = {
  info: '○',
  low: '◔',
  medium: '◑',
  high: '◕',
  critical: '●',
};
const WORDS: Readonly<Record<Severity, string>> = {
  info: 'Info',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
};

const badge = cva(
  'inline-flex shrink-0 items-center gap-1.5 whitespace-nowrap rounded px-1.5 font-medium text-[12px]',
  {
    variants: {
      severity: {
        info: 'bg-info-soft text-info',
        low: 'bg-low-soft text-low',
        medium: 'bg-medium-soft text-medium',
        high: 'bg-high-soft text-high',
        critical: 'bg-critical-soft text-critical',
      },
    },
  },
);

/** Severity as glyph, word and colour; never by colour alone. */
export function SeverityBadge({
  severity,
  label,
  className,
}: {
  readonly severity: Severity;
  /** Instead of the severity's own word. */
  readonly label?: string;
  readonly className?: string;
}) {
  return (
    <span className={cn(badge({ severity }), className)}>
      <span aria-hidden>{GLYPHS[severity]}</span>
      {label ?? WORDS[severity]}
    </span>
  );
}

export function severityWord(severity: Severity): string {
  return WORDS[severity];
}

export function severityGlyph(severity: Severity): string {
  return GLYPHS[severity];
}
