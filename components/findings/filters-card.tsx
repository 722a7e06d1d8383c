import Link from 'next/link';
import { outcomeWords } from '#components/filters/words.ts';
import { OwnTime } from '#components/time/time.tsx';
import { Card } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { FindingFilters } from '#lib/filters/types.ts';

/** The filter rules that cover the finding: what they do, until when, who wrote them and why. */
export function FiltersCard({ filters }: { readonly filters: FindingFilters }) {
  if (filters.rules.length === 0) return null;
  return (
    <Card
      title="Filter rules"
      aside={
        filters.isHidden
          ? 'hidden: not in the queue, no risk'
          : filters.factor < 1
            ? `risk × ${filters.factor}`
            : undefined
      }
    >
      <ul className="grid gap-2.5">
        {filters.rules.map((rule) => (
          <li key={rule.id} className="grid gap-0.5">
            <Link href={`/filters/${rule.number}`}>
              R-{rule.number} <EvidenceText text={rule.name} />
            </Link>
            <span className="text-text-2">
              {outcomeWords({ outcome: rule.outcome, factor: filters.factor })}{' '}
              {rule.until === null ? (
                'without an end'
              ) : (
                <>
                  until <OwnTime iso={rule.until} />
                </>
              )}{' '}
              · version {rule.version} by {rule.author}
            </span>
            <span className="text-text-3">
              <EvidenceText text={rule.reason} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
