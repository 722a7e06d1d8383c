import Link from 'next/link';
import { Fragment } from 'react';
import { incidentHref } from '#components/risk/incident-href.ts';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { StatusChip } from '#components/severity/tags.tsx';
import { Time } from '#components/time/time.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { IncidentPage } from '#lib/risk/types.ts';
import { HostLink } from './host-link.tsx';

/** What wants a person at once, the worst first; nothing when there is nothing. */
export function IncidentList({ incidents }: { readonly incidents: IncidentPage }) {
  const rest = incidents.total - incidents.items.length;
  return (
    <>
      <ul className="grid">
        {incidents.items.map((incident) => (
          <li
            key={`${incident.number} ${incident.findingNumber}`}
            className="flex flex-wrap items-center gap-x-2.5 gap-y-1 border-line border-t py-1.5 first:border-t-0"
          >
            <SeverityBadge severity={incident.severity} />
            <Link href={incidentHref(incident)} className="min-w-0 break-words font-medium">
              <EvidenceText text={incident.sentence} />
            </Link>
            <span className="min-w-0 break-all text-text-3">
              {incident.hosts.length === 0 && incident.object !== null && (
                <EvidenceText text={incident.object.name} />
              )}
              {incident.hosts.map((host, index) => (
                <Fragment key={host.id}>
                  {index > 0 && ' · '}
                  <HostLink dest={host.name} hostId={host.id} />
                </Fragment>
              ))}
            </span>
            <span className="font-mono text-[12px] text-text-2">
              <Time ticks={incident.firstTicks} precision={0} />
            </span>
            <StatusChip status={incident.status} disposition={null} />
          </li>
        ))}
      </ul>
      {rest > 0 && (
        <p className="text-text-3">
          <Link href="/incidents?open=true">{rest} more</Link>
        </p>
      )}
    </>
  );
}
