import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { EventsCard } from '#components/findings/events-card.tsx';
import { AttackCard, EpisodesCard, RiskCard, WhereCard } from '#components/findings/fact-cards.tsx';
import { FieldList } from '#components/findings/field-list.tsx';
import { FiltersCard } from '#components/findings/filters-card.tsx';
import { FindingHead } from '#components/findings/finding-head.tsx';
import { findingTexts } from '#components/findings/finding-view.ts';
import { canBeFiltered, newFilterHref } from '#components/findings/new-filter.ts';
import { NotesCard } from '#components/findings/notes-card.tsx';
import { ChainCard, CheckNextCard, WhyCard } from '#components/findings/story-cards.tsx';
import { TriageProvider } from '#components/findings/triage-context.tsx';
import { TriageButtons, TriageCard } from '#components/findings/triage-controls.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { SurroundingEvents } from '#components/timeline/surroundings.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { AppError } from '#lib/errors.ts';
import { getFinding } from '#lib/findings/queries.ts';
import type { FindingDetail } from '#lib/findings/types.ts';
import { addFindingNote, changeFinding, readFindingText } from './actions.ts';

type Props = { readonly params: Promise<{ readonly id: string }> };

const load = cache(async (id: string): Promise<FindingDetail> => {
  const actor = await requireActor();
  try {
    return await getFinding(actor, id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const finding = await load((await params).id);
  return { title: `F-${finding.number} ${finding.sentence}` };
}

export default async function FindingPage({ params }: Props) {
  const { id } = await params;
  const [actor, finding] = await Promise.all([requireActor(), load(id)]);
  if (id !== String(finding.number)) redirect(`/findings/${finding.number}`);
  const texts = findingTexts(finding);
  const { number, version, status, disposition, reason, owner } = finding;
  const hostHref = finding.hostId === null ? null : `/hosts/${finding.hostId}`;
  return (
    <TriageProvider
      finding={{ number, version, status, disposition, reason, owner }}
      me={{ id: actor.id, name: actor.name }}
      people={finding.people}
      canTriage={can(actor, 'triage')}
      hostHref={hostHref}
      filterHref={canBeFiltered(finding) ? newFilterHref([finding]) : null}
      change={changeFinding}
    >
      <PageHeader
        actions={
          <>
            <TriageButtons />
            {hostHref !== null && (
              <Button asChild>
                <Link href={hostHref} className="text-text no-underline">
                  Host timeline <Kbd>t</Kbd>
                </Link>
              </Button>
            )}
          </>
        }
      >
        <nav aria-label="Breadcrumb" className="flex items-center gap-1.5">
          <Link href="/findings" className="text-text-3">
            Findings
          </Link>
          <span aria-hidden className="text-text-3">
            /
          </span>
          <b aria-current="page" className="font-semibold">
            F-{number}
          </b>
        </nav>
      </PageHeader>
      <div className="grid gap-3.5 px-4 py-4 md:px-5">
        <FindingHead finding={finding} />
        <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,1fr)_400px]">
          <div className="grid min-w-0 gap-3">
            <WhyCard finding={finding} texts={texts} readText={readFindingText} />
            <ChainCard finding={finding} />
            <CheckNextCard finding={finding} />
            <Card title="Fields of the row" aside="as the search gives them" aria-label="Fields of the row">
              <FieldList number={number} fields={texts.row} readText={readFindingText} />
            </Card>
            <EventsCard
              number={number}
              events={texts.events}
              eventTotal={finding.eventTotal}
              readText={readFindingText}
            />
            {finding.hostId !== null && finding.firstTicks !== null && (
              <SurroundingEvents hostId={finding.hostId} aroundTicks={finding.firstTicks} />
            )}
          </div>
          <div className="grid min-w-0 gap-3">
            <TriageCard />
            <FiltersCard filters={finding.filters} />
            <WhereCard finding={finding} />
            <RiskCard finding={finding} />
            <EpisodesCard finding={finding} />
            <AttackCard finding={finding} />
            <NotesCard
              notes={finding.notes}
              history={finding.history}
              createdAt={finding.createdAt}
              addNote={addFindingNote}
            />
          </div>
        </div>
      </div>
    </TriageProvider>
  );
}
