import Link from 'next/link';
import type { ReactNode } from 'react';
import { Card } from '#components/ui/card.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { CodeBlock } from '#components/ui/evidence-text.tsx';
import type { DetectionDetail, DetectionVariantItem } from '#lib/catalogue/types.ts';
import { switchingConsequences } from './consequences.ts';
import { ChangeDetection } from './detection-controls.tsx';
import { diffWords, type Range } from './diff.ts';
import { SearchProblemNote } from './search-problem.tsx';

/** The search; with another variant, both side by side with what differs marked. */
export function VariantsCard({
  detail,
  shown,
  other,
  canManage,
  comparison,
}: {
  readonly detail: DetectionDetail;
  readonly shown: DetectionVariantItem;
  readonly other: DetectionVariantItem | null;
  readonly canManage: boolean;
  /** What the other variant finds. */
  readonly comparison: ReactNode;
}) {
  if (!other) {
    return (
      <Card title="Search" aside={`variant ${shown.name}`}>
        <Search variant={shown} ranges={[]} />
      </Card>
    );
  }
  const diff = diffWords(shown.search, other.search);
  const others = detail.searches.filter(({ name }) => name !== shown.name && name !== other.name);
  return (
    <Card
      title="Search, variants side by side"
      aside={
        others.length > 0 && (
          <span className="flex flex-wrap gap-2">
            compare with
            {others.map(({ name }) => (
              <Link key={name} href={`/detections/${detail.id}?compare=${encodeURIComponent(name)}`}>
                {name}
              </Link>
            ))}
          </span>
        )
      }
    >
      <div className="grid gap-4 lg:grid-cols-2">
        <VariantSearch variant={shown} ranges={diff.left} />
        <VariantSearch
          variant={other}
          ranges={diff.right}
          action={
            canManage &&
            detail.isEnabled &&
            !other.isCounting &&
            other.problem === null && (
              <ChangeDetection
                id={detail.id}
                change={{ variant: other.name }}
                label={`Let ${other.name} count`}
                title={`Let variant ${other.name} count?`}
                done={`Variant ${other.name} is set to count.`}
                consequences={switchingConsequences(detail, other)}
              />
            )
          }
        />
      </div>
      {comparison}
    </Card>
  );
}

function VariantSearch({
  variant,
  ranges,
  action,
}: {
  readonly variant: DetectionVariantItem;
  readonly ranges: readonly Range[];
  readonly action?: ReactNode;
}) {
  return (
    <section aria-label={`Variant ${variant.name}`} className="grid min-w-0 content-start gap-1">
      <div className="flex min-h-8 flex-wrap items-center gap-2">
        <h3 className="font-medium font-mono">{variant.name}</h3>
        {variant.isCounting && <Chip className="border-accent text-accent">counts</Chip>}
        {!variant.isShipped && <span className="text-text-3">imported</span>}
        <span className="flex-1" />
        {action}
      </div>
      <Search variant={variant} ranges={ranges} />
    </section>
  );
}

function Search({
  variant,
  ranges,
}: {
  readonly variant: DetectionVariantItem;
  readonly ranges: readonly Range[];
}) {
  return (
    <div className="grid gap-2">
      {variant.problem && <SearchProblemNote problem={variant.problem} />}
      <div className="flex items-start gap-1">
        <CodeBlock text={variant.search} ranges={ranges} className="min-w-0 flex-1" />
        <CopyButton text={variant.search} label={`search of ${variant.name}`} />
      </div>
      {variant.expandedSearch !== null && variant.expandedSearch !== variant.search && (
        <details>
          <summary className="text-accent">With all macros written out</summary>
          <CodeBlock text={variant.expandedSearch} className="mt-2" />
        </details>
      )}
    </div>
  );
}
