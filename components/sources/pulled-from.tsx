import Link from 'next/link';
import { counted } from '#components/findings/words.ts';
import { OwnTime } from '#components/time/time.tsx';
import { Card } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { PulledOrigin } from '#lib/sources/plain.ts';

/** Where pulled evidence comes from: source, time, and the query as it was sent. */
export function PulledFrom({ origins }: { readonly origins: readonly PulledOrigin[] }) {
  if (origins.length === 0) return null;
  return (
    <Card title="Pulled from" aside="the query as it was sent">
      <ul className="grid gap-3">
        {origins.map((origin) => (
          <li key={`${origin.sourceId} ${origin.at}`} className="grid gap-1">
            <span>
              <Link href={`/sources/${origin.sourceId}`}>
                <EvidenceText text={origin.sourceName} />
              </Link>{' '}
              <span className="text-text-3">
                <OwnTime iso={origin.at} /> · {counted(origin.rowCount, 'row')}
              </span>
            </span>
            <pre className="max-h-60 overflow-auto whitespace-pre-wrap break-all rounded bg-raised px-2 py-1.5 font-mono text-[12px]">
              {origin.query}
            </pre>
          </li>
        ))}
      </ul>
    </Card>
  );
}
