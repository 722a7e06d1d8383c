'use client';

import { useEffect, useState } from 'react';
import { Time } from '#components/time/time.tsx';
import { useZone } from '#components/time/zone-context.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { ReadingPreview } from '#lib/custody/types.ts';
import { formatTicks } from '#lib/preferences/zone.ts';
import { previewEvidence } from '../../app/(dashboard)/evidence/actions.ts';

const PAUSE_MS = 300;

export type Previewed =
  | { readonly state: 'asking' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'ready'; readonly preview: ReadingPreview };

type Input = Parameters<typeof previewEvidence>[0];

/** The first events as they would be read, asked for when the input has stood still for a moment. */
export function usePreview(input: Input): Previewed {
  const [previewed, setPreviewed] = useState<Previewed>({ state: 'asking' });
  const key = JSON.stringify(input);
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const result = await previewEvidence(JSON.parse(key)).catch(() => null);
      if (!isCurrent) return;
      if (result?.ok) setPreviewed({ state: 'ready', preview: result.data });
      else {
        const message = result?.error.message ?? 'The server did not answer. Change something to ask again.';
        setPreviewed({ state: 'failed', message });
      }
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [key]);
  return previewed;
}

/** The first times as the file gives them, and as they would be read when a zone is said. */
export function TimesPreview({
  previewed,
  isZoned,
}: {
  readonly previewed: Previewed;
  readonly isZoned: boolean;
}) {
  const zone = useZone();
  if (previewed.state !== 'ready') return <Standing previewed={previewed} />;
  return (
    <div className="overflow-x-auto">
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>In the file</TableHead>
            <TableHead>Read as (UTC)</TableHead>
            {zone !== 'UTC' && <TableHead>Shown to you ({zone})</TableHead>}
            <TableHead>Event</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {previewed.preview.events.map((event, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: events may repeat, the order never changes
            <TableRow key={index}>
              <TableCell className="whitespace-nowrap font-mono text-[12px]">
                <EvidenceText text={event.given ?? ''} />
              </TableCell>
              <TableCell className="whitespace-nowrap font-mono text-[12px]">
                {!isZoned ? '–' : event.ticks === null ? 'no time' : formatTicks(event.ticks, 'UTC', 7)}
              </TableCell>
              {zone !== 'UTC' && (
                <TableCell className="whitespace-nowrap font-mono text-[12px]">
                  {isZoned ? <Time ticks={event.ticks} /> : '–'}
                </TableCell>
              )}
              <TableCell className="max-w-[320px] truncate">
                {event.eventCode !== null && `${event.eventCode} · `}
                <EvidenceText text={event.summary} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

/** The first events with what detections would make of them. */
export function EventsPreview({ previewed }: { readonly previewed: Previewed }) {
  if (previewed.state !== 'ready') return <Standing previewed={previewed} />;
  const { events, recordCount, untimedCount, detections, detectionTotal } = previewed.preview;
  return (
    <div className="grid min-w-0 gap-2">
      <p role="status" className={detections.length === 0 ? 'text-medium' : 'text-text-2'}>
        {detections.length === 0
          ? `None of ${detectionTotal} detections would have something to look at.`
          : `${detections.length} of ${detectionTotal} detections would have something to look at: ${detections.join(', ')}.`}
        {untimedCount > 0 &&
          ` ${untimedCount.toLocaleString('en')} of ${recordCount.toLocaleString('en')} rows would have no time.`}
      </p>
      <ol className="grid gap-1">
        {events.map((event, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: events may repeat, the order never changes
          <li key={index} className="min-w-0 border-line border-t py-1.5">
            <p className="flex flex-wrap gap-x-3 font-mono text-[12px]">
              <span>{event.ticks === null ? 'no time' : <Time ticks={event.ticks} precision={7} />}</span>
              <span>
                <EvidenceText text={event.host ?? 'no host'} />
              </span>
              <span>{event.eventCode ?? 'no event id'}</span>
              {event.user !== null && (
                <span className="break-all">
                  <EvidenceText text={event.user} />
                </span>
              )}
            </p>
            <p className="truncate text-[12px] text-text-3">
              <EvidenceText text={event.channel ?? 'no channel'} />
            </p>
            <p className="line-clamp-2 break-all">
              <EvidenceText text={event.summary} />
            </p>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Standing({ previewed }: { readonly previewed: Exclude<Previewed, { state: 'ready' }> }) {
  return previewed.state === 'failed' ? (
    <p role="alert" className="text-critical">
      {previewed.message}
    </p>
  ) : (
    <p className="min-h-40 text-text-3">Reading the first events…</p>
  );
}
