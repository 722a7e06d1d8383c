import Link from 'next/link';
import type { ReactNode } from 'react';
import { counted } from '#components/findings/words.ts';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { DISPOSITION_WORDS } from '#components/severity/tags.tsx';
import { Time } from '#components/time/time.tsx';
import { Card } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { CoveredFinding, FilterOutcome, FilterPreview, NamedCount } from '#lib/filters/types.ts';
import { percent } from './words.ts';

const VERBS: Readonly<Record<FilterOutcome, string>> = { hide: 'Hides', lower: 'Lowers', snooze: 'Snoozes' };

type Props = {
  /** Null: there is nothing to preview yet, `why` says why. */
  readonly preview: FilterPreview | null;
  readonly why: string;
  readonly outcome: FilterOutcome;
  readonly isBusy: boolean;
  /** Whether another version is in force, to which the difference is told. */
  readonly isEdit: boolean;
};

/** What the rule would do to the findings that are there, always in sight while it is written. */
export function Consequence({ preview, why, outcome, isBusy, isEdit }: Props) {
  return (
    <Card title="What it would do" aside={isBusy ? 'counting…' : 'on all stored findings'} aria-busy={isBusy}>
      <div aria-live="polite" className="grid gap-4">
        {preview === null ? (
          <p className="text-text-2">{why}</p>
        ) : (
          <>
            <p className="text-[16px]">
              {VERBS[outcome]} <b>{preview.covered.toLocaleString('en')}</b> of{' '}
              {counted(preview.considered, 'finding')}
              {preview.considered > 0 && (
                <span className="text-text-3"> · {percent(preview.covered / preview.considered)}</span>
              )}
            </p>
            <Conflicts preview={preview} />
            <Facts preview={preview} isEdit={isEdit} />
            <Counts title="Hosts" counts={preview.byHost} total={preview.covered} />
            <Counts title="Users" counts={preview.byUser} total={preview.covered} />
            {preview.byDetection.length > 1 && (
              <Counts title="Detections" counts={preview.byDetection} total={preview.covered} />
            )}
            <FindingLines title="Some of them" total={preview.covered} findings={preview.sample} />
          </>
        )}
      </div>
    </Card>
  );
}

function Conflicts({ preview }: { readonly preview: FilterPreview }) {
  if (preview.conflictTotal === 0) return null;
  return (
    <div role="alert" className="grid gap-1.5 rounded-md border border-critical bg-critical-soft p-3">
      <p className="font-medium text-critical">
        {counted(preview.conflictTotal, 'finding')} that should not vanish would. A manager other than you has
        to approve.
      </p>
      <ul className="grid gap-1">
        {preview.conflicts.map((finding) => (
          <li key={finding.id}>
            <Link href={`/findings/${finding.number}`} target="_blank">
              F-{finding.number}
            </Link>{' '}
            {finding.conflict === 'true-positive' ? 'was closed as true positive' : 'is of higher risk'}:{' '}
            <EvidenceText text={finding.sentence} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Facts({ preview, isEdit }: { readonly preview: FilterPreview; readonly isEdit: boolean }) {
  const facts: (readonly [string, ReactNode])[] = [];
  if (preview.covered > 0 && preview.firstTicks !== null)
    facts.push([
      'First and last',
      <span key="span" className="font-mono text-[12px]">
        <Time ticks={preview.firstTicks} precision={0} /> to <Time ticks={preview.lastTicks} precision={0} />
      </span>,
    ]);
  facts.push(['Risk', `${round(preview.riskBefore)} before, ${round(preview.riskAfter)} after`]);
  if (preview.hiddenAlready > 0)
    facts.push(['Hidden already', `${preview.hiddenAlready.toLocaleString('en')} by other rules`]);
  if (isEdit)
    facts.push([
      'Against now',
      `${preview.added.count.toLocaleString('en')} more, ${preview.removed.count.toLocaleString('en')} fewer`,
    ]);
  for (const { field, count } of preview.missingField)
    facts.push([
      'Without the field',
      `${counted(count, 'finding')} have no ${field}: NOT ${field}=… keeps them, ${field}!=… drops them`,
    ]);
  return (
    <dl className="grid grid-cols-[110px_minmax(0,1fr)] gap-x-2.5 gap-y-1">
      {facts.map(([term, told], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the facts have a fixed order
        <div key={index} className="contents">
          <dt className="text-text-3">{term}</dt>
          <dd>{told}</dd>
        </div>
      ))}
    </dl>
  );
}

const COUNTS_SHOWN = 6;

function Counts({
  title,
  counts,
  total,
}: {
  readonly title: string;
  readonly counts: readonly NamedCount[];
  readonly total: number;
}) {
  if (counts.length === 0) return null;
  const rest = counts.length - COUNTS_SHOWN;
  return (
    <div>
      <h3 className="mb-1 font-medium text-text-2">{title}</h3>
      <ul className="grid gap-1">
        {counts.slice(0, COUNTS_SHOWN).map(({ name, count }) => (
          <li key={name} className="grid grid-cols-[minmax(0,1fr)_80px_44px] items-center gap-2">
            <span className="truncate font-mono text-[12px]" title={name}>
              <EvidenceText text={name} />
            </span>
            <span aria-hidden className="h-1.5 overflow-hidden rounded-full bg-raised">
              <span
                className="block h-full bg-accent"
                style={{ width: `${(count / Math.max(1, total)) * 100}%` }}
              />
            </span>
            <span className="text-right">{count.toLocaleString('en')}</span>
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="text-text-3">and {rest.toLocaleString('en')} more</p>}
    </div>
  );
}

/** Findings as short lines, with links. */
export function FindingLines({
  title,
  total,
  findings,
}: {
  readonly title: string;
  readonly total: number;
  readonly findings: readonly CoveredFinding[];
}) {
  if (findings.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1 font-medium text-text-2">{title}</h3>
      <ul className="grid gap-1.5">
        {findings.map((finding) => (
          <li key={finding.id} className="grid grid-cols-[64px_minmax(0,1fr)] gap-2">
            <Link href={`/findings/${finding.number}`} target="_blank">
              F-{finding.number}
            </Link>
            <span>
              <EvidenceText text={finding.sentence} />{' '}
              <span className="whitespace-nowrap text-text-3">
                <SeverityBadge severity={finding.severity} />
                {finding.disposition !== null && ` · ${DISPOSITION_WORDS[finding.disposition].toLowerCase()}`}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {total > findings.length && (
        <p className="mt-1 text-text-3">
          {findings.length.toLocaleString('en')} of {total.toLocaleString('en')} are shown.
        </p>
      )}
    </div>
  );
}

const round = (value: number): string => (Math.round(value * 10) / 10).toLocaleString('en');
