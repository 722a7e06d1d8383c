import Link from 'next/link';
import { plural } from '#components/evidence/format.ts';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { Time } from '#components/time/time.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { WhatIf } from '#lib/risk/types.ts';
import { objectHref } from './risk-url.ts';

/** What risk would be, beside what it is. */
export function WhatIfResult({ result }: { readonly result: WhatIf }) {
  return (
    <div className="grid gap-2">
      <p>
        {result.eventCount === 0
          ? 'No risk event changes.'
          : `${plural(result.eventCount, 'risk event')} of ${plural(result.objectTotal, 'object')} change; the sum of all goes from ${result.sumBefore} to ${result.sumAfter}, incidents from ${result.incidentsBefore} to ${result.incidentsAfter}.`}
      </p>
      {result.objects.length > 0 && (
        <table className="w-full text-left">
          <caption className="sr-only">Highest sums within 24 hours</caption>
          <thead>
            <tr className="text-text-3">
              <th scope="col">Object</th>
              <th scope="col" className="text-right">
                Is
              </th>
              <th scope="col" className="text-right">
                Would be
              </th>
            </tr>
          </thead>
          <tbody>
            {result.objects.map((object) => (
              <tr key={`${object.type} ${object.name}`} className="border-t">
                <td className="break-all py-1 pr-2">
                  <Link href={objectHref(object)} className="text-text">
                    <EvidenceText text={object.name} />
                  </Link>
                </td>
                <td className="text-right">
                  <SeverityBadge severity={object.severityBefore} label={String(object.before)} />
                </td>
                <td className="text-right">
                  <SeverityBadge severity={object.severityAfter} label={String(object.after)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {result.raised.length > 0 && (
        <ul className="list-disc pl-5">
          {result.raised.map((sentence) => (
            <li key={sentence}>
              Raised: <EvidenceText text={sentence} />
            </li>
          ))}
        </ul>
      )}
      {result.withdrawn.length > 0 && (
        <ul className="list-disc pl-5">
          {result.withdrawn.map(({ number, sentence }) => (
            <li key={`${number} ${sentence}`}>
              No longer: {number !== null && <Link href={`/incidents/${number}`}>I-{number}</Link>}{' '}
              <EvidenceText text={sentence} />
            </li>
          ))}
        </ul>
      )}
      {result.fromTicks !== null && (
        <p className="text-[12px] text-text-3">
          Looked at risk events from <Time ticks={result.fromTicks} precision={0} /> to{' '}
          <Time ticks={result.toTicks} precision={0} />. Nothing was changed.
        </p>
      )}
    </div>
  );
}
