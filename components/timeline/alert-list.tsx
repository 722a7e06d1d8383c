'use client';

import Link from 'next/link';
import { useState } from 'react';
import { plural } from '#components/evidence/format.ts';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { TechniqueTag } from '#components/severity/tags.tsx';
import { Time, ZoneName } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { HostTimeline, TimelineAlert } from '#lib/timeline/types.ts';
import { levelWord, severityOfLevel, toolWords } from './alert-words.ts';
import { alertRowId } from './row-ids.ts';
import { sourceOf } from './source.ts';

type Props = {
  readonly alerts: HostTimeline['alerts'];
  /** Id of the row that was picked in the chart. */
  readonly picked: string | null;
  readonly onPickEvent: (eventId: string) => void;
};

/** What other tools said of the host, by level. Notes: they are no events and no findings. */
export function AlertList({ alerts, picked, onPickEvent }: Props) {
  const [level, setLevel] = useState<string>('all');
  const shown =
    level === 'all'
      ? alerts.items
      : alerts.items.filter((alert) => alert.level === level || alertRowId(alert) === picked);
  return (
    <section className="rounded-lg border border-line bg-surface" aria-label="Alerts of other tools">
      <div className="flex flex-wrap items-center gap-2 px-4 py-2.5">
        <h2 className="font-semibold">Alerts of other tools</h2>
        <span className="text-text-3">
          {plural(alerts.total, 'alert')} in view
          {alerts.items.length < alerts.total &&
            ` · the worst ${alerts.items.length.toLocaleString('en')} are listed, zoom in for the rest`}
          {alerts.outsideTotal > 0 &&
            ` · ${alerts.outsideTotal.toLocaleString('en')} outside it or without a time`}
        </span>
        <span className="flex-1" />
        <label className="flex items-center gap-2 text-text-2">
          Level
          <select
            className="rounded-md border border-line-strong bg-surface px-2 py-1"
            value={level}
            onChange={(change) => setLevel(change.target.value)}
          >
            <option value="all">all levels</option>
            {alerts.levels.map((one) => (
              <option key={one.level} value={one.level}>
                {levelWord(one.level)} ({one.count.toLocaleString('en')})
              </option>
            ))}
          </select>
        </label>
      </div>
      <p className="px-4 pb-2 text-text-3">
        Notes, not events: no detection runs over them and they add no risk. Times in <ZoneName />.
      </p>
      <ol>
        {shown.map((alert) => (
          <AlertRow
            key={alertRowId(alert)}
            alert={alert}
            isPicked={picked === alertRowId(alert)}
            onPickEvent={onPickEvent}
          />
        ))}
      </ol>
      {shown.length === 0 && (
        <p className="px-4 py-6 text-text-3">No alerts here. Show all, or choose another level.</p>
      )}
    </section>
  );
}

function AlertRow({
  alert,
  isPicked,
  onPickEvent,
}: {
  readonly alert: TimelineAlert;
  readonly isPicked: boolean;
  readonly onPickEvent: (eventId: string) => void;
}) {
  const { eventId } = alert;
  const source = sourceOf({
    ...alert,
    channel: alert.channel ?? '',
    eventCode: alert.eventCode ?? -1,
  }).trim();
  return (
    <li
      id={alertRowId(alert)}
      data-state={isPicked ? 'selected' : undefined}
      className="grid gap-x-3 gap-y-1 border-t px-4 py-2 data-[state=selected]:bg-accent-soft md:grid-cols-[200px_110px_minmax(0,1fr)]"
    >
      <span className="whitespace-nowrap font-mono text-[12px]">
        <Time ticks={alert.ticks} precision={7} />
      </span>
      <span>
        <SeverityBadge severity={severityOfLevel(alert.level)} label={levelWord(alert.level)} />
      </span>
      <div className="grid min-w-0 gap-1">
        <span className="break-words font-medium">
          <EvidenceText text={alert.title} />
        </span>
        <span className="truncate text-text-3">
          <EvidenceText text={alert.details} />
        </span>
        {alert.tags.length > 0 && (
          <span className="flex flex-wrap gap-1">
            {alert.tags.map((tag) =>
              /^T\d{4}(?:\.\d{3})?$/.test(tag) ? (
                <TechniqueTag key={tag} id={tag} />
              ) : (
                <Chip key={tag} className="max-w-full">
                  <EvidenceText text={tag} />
                </Chip>
              ),
            )}
          </span>
        )}
        <span className="flex flex-wrap items-baseline gap-x-2 text-text-3">
          <EvidenceText text={source} />
          <span className="min-w-0 break-words">
            said by {toolWords([alert.tool])} in{' '}
            <Link href={`/evidence/${alert.evidenceId}`}>
              <EvidenceText text={alert.evidenceName} />
            </Link>
          </span>
          {eventId !== null && (
            <Button className="py-0" aria-label={`Show event ${source}`} onClick={() => onPickEvent(eventId)}>
              Show event
            </Button>
          )}
        </span>
      </div>
    </li>
  );
}
