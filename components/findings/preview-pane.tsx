'use client';

import { X } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { StatusChip, TechniqueTag } from '#components/severity/tags.tsx';
import { Time } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { DefinitionList } from '#components/ui/card.tsx';
import { CodeBlock, EvidenceText } from '#components/ui/evidence-text.tsx';
import { Skeleton } from '#components/ui/states.tsx';
import type { FindingListItem } from '#lib/findings/types.ts';
import { FindingMark } from './finding-mark.tsx';
import { HostLink } from './host-link.tsx';
import type { FindingPreview, ListActions } from './inputs.ts';
import { counted } from './words.ts';

/** Moving through the list with a key held down asks for nothing until it rests. */
const WAIT_MS = 120;

type Props = {
  readonly item: FindingListItem;
  readonly preview: ListActions['preview'];
  readonly onClose: () => void;
};

/** One finding beside the list: enough to say what it is, one step from its page. */
export function PreviewPane({ item, preview, onClose }: Props) {
  const more = usePreview(item.number, preview);
  return (
    <aside
      aria-label={`Preview of F-${item.number}`}
      className="flex w-full shrink-0 flex-col gap-3 overflow-y-auto border-line bg-surface p-4 max-md:fixed max-md:inset-0 max-md:z-40 md:w-[400px] md:border-l"
    >
      <div className="flex items-center gap-2">
        <Link href={`/findings/${item.number}`} className="font-mono text-[12px]">
          F-{item.number}
        </Link>
        <SeverityBadge severity={item.severity} />
        {item.chainSeverity && (
          <SeverityBadge severity={item.chainSeverity} label={`in a ${item.chainSeverity} chain`} />
        )}
        <span className="flex-1" />
        <Button variant="quiet" className="px-1" aria-label="Close the preview" onClick={onClose}>
          <X size={16} aria-hidden />
        </Button>
      </div>
      <h2 className="text-[16px] leading-6">
        <EvidenceText text={item.sentence} /> <FindingMark mode={item.mode} state={item.state} />
      </h2>
      <DefinitionList
        items={[
          ['Status', <StatusChip key="status" status={item.status} disposition={item.disposition} />],
          ['Owner', item.owner?.name ?? 'Nobody'],
          ['Host', <HostLink key="host" dest={item.dest} hostId={item.hostId} />],
          [
            'User',
            <span key="user" className="break-all font-mono text-[12px]">
              <EvidenceText text={item.user ?? 'none'} />
            </span>,
          ],
          ['Detection', item.detectionName],
          ['First seen', <Time key="first" ticks={item.firstTicks} precision={7} />],
          ['Last seen', <Time key="last" ticks={item.lastTicks} precision={7} />],
          ['Events', counted(item.count, 'event')],
          [
            'Technique',
            <span key="techniques" className="flex flex-wrap gap-1">
              {item.techniques.map((id) => (
                <TechniqueTag key={id} id={id} />
              ))}
            </span>,
          ],
        ]}
      />
      {more.state === 'loading' && <Skeleton className="h-28" />}
      {more.state === 'failed' && <p className="text-critical">{more.message}</p>}
      {more.state === 'ready' && <More preview={more.preview} />}
      <Button asChild className="mt-auto">
        <Link href={`/findings/${item.number}`}>Open the finding</Link>
      </Button>
    </aside>
  );
}

function More({ preview }: { readonly preview: FindingPreview }) {
  return (
    <>
      {preview.reason !== null && (
        <p className="text-text-2">
          Reason: <EvidenceText text={preview.reason} />
        </p>
      )}
      {preview.why.length > 0 && <h3 className="text-text-2">Why it fired</h3>}
      {preview.why.map((why) => (
        <figure key={`${why.field} ${why.term} ${why.text}`} className="grid gap-1">
          <figcaption className="text-[12px] text-text-3">
            <EvidenceText text={`${why.field} matches ${why.term}`} />
          </figcaption>
          <CodeBlock text={why.text} ranges={why.ranges} className="max-h-48" />
        </figure>
      ))}
      {preview.checkNext.length > 0 && (
        <>
          <h3 className="text-text-2">What to check next</h3>
          <ul className="grid list-disc gap-1 pl-4">
            {preview.checkNext.map((question) => (
              <li key={question}>
                <EvidenceText text={question} />
              </li>
            ))}
          </ul>
        </>
      )}
      {preview.noteTotal > 0 && <p className="text-text-3">{counted(preview.noteTotal, 'note')}</p>}
    </>
  );
}

type Loaded =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'ready'; readonly preview: FindingPreview };

function usePreview(number: number, load: ListActions['preview']): Loaded {
  const [loaded, setLoaded] = useState<Loaded & { readonly number?: number }>({ state: 'loading' });
  useEffect(() => {
    let isWanted = true;
    const timer = setTimeout(() => {
      load({ number }).then(
        (result) => {
          if (!isWanted) return;
          setLoaded(
            result.ok
              ? { number, state: 'ready', preview: result.data }
              : { number, state: 'failed', message: result.error.message },
          );
        },
        () =>
          isWanted &&
          setLoaded({ number, state: 'failed', message: 'The server did not answer. Try again.' }),
      );
    }, WAIT_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [number, load]);
  return loaded.number === number ? loaded : { state: 'loading' };
}
