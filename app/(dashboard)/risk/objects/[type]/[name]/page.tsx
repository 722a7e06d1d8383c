import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { plural } from '#components/evidence/format.ts';
import { EventTable } from '#components/risk/event-table.tsx';
import { ExportLinks } from '#components/risk/export-links.tsx';
import { IncidentTable } from '#components/risk/incident-table.tsx';
import { RowKeys } from '#components/risk/row-keys.tsx';
import { Waterfall } from '#components/risk/waterfall.tsx';
import { WhatIfPanel } from '#components/risk/what-if-panel.tsx';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Time } from '#components/time/time.tsx';
import { Card, DefinitionList } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { requireActor } from '#lib/auth/current.ts';
import { AppError } from '#lib/errors.ts';
import { riskObjectReference } from '#lib/risk/inputs.ts';
import { getRiskObject } from '#lib/risk/object-detail.ts';
import { RISK_THRESHOLD } from '#lib/risk/severity.ts';
import type { RiskObjectDetail } from '#lib/risk/types.ts';

type Props = { readonly params: Promise<{ readonly type: string; readonly name: string }> };

const load = cache(async (type: string, name: string): Promise<RiskObjectDetail> => {
  const actor = await requireActor();
  const reference = riskObjectReference.safeParse({ type, name: decodeName(name) });
  if (!reference.success) notFound();
  try {
    return await getRiskObject(actor, reference.data);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') notFound();
    throw error;
  }
});

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { type, name } = await params;
  return { title: `Risk of ${(await load(type, name)).name}` };
}

export default async function RiskObjectPage({ params }: Props) {
  await requireActor();
  const { type, name } = await params;
  const object = await load(type, name);
  const outside = object.events.filter(({ isInPeak }) => !isInPeak).length;
  return (
    <>
      <PageHeader>
        <Link href="/risk" className="text-text-3">
          Risk /
        </Link>
        <h1 className="min-w-0 break-all">
          <EvidenceText text={object.name} />
        </h1>
        <SeverityBadge severity={object.severity} label={`risk ${object.peakScore}`} />
      </PageHeader>
      <RowKeys />
      <div className="grid items-start gap-3 p-4 md:px-5 xl:grid-cols-[minmax(0,1fr)_380px]">
        <div className="grid min-w-0 gap-3">
          <Card
            title={`How ${object.peakScore} comes about`}
            aside={object.isCapped ? 'with the stacking cap' : 'without a stacking cap'}
          >
            <p className="pb-2 text-text-2">
              The highest sum within 24 hours of event time, from{' '}
              <Time ticks={object.peakStartTicks} precision={0} /> to{' '}
              <Time ticks={object.peakEndTicks} precision={0} />.
            </p>
            <Waterfall steps={object.steps} threshold={RISK_THRESHOLD} />
          </Card>
          <Card
            title="Risk events"
            aside={`${plural(object.eventCount, 'event')}, ${object.totalScore} in all${outside > 0 ? `, ${outside} outside the window` : ''}`}
          >
            <EventTable events={object.events} label="Risk events" />
          </Card>
          {object.hidden.length > 0 && (
            <Card title="Hidden by filter rules" aside="they add nothing">
              <EventTable events={object.hidden} label="Hidden risk events" />
            </Card>
          )}
          {object.incidents.length > 0 && (
            <>
              <h2 className="px-1 font-semibold">Incidents</h2>
              <IncidentTable items={object.incidents} />
            </>
          )}
        </div>
        <div className="grid min-w-0 gap-3">
          <ObjectFacts object={object} />
          <WhatIfPanel object={object} />
        </div>
      </div>
    </>
  );
}

function ObjectFacts({ object }: { readonly object: RiskObjectDetail }) {
  return (
    <Card title="Object">
      <DefinitionList
        items={[
          ['Kind', object.type],
          ...(object.hostId === null
            ? []
            : ([
                [
                  'Host',
                  <Link key="h" href={`/hosts/${object.hostId}`}>
                    Timeline and findings
                  </Link>,
                ],
              ] as const)),
          [
            'Also named',
            object.aliases.length === 0 ? (
              'nothing else'
            ) : (
              <ul key="a">
                {object.aliases.map(({ name, from }) => (
                  <li key={name} className="break-all">
                    <EvidenceText text={name} /> <span className="text-text-3">by {from}</span>
                  </li>
                ))}
              </ul>
            ),
          ],
          ['Priority', object.priority ?? 'in no list'],
          ...(object.entity
            ? [
                ['From list', <EvidenceText key="p" text={object.entity.place} />] as const,
                ...object.entity.columns
                  .filter(([column]) => column !== 'priority')
                  .map(
                    ([column, values]) =>
                      [column, <EvidenceText key={column} text={values.join(', ')} />] as const,
                  ),
              ]
            : []),
          ['Export', <ExportLinks key="e" params={{ type: object.type, name: object.name }} />],
        ]}
      />
    </Card>
  );
}
