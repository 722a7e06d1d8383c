import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { plural } from '#components/evidence/format.ts';
import { TriageProvider } from '#components/findings/triage-context.tsx';
import { TriageButtons, TriageCard } from '#components/findings/triage-controls.tsx';
import { EventTable } from '#components/risk/event-table.tsx';
import { IncidentHistory } from '#components/risk/incident-history.tsx';
import { IncidentObjects } from '#components/risk/incident-table.tsx';
import { IncidentTimeline } from '#components/risk/incident-timeline.tsx';
import { RowKeys } from '#components/risk/row-keys.tsx';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { TechniqueTag } from '#components/severity/tags.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Time } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, DefinitionList } from '#components/ui/card.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { AppError } from '#lib/errors.ts';
import { getIncident } from '#lib/risk/incident-commands.ts';
import { incidentReference } from '#lib/risk/inputs.ts';
import type { IncidentDetail } from '#lib/risk/types.ts';
import { changeIncident } from './actions.ts';

type Props = { readonly params: Promise<{ readonly number: string }> };

const load = cache(async (number: string): Promise<IncidentDetail> => {
  const actor = await requireActor();
  if (!incidentReference.safeParse({ number }).success) notFound();
  try {
    return await getIncident(actor, number);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const incident = await load((await params).number);
  return { title: `I-${incident.number} ${incident.sentence}` };
}

export default async function IncidentPage({ params }: Props) {
  const { number: given } = await params;
  const [actor, incident] = await Promise.all([requireActor(), load(given)]);
  if (given !== String(incident.number)) redirect(`/incidents/${incident.number}`);
  const { number, version, status, disposition, reason, owner } = incident;
  const hostHref = incident.hosts[0] ? `/hosts/${incident.hosts[0].id}` : null;
  return (
    <TriageProvider
      finding={{ number, version, status, disposition, reason, owner }}
      prefix="I"
      me={{ id: actor.id, name: actor.name }}
      people={incident.people}
      canTriage={can(actor, 'triage')}
      hostHref={hostHref}
      filterHref={null}
      change={changeIncident}
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
          <Link href="/incidents" className="text-text-3">
            Incidents
          </Link>
          <span aria-hidden className="text-text-3">
            /
          </span>
          <b aria-current="page" className="font-semibold">
            I-{number}
          </b>
        </nav>
      </PageHeader>
      <RowKeys />
      <div className="grid gap-3.5 px-4 py-4 md:px-5">
        <header className="grid gap-1.5">
          <h1 className="break-words text-[22px] leading-7">
            <EvidenceText text={incident.sentence} />
          </h1>
          <p className="flex flex-wrap items-center gap-2 text-text-2">
            <SeverityBadge severity={incident.severity} />
            {incident.state === 'withdrawn' && <Chip>withdrawn</Chip>}
            {incident.recurredAt !== null && <Chip>recurred</Chip>}
            <span>{incident.name}</span>
            <Time ticks={incident.peakStartTicks} precision={0} /> to{' '}
            <Time ticks={incident.peakEndTicks} precision={0} />
          </p>
        </header>
        {incident.state === 'withdrawn' && (
          <p className="rounded-lg border px-4 py-2 text-text-2">
            Its rule no longer holds: findings were filtered, closed as false positives, or went with their
            evidence. What it was stays here.
          </p>
        )}
        <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,1fr)_380px]">
          <div className="grid min-w-0 gap-3">
            <Card title="Over event time" aside={plural(incident.members.length, 'risk event')}>
              <IncidentTimeline members={incident.members} />
            </Card>
            <Card title="Risk events" aside={`${incident.score} in its highest window`}>
              <EventTable events={incident.members} label="Risk events" />
            </Card>
            <Card title="History">
              <IncidentHistory incident={incident} />
            </Card>
          </div>
          <div className="grid min-w-0 gap-3">
            <TriageCard />
            <IncidentFacts incident={incident} />
          </div>
        </div>
      </div>
    </TriageProvider>
  );
}

function IncidentFacts({ incident }: { readonly incident: IncidentDetail }) {
  const capped = incident.uncappedScore !== incident.score ? `, capped from ${incident.uncappedScore}` : '';
  return (
    <Card title="Facts">
      <DefinitionList
        items={[
          ['On', <IncidentObjects key="o" item={incident} />],
          ['Risk', `${incident.score}${capped}`],
          ['Detections', String(incident.sourceCount)],
          ['Tactics', String(incident.tacticCount)],
          [
            'Rule',
            <span key="r">
              <Link href="/risk/settings#rules">{incident.name}</Link>
              {incident.condition !== null && (
                <code className="block break-words font-mono text-[12px]">
                  {incident.condition} <span className="text-text-3">within {incident.windowHours} h</span>
                </code>
              )}
            </span>,
          ],
          ...(incident.story === '' ? [] : ([['Story', incident.story]] as const)),
          ['Stories', incident.stories.join(', ') || 'none'],
          [
            'ATT&CK',
            <span key="a" className="flex flex-wrap gap-1">
              {incident.techniques.map((id) => (
                <TechniqueTag key={id} id={id} />
              ))}
            </span>,
          ],
        ]}
      />
    </Card>
  );
}
