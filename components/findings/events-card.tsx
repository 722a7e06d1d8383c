'use client';

import Link from 'next/link';
import { useState } from 'react';
import { Time, ZoneName } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { CodeBlock, EvidenceText } from '#components/ui/evidence-text.tsx';
import { FieldList } from './field-list.tsx';
import type { EventView } from './finding-view.ts';
import type { ReadText } from './inputs.ts';
import { LongTextBlock } from './long-text-block.tsx';
import { counted } from './words.ts';

type Props = {
  readonly number: number;
  readonly events: readonly EventView[];
  readonly eventTotal: number;
  readonly readText: ReadText;
};

/** The events that the finding stands on, each with where it was found, its fields and its raw form. */
export function EventsCard({ number, events, eventTotal, readText }: Props) {
  const shown =
    events.length < eventTotal
      ? `the first ${events.length.toLocaleString('en')} of ${eventTotal.toLocaleString('en')}`
      : counted(eventTotal, 'event');
  const aside = (
    <>
      {shown}, times in <ZoneName />
    </>
  );
  return (
    <Card title="Events" aside={aside} aria-label="Events">
      {events.length === 0 ? (
        <p className="text-text-2">The evidence that held them was deleted.</p>
      ) : (
        <ol>
          {events.map((event) => (
            <EventItem key={event.id} number={number} event={event} readText={readText} />
          ))}
        </ol>
      )}
    </Card>
  );
}

type View = 'fields' | 'xml';

function EventItem({
  number,
  event,
  readText,
}: {
  readonly number: number;
  readonly event: EventView;
  readonly readText: ReadText;
}) {
  const [view, setView] = useState<View | null>(null);
  const name = event.recordId === null ? 'the event' : `record ${event.recordId}`;
  const toggle = (wanted: View, label: string) => (
    <Button
      variant={view === wanted ? 'default' : 'quiet'}
      className="py-0.5"
      aria-pressed={view === wanted}
      aria-label={`${label} of ${name}`}
      onClick={() => setView(view === wanted ? null : wanted)}
    >
      {label}
    </Button>
  );
  return (
    <li className="grid gap-1.5 border-line border-t py-2 first:border-t-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-mono text-[12px]">
          <Time ticks={event.ticks} precision={7} />
        </span>
        <span>
          <EvidenceText text={event.channel} /> {event.eventCode}
          {event.recordId !== null && (
            <span className="text-text-3">
              {' '}
              record <EvidenceText text={event.recordId} />
            </span>
          )}
        </span>
        <span className="flex-1" />
        {toggle('fields', 'Fields')}
        {toggle('xml', 'Raw XML')}
      </div>
      <p className="line-clamp-2 break-words text-text-2">
        <EvidenceText text={event.summary} />
      </p>
      <ul className="text-text-3">
        {event.sightings.map((sighting) => (
          <li key={`${sighting.evidenceId} ${sighting.offset} ${sighting.line ?? ''}`}>
            <Link href={`/evidence/${sighting.evidenceId}`} prefetch={false}>
              <EvidenceText text={sighting.evidenceName} />
            </Link>{' '}
            {sighting.line === null
              ? `at byte ${sighting.offset.toLocaleString('en')}`
              : `line ${sighting.line.toLocaleString('en')}, byte ${sighting.offset.toLocaleString('en')}`}
          </li>
        ))}
      </ul>
      {view === 'fields' && <FieldList number={number} fields={event.fields} readText={readText} />}
      {view === 'xml' &&
        (typeof event.xml === 'string' ? (
          <div className="relative">
            <CodeBlock text={event.xml} />
            <span className="absolute top-1 right-1 rounded bg-raised">
              <CopyButton text={event.xml} label="the XML" />
            </span>
          </div>
        ) : (
          <LongTextBlock number={number} value={event.xml} label="the XML" readText={readText} />
        ))}
    </li>
  );
}
