'use client';

import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useState, useTransition } from 'react';
import { TamperHintList } from '#components/evidence/tamper-hints.tsx';
import { FindingMark } from '#components/findings/finding-mark.tsx';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { ColumnTime, Time } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { HostTimeline as Timeline } from '#lib/timeline/types.ts';
import { AlertList } from './alert-list.tsx';
import { eventRowId } from './row-ids.ts';
import { sourceOf } from './source.ts';
import { SurroundingEvents } from './surroundings.tsx';
import { TimelineChart } from './timeline-chart.tsx';

type Props = {
  readonly hostId: string;
  readonly timeline: Timeline;
  readonly zone: string;
  readonly chain: { readonly firstTicks: string; readonly lastTicks: string } | null;
};

/** Chart and list of one host's events. The range stands in the URL, so a view can be sent to a colleague. */
export function HostTimeline({ hostId, timeline, zone, chain }: Props) {
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const [isPending, startTransition] = useTransition();
  const [lane, setLane] = useState<string>('all');
  const [picked, setPicked] = useState<string | null>(null);
  const [around, setAround] = useState<string | null>(null);

  const show = (range: { from: string; to: string } | null): void => {
    const next = new URLSearchParams(params);
    if (range) {
      next.set('from', range.from);
      next.set('to', range.to);
      next.delete('range');
    } else {
      next.delete('from');
      next.delete('to');
      next.set('range', 'all');
    }
    startTransition(() => router.push(`${pathname}?${next}`, { scroll: false }));
  };
  const from = BigInt(timeline.fromTicks);
  const to = BigInt(timeline.toTicks);
  const span = to - from;
  const zoom = (numerator: bigint, denominator: bigint): void => {
    const center = (from + to) / 2n;
    const half = (span * numerator) / denominator / 2n;
    show({ from: (center - half).toString(), to: (center + half).toString() });
  };
  const move = (direction: bigint): void => {
    const step = (span / 3n) * direction;
    show({ from: (from + step).toString(), to: (to + step).toString() });
  };
  const pick = (rowId: string): void => {
    setPicked(rowId);
    setLane('all');
    requestAnimationFrame(() => document.getElementById(rowId)?.scrollIntoView({ block: 'center' }));
  };
  const events = lane === 'all' ? timeline.events : timeline.events.filter((event) => event.lane === lane);
  const isAll = params.get('range') === 'all';
  const centre = around ?? ((from + to) / 2n).toString();

  return (
    <div className="grid gap-3" aria-busy={isPending}>
      <section className="rounded-lg border border-line bg-surface px-4 py-3" aria-label="Timeline">
        <div className="flex flex-wrap items-center gap-2 pb-1">
          <h2 className="font-semibold">Timeline</h2>
          <span className="text-text-3">
            <Time ticks={timeline.fromTicks} precision={0} /> to{' '}
            <Time ticks={timeline.toTicks} precision={0} />
          </span>
          <span className="flex-1" />
          <Button variant="quiet" onClick={() => move(-1n)}>
            Earlier
          </Button>
          <Button variant="quiet" onClick={() => move(1n)}>
            Later
          </Button>
          <Button variant="quiet" onClick={() => zoom(1n, 2n)}>
            Zoom in
          </Button>
          <Button variant="quiet" onClick={() => zoom(2n, 1n)}>
            Zoom out
          </Button>
          <Button
            onClick={() => show(null)}
            disabled={isAll || timeline.outsideTotal + timeline.alerts.outsideTotal === 0}
          >
            Show all
          </Button>
        </div>
        <TimelineChart
          timeline={timeline}
          zone={zone}
          chain={chain}
          onZoom={(start, end) => show({ from: start, to: end })}
          onPick={pick}
        />
        <p className="pt-1 text-[12px] text-text-3">
          Bars count all events by the hour; drag on them to zoom. Marks are events that are kept
          {timeline.alerts.total > 0 ? ', and alerts of other tools' : ''}.
          {timeline.outsideTotal > 0 &&
            ` ${timeline.outsideTotal.toLocaleString('en')} kept events lie outside this range.`}
          {timeline.gaps.length > 0 &&
            ` ${timeline.gaps.length} ${timeline.gaps.length === 1 ? 'span' : 'spans'} of an hour or more without any event.`}
          {timeline.farLogonTotal > 0 &&
            ` ${timeline.farLogonTotal} logons more than 24 h from any finding are left out.`}
        </p>
        {timeline.hints.length > 0 && (
          <div className="pt-2">
            <h3 className="font-medium text-text-2">Tamper hints in view</h3>
            <TamperHintList hints={timeline.hints} total={timeline.hints.length} />
          </div>
        )}
      </section>

      {timeline.alerts.total + timeline.alerts.outsideTotal > 0 && (
        <AlertList
          alerts={timeline.alerts}
          picked={picked}
          onPickEvent={(eventId) => pick(eventRowId(eventId))}
        />
      )}

      <div id="surroundings">
        <SurroundingEvents key={centre} hostId={hostId} aroundTicks={centre} />
      </div>

      <section className="rounded-lg border border-line bg-surface" aria-label="Events in view">
        <div className="flex flex-wrap items-center gap-2 px-4 py-2.5">
          <h2 className="font-semibold">Events in view</h2>
          <span className="text-text-3">
            {timeline.keptTotal.toLocaleString('en')} kept of {timeline.eventTotal.toLocaleString('en')}
            {timeline.events.length < timeline.keptTotal &&
              ` · the first ${timeline.events.length.toLocaleString('en')} are listed, zoom in for the rest`}
          </span>
          <span className="flex-1" />
          <label className="flex items-center gap-2 text-text-2">
            Lane
            <select
              className="rounded-md border border-line-strong bg-surface px-2 py-1"
              value={lane}
              onChange={(change) => setLane(change.target.value)}
            >
              <option value="all">all lanes</option>
              {timeline.lanes.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        </div>
        <div className="overflow-x-auto">
          <Table>
            <TableHeader>
              <TableRow>
                <TableHead className="w-[220px]">
                  <ColumnTime>Time</ColumnTime>
                </TableHead>
                <TableHead className="w-[120px]">Lane</TableHead>
                <TableHead>Event</TableHead>
                <TableHead className="w-[200px]">User</TableHead>
                <TableHead className="w-[210px]">Source</TableHead>
                <TableHead className="w-[90px]">Around</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {events.map((event) => (
                <TableRow
                  key={event.id}
                  id={eventRowId(event.id)}
                  data-state={picked === eventRowId(event.id) ? 'selected' : undefined}
                >
                  <TableCell className="whitespace-nowrap font-mono text-[12px]">
                    <Time ticks={event.ticks} precision={7} />
                  </TableCell>
                  <TableCell className="whitespace-nowrap">{event.lane}</TableCell>
                  <TableCell className="max-w-[520px] truncate">
                    {event.findings.map((finding) => (
                      <a key={finding.id} href={`/findings/${finding.number}`} className="mr-2 no-underline">
                        <SeverityBadge severity={finding.severity} /> F-{finding.number}{' '}
                        <FindingMark mode={finding.mode} state="active" />
                      </a>
                    ))}
                    <EvidenceText text={event.summary} />
                  </TableCell>
                  <TableCell className="max-w-[200px] truncate font-mono text-[12px]">
                    {event.user === null ? '' : <EvidenceText text={event.user} />}
                  </TableCell>
                  <TableCell className="max-w-[210px] truncate text-text-3">
                    <EvidenceText text={sourceOf(event)} />
                  </TableCell>
                  <TableCell>
                    <Button
                      variant="quiet"
                      className="py-0.5"
                      aria-label={`All events around ${sourceOf(event)}`}
                      onClick={() => {
                        setAround(event.ticks);
                        document.getElementById('surroundings')?.scrollIntoView({ block: 'start' });
                      }}
                    >
                      Around
                    </Button>
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </div>
        {events.length === 0 && (
          <p className="px-4 py-6 text-text-3">No kept events here. Show all, or choose another lane.</p>
        )}
      </section>
    </div>
  );
}
