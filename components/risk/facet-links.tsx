import Link from 'next/link';
import { severityGlyph, severityWord } from '#components/severity/severity-badge.tsx';
import { STATUS_WORDS } from '#components/severity/tags.tsx';
import { cn } from '#components/ui/cn.ts';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { FacetValue, FindingStatus } from '#lib/findings/types.ts';
import type { Severity } from '#lib/risk/severity.ts';
import { type RiskParams, riskHref, toggledValue } from './risk-url.ts';

type Group = readonly [key: string, title: string, values: readonly FacetValue[]];

type Props = {
  readonly path: string;
  readonly params: RiskParams;
  readonly defaults: RiskParams;
  readonly groups: readonly Group[];
};

/** What a list can be narrowed to, as links, so that every view has an address. On phones behind a line to open. */
export function FacetLinks(props: Props) {
  return (
    <>
      <aside aria-label="Narrow the list" className="w-[180px] shrink-0 max-md:hidden">
        <Groups {...props} />
      </aside>
      <details className="rounded-lg border bg-surface px-4 py-2 md:hidden">
        <summary className="min-h-8 content-center text-accent">Filter</summary>
        <Groups {...props} />
      </details>
    </>
  );
}

function Groups({ path, params, defaults, groups }: Props) {
  return (
    <div className="grid gap-3.5">
      {groups.map(([key, title, values]) => {
        const chosen = params[key];
        const on: readonly string[] = typeof chosen === 'object' ? chosen : [];
        if (values.length === 0) return null;
        return (
          <section key={key} aria-label={title}>
            <p className="mb-1 font-semibold text-[12px] text-text-2">{title}</p>
            <ul>
              {values.map((facet) => (
                <li key={facet.value}>
                  <Link
                    href={riskHref(
                      path,
                      { ...params, [key]: toggledValue(on, facet.value), cursor: undefined },
                      defaults,
                    )}
                    scroll={false}
                    aria-current={on.includes(facet.value) ? 'true' : undefined}
                    className={cn(
                      'flex items-start justify-between gap-2 rounded px-1.5 py-0.5 text-text no-underline hover:bg-raised max-md:py-2',
                      on.includes(facet.value) && 'bg-accent-soft font-medium text-accent',
                    )}
                  >
                    <span className="min-w-0 break-words">
                      <FacetLabel group={key} facet={facet} />
                    </span>
                    <span className={cn(!on.includes(facet.value) && 'text-text-3')}>
                      {facet.count.toLocaleString('en')}
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

function FacetLabel({ group, facet }: { readonly group: string; readonly facet: FacetValue }) {
  if (group === 'severity') {
    const severity = facet.value as Severity;
    return (
      <>
        <span aria-hidden>{severityGlyph(severity)} </span>
        {severityWord(severity)}
      </>
    );
  }
  if (group === 'status') return STATUS_WORDS[facet.value as FindingStatus];
  return <EvidenceText text={facet.label} />;
}
