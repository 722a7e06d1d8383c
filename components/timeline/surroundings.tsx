'use client';

import Link from 'next/link';
import { useState } from 'react';
import { formatBytes, plural } from '#components/evidence/format.ts';
import { Time, ZoneName } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { cn } from '#components/ui/cn.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { CodeBlock, EvidenceText } from '#components/ui/evidence-text.tsx';
import type { SurroundingEvents as Page, SurroundingEvent } from '#lib/timeline/types.ts';
import { fetchRaw, fetchSurroundings, RAW_SHOWN } from './fetch-surroundings.ts';
import { sourceOf } from './source.ts';

const MINUTES = [1, 5, 15, 60] as const;

type Loaded = Omit<Page, 'items'> & { readonly items: readonly SurroundingEvent[] };

/** Every event of the host around a time, read from the stored evidence when asked for. */
export function SurroundingEvents({
  hostId,
  aroundTicks,
}: {
  readonly hostId: string;
  readonly aroundTicks: string;
}) {
  const [minutes, setMinutes] = useState<number>(15);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const load = async (before: Loaded | null): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const page = await fetchSurroundings(hostId, {
        aroundTicks,
        minutes,
        cursor: before?.nextCursor ?? null,
      });
      setLoaded({ ...page, items: [...(before?.items ?? []), ...page.items] });
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : 'The events could not be read.');
    } finally {
      setBusy(false);
    }
  };

  return (
    <Card
      title="All events around it"
      aria-label="Surrounding events"
      aria-busy={isBusy}
      aside={
        <>
          <Time ticks={aroundTicks} precision={0} />, times in <ZoneName />
        </>
      }
    >
      <div className="flex flex-wrap items-center gap-2">
        <label className="flex items-center gap-2 text-text-2">
          Before and after
          <select
            className="rounded-md border border-line-strong bg-surface px-2 py-1"
            value={minutes}
            onChange={(change) => {
              setMinutes(Number(change.target.value));
              setLoaded(null);
            }}
          >
            {MINUTES.map((count) => (
              <option key={count} value={count}>
                {count} min
              </option>
            ))}
          </select>
        </label>
        <Button disabled={isBusy} onClick={() => load(null)}>
          {isBusy ? 'Reading…' : 'Show all events'}
        </Button>
        <span className="text-text-3">also those that are only counted, from the stored files</span>
      </div>
      {error !== null && (
        <p role="alert" className="pt-2 text-critical">
          {error}
        </p>
      )}
      {loaded && (
        <>
          <Notes loaded={loaded} />
          <ol className="pt-1">
            {loaded.items.map((event) => (
              <EventRow key={event.id} hostId={hostId} event={event} isCentre={event.ticks === aroundTicks} />
            ))}
          </ol>
          {loaded.nextCursor !== null && (
            <Button className="mt-2" disabled={isBusy} onClick={() => load(loaded)}>
              {isBusy ? 'Reading…' : 'Go on'}
            </Button>
          )}
        </>
      )}
    </Card>
  );
}

function Notes({ loaded }: { readonly loaded: Loaded }) {
  const count = loaded.items.length;
  return (
    <>
      <p className="pt-2 text-text-3" aria-live="polite">
        {loaded.nextCursor === null
          ? `${count.toLocaleString('en')} ${count === 1 ? 'event' : 'events'}, all there are.`
          : `${count.toLocaleString('en')} events so far; there are more${leftWords(loaded)}.`}
      </p>
      {loaded.isCutShort && (
        <p className="text-medium">
          More blocks hold this time than are read at once: some events are not listed.
        </p>
      )}
      {loaded.unindexed.length > 0 && (
        <p className="text-medium">
          Not read to the end yet, so events may be missing:{' '}
          <EvidenceText text={loaded.unindexed.map(({ name }) => name).join(', ')} />
        </p>
      )}
    </>
  );
}

function leftWords({ leftBlocks, leftBytes }: Loaded): string {
  if (leftBlocks === 0) return '';
  return `: ${plural(leftBlocks, 'block')} of stored files (${formatBytes(leftBytes)}) ${leftBlocks === 1 ? 'is' : 'are'} not read yet`;
}

function EventRow({
  hostId,
  event,
  isCentre,
}: {
  readonly hostId: string;
  readonly event: SurroundingEvent;
  readonly isCentre: boolean;
}) {
  const [raw, setRaw] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  const toggle = async (): Promise<void> => {
    setOpen(!isOpen);
    if (isOpen || raw !== null) return;
    setRaw(
      await fetchRaw(hostId, event).catch((failure: unknown) =>
        failure instanceof Error ? failure.message : 'It could not be read.',
      ),
    );
  };
  return (
    <li
      className={cn(
        'grid gap-1 border-line border-t py-1.5 first:border-t-0',
        isCentre && 'border-l-2 border-l-accent pl-2',
      )}
    >
      <div className="flex flex-wrap items-baseline gap-x-3">
        <span className="whitespace-nowrap font-mono text-[12px]">
          <Time ticks={event.ticks} precision={7} />
        </span>
        <span className="text-text-2">
          <EvidenceText text={sourceOf(event)} />
        </span>
        <span className="flex-1" />
        <Link href={`/evidence/${event.evidenceId}`} prefetch={false} className="text-text-3">
          <EvidenceText text={event.evidenceName} />
        </Link>
        <Button
          variant={isOpen ? 'default' : 'quiet'}
          className="py-0.5"
          aria-expanded={isOpen}
          aria-label={`Raw XML of ${sourceOf(event)}`}
          onClick={toggle}
        >
          Raw XML
        </Button>
      </div>
      <p className="line-clamp-2 break-words">
        <EvidenceText text={event.summary} />
      </p>
      {isOpen &&
        (raw === null ? (
          <p className="text-text-3">Reading…</p>
        ) : (
          <div className="relative">
            <CodeBlock text={raw.slice(0, RAW_SHOWN)} />
            <span className="absolute top-1 right-1 rounded bg-raised">
              <CopyButton text={raw} label="the XML" />
            </span>
            {raw.length > RAW_SHOWN && (
              <p className="text-text-3">
                The first {RAW_SHOWN.toLocaleString('en')} of {raw.length.toLocaleString('en')} characters.
              </p>
            )}
          </div>
        ))}
    </li>
  );
}
