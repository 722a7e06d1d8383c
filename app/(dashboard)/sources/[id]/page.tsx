import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { AutoRefresh } from '#components/shell/auto-refresh.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { PullTable } from '#components/sources/pull-table.tsx';
import { BackfillCard, CoverageCard, QueriesCard, TestCard } from '#components/sources/source-cards.tsx';
import { CancelButton, SourceControls } from '#components/sources/source-controls.tsx';
import { cronWords } from '#components/sources/words.ts';
import { OwnTime } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, DefinitionList } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { ErrorState } from '#components/ui/states.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { AppError } from '#lib/errors.ts';
import type { SourceDetail } from '#lib/sources/plain.ts';
import { getSource, listKinds } from '#lib/sources/queries.ts';
import {
  backfillSourceAction,
  cancelPullsAction,
  enableSourceAction,
  pullSourceAction,
  removeSourceAction,
  testSourceAction,
} from '../actions.ts';

type Props = { readonly params: Promise<{ readonly id: string }> };

const actions = {
  test: testSourceAction,
  pull: pullSourceAction,
  backfill: backfillSourceAction,
  cancel: cancelPullsAction,
  remove: removeSourceAction,
  enable: enableSourceAction,
};

const load = cache(async (id: string): Promise<SourceDetail> => {
  const actor = await requireActor();
  try {
    return await getSource(actor, id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await load((await params).id)).name };
}

export default async function SourcePage({ params }: Props) {
  const [actor, source] = await Promise.all([requireActor(), load((await params).id)]);
  const canManage = can(actor, 'manage-sources');
  const fields = listKinds(actor).find(({ kind }) => kind === source.kind)?.fields ?? [];
  return (
    <>
      <AutoRefresh />
      <PageHeader
        actions={
          <>
            <SourceControls
              id={source.id}
              name={source.name}
              version={source.version}
              isEnabled={source.isEnabled}
              canManage={canManage}
              canPull={can(actor, 'add-evidence')}
              actions={actions}
            />
            {canManage && (
              <Button asChild>
                <Link href={`/sources/${source.id}/edit`} className="text-text no-underline">
                  Edit
                </Link>
              </Button>
            )}
          </>
        }
      >
        <nav aria-label="Breadcrumb" className="flex items-center gap-1.5">
          <Link href="/sources" className="text-text-3">
            Sources
          </Link>
          <span aria-hidden className="text-text-3">
            /
          </span>
          <h1 aria-current="page" className="font-semibold">
            <EvidenceText text={source.name} />
          </h1>
        </nav>
      </PageHeader>
      <div className="grid gap-3 p-4 md:px-5">
        {source.failingSince !== null && (
          <ErrorState title="Pulls fail">
            <EvidenceText text={source.failure ?? ''} /> Since <OwnTime iso={source.failingSince} />. Nothing
            is lost: the next pull that works goes on where the last one ended.
          </ErrorState>
        )}
        <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,1fr)_400px]">
          <div className="grid gap-3">
            {source.backfill && source.backfill.sliceDone < source.backfill.sliceTotal && (
              <div className="grid gap-1.5">
                <BackfillCard backfill={source.backfill} />
                {canManage && (
                  <div>
                    <CancelButton id={source.id} pullId={null} label="Cancel all pulls" actions={actions} />
                  </div>
                )}
              </div>
            )}
            <PullTable id={source.id} pulls={source.pulls} canManage={canManage} actions={actions} />
            <QueriesCard queries={source.queries} />
          </div>
          <div className="grid gap-3">
            <TestCard source={source} />
            <CoverageCard coverage={source.coverage} />
            <Card title="Settings">
              <DefinitionList
                items={[
                  ['Kind', source.kindLabel],
                  ...fields
                    .filter(({ isSecret, name }) => !isSecret && source.settings[name] !== undefined)
                    .map(({ label, name }) => [label, settingWords(source.settings[name])] as const),
                  ['Secrets', source.hasSecrets ? 'kept, encrypted' : 'none'],
                  ['Pulled', cronWords(source.cron, source.zone)],
                  ['Look back', `${source.lookBackMinutes} minutes`],
                  ['Proxy', source.proxyUrl ?? 'none'],
                  [
                    'TLS',
                    source.tlsOffReason === null ? (
                      'verified'
                    ) : (
                      <span key="tls" className="text-critical">
                        not verified: {source.tlsOffReason}
                      </span>
                    ),
                  ],
                ]}
              />
            </Card>
          </div>
        </div>
      </div>
    </>
  );
}

function settingWords(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return String(value);
}
