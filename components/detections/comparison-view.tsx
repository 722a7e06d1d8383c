import { plural } from '#components/evidence/format.ts';
import { Time } from '#components/time/time.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { ComparedFinding, VariantComparison } from '#lib/catalogue/types.ts';

/** What two variants find in the stored evidence, and which findings only one of them has. */
export function ComparisonView({ comparison }: { readonly comparison: VariantComparison }) {
  const { counting, other, result, unreadFiles } = comparison;
  return (
    <section aria-label="Findings of both variants" className="mt-4 grid gap-3 border-t pt-3">
      {unreadFiles > 0 && (
        <p className="text-medium">
          {plural(unreadFiles, 'stored file')} {unreadFiles === 1 ? 'was' : 'were'} not read for {other}, so
          it may have more findings than are told here.
        </p>
      )}
      {result === null ? (
        <p className="text-text-2">The two select too many events to be compared on this page.</p>
      ) : (
        <>
          <p>
            Over the stored evidence {counting ?? 'nothing'} gives {plural(result.countingTotal, 'finding')},{' '}
            {other} gives {plural(result.otherTotal, 'finding')};{' '}
            {result.sameTotal === 1
              ? '1 of these rests on the same events.'
              : `${result.sameTotal.toLocaleString('en')} of these rest on the same events.`}
          </p>
          <div className="grid gap-4 lg:grid-cols-2">
            <OnlyOne
              variant={counting ?? 'none'}
              findings={result.onlyCounting}
              total={result.countingTotal - result.sameTotal}
            />
            <OnlyOne
              variant={other}
              findings={result.onlyOther}
              total={result.otherTotal - result.sameTotal}
            />
          </div>
        </>
      )}
    </section>
  );
}

function OnlyOne({
  variant,
  findings,
  total,
}: {
  readonly variant: string;
  readonly findings: readonly ComparedFinding[];
  readonly total: number;
}) {
  return (
    <div className="grid content-start gap-1">
      <h3 className="font-medium">Only {variant}</h3>
      {findings.length === 0 ? (
        <p className="text-text-3">none</p>
      ) : (
        <ul className="grid gap-1">
          {findings.map((finding, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is shown once and never changes
            <li key={index}>
              <EvidenceText text={finding.sentence} />
              <span className="text-text-3">
                {' '}
                {finding.mode} · {plural(finding.count, 'event')} ·{' '}
                <Time ticks={finding.firstTicks} precision={0} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {total > findings.length && <p className="text-text-3">and {total - findings.length} more</p>}
    </div>
  );
}
