import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { FindingLines } from '#components/filters/consequence.tsx';
import { RuleControls } from '#components/filters/rule-controls.tsx';
import { StateChip } from '#components/filters/state-chip.tsx';
import { VersionList } from '#components/filters/version-list.tsx';
import { outcomeWords, percent, REVIEW_WORDS } from '#components/filters/words.ts';
import { counted } from '#components/findings/words.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { OwnTime } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, DefinitionList } from '#components/ui/card.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { AppError } from '#lib/errors.ts';
import { getFilter } from '#lib/filters/queries.ts';
import type { FilterDetail } from '#lib/filters/types.ts';
import { decideFilterAction, removeFilterAction, renewFilterAction, revertFilterAction } from '../actions.ts';

type Props = { readonly params: Promise<{ readonly id: string }> };

const load = cache(async (id: string): Promise<FilterDetail> => {
  const actor = await requireActor();
  try {
    return await getFilter(actor, id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const rule = await load((await params).id);
  return { title: `R-${rule.number} ${rule.name}` };
}

export default async function FilterPage({ params }: Props) {
  const { id } = await params;
  const [actor, rule] = await Promise.all([requireActor(), load(id)]);
  if (id !== String(rule.number)) redirect(`/filters/${rule.number}`);
  const waiting = rule.versions.find(({ state }) => state === 'proposed');
  const canWrite = can(actor, 'write-filters');
  const canDecide = can(actor, 'approve-filters') && waiting?.authorId !== actor.id;
  const actions = {
    decide: decideFilterAction,
    revert: revertFilterAction,
    renew: renewFilterAction,
    remove: removeFilterAction,
  };
  return (
    <>
      <PageHeader
        actions={
          <>
            <RuleControls
              id={rule.id}
              number={rule.number}
              canWrite={canWrite}
              isInForce={rule.versions.some(({ state }) => state === 'in_force')}
              isRemoved={rule.state === 'removed'}
              proposed={waiting ? { version: waiting.number, canDecide } : null}
              actions={actions}
            />
            {canWrite && (
              <Button asChild variant="primary">
                <Link href={`/filters/${rule.number}/edit`} className="no-underline">
                  Edit
                </Link>
              </Button>
            )}
          </>
        }
      >
        <nav aria-label="Breadcrumb" className="flex items-center gap-1.5">
          <Link href="/filters" className="text-text-3">
            Filter rules
          </Link>
          <span aria-hidden className="text-text-3">
            /
          </span>
          <b aria-current="page" className="font-semibold">
            R-{rule.number}
          </b>
        </nav>
      </PageHeader>
      <div className="grid gap-3.5 px-4 py-4 md:px-5">
        <div className="grid gap-1.5">
          <h1 className="text-[22px] leading-7">
            <EvidenceText text={rule.name} />
          </h1>
          <div className="flex flex-wrap items-center gap-2">
            <StateChip state={rule.state} />
            <Chip>{outcomeWords(rule)}</Chip>
            {rule.review.map((reason) => (
              <Chip key={reason} className="border-medium text-medium">
                {REVIEW_WORDS[reason]}
              </Chip>
            ))}
          </div>
          {waiting && !canDecide && (
            <p className="text-medium">
              Version {waiting.number} waits for a manager other than {waiting.author}. It has no effect until
              then.
            </p>
          )}
        </div>
        <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,1fr)_400px]">
          <div className="grid gap-3">
            <Card title="What it covers" aside="what the body of the filter macro drops">
              <code className="block whitespace-pre-wrap break-all rounded bg-raised px-2 py-1.5 font-mono text-[12px]">
                {rule.text}
              </code>
            </Card>
            <Card title="Covered now" aside={counted(rule.covered, 'finding')}>
              {rule.findings.length === 0 ? (
                <p className="text-text-2">It covers no finding now.</p>
              ) : (
                <FindingLines title="The latest first" total={rule.covered} findings={rule.findings} />
              )}
            </Card>
            <VersionList
              id={rule.id}
              number={rule.number}
              versions={rule.versions}
              canWrite={canWrite}
              detectionNames={new Map(rule.detections.map((one) => [one.id, one.name]))}
              actions={actions}
            />
          </div>
          <Card title="In numbers">
            <DefinitionList
              items={[
                [
                  'Covers',
                  `${counted(rule.covered, 'finding')}, ${percent(rule.share)} of those in its scope`,
                ],
                ['Hits', `${rule.hits7} in 7 days, ${rule.hits30} in 30 days`],
                ['Last hit', rule.lastHitAt === null ? 'never' : <OwnTime key="hit" iso={rule.lastHitAt} />],
                ['Risk taken', Math.round(rule.riskTaken).toLocaleString('en')],
                ['Expires', rule.expiresAt === null ? 'never' : <OwnTime key="end" iso={rule.expiresAt} />],
                [
                  'Detections',
                  rule.detections.length === 0 ? (
                    'every'
                  ) : (
                    <ul key="detections">
                      {rule.detections.map((one) => (
                        <li key={one.id}>
                          <Link href={`/detections/${one.id}`}>{one.name}</Link>
                        </li>
                      ))}
                    </ul>
                  ),
                ],
                ['Hosts', rule.hosts.length === 0 ? 'every' : rule.hosts.join(', ')],
                ['Where', rule.isThisInvestigation ? 'this investigation' : 'every investigation'],
                ['Owner', rule.owner?.name ?? 'nobody'],
                ['Ticket', rule.ticket ?? 'none'],
                ['Reason', rule.reason],
              ]}
            />
          </Card>
        </div>
      </div>
    </>
  );
}
