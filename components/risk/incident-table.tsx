import Link from 'next/link';
import { HostLink } from '#components/findings/host-link.tsx';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { StatusChip } from '#components/severity/tags.tsx';
import { ColumnTime, Time } from '#components/time/time.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { IncidentItem } from '#lib/risk/types.ts';
import { incidentHref, incidentName } from './incident-href.ts';
import { objectHref } from './risk-url.ts';

export function IncidentTable({ items }: { readonly items: readonly IncidentItem[] }) {
  return (
    <section
      aria-label="Incidents"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="min-w-0 overflow-x-auto rounded-lg border bg-surface"
    >
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Severity</TableHead>
            <TableHead>No</TableHead>
            <TableHead>Incident</TableHead>
            <TableHead>On</TableHead>
            <TableHead className="text-right">Risk</TableHead>
            <TableHead className="text-right">Events</TableHead>
            <TableHead>
              <ColumnTime>First</ColumnTime>
            </TableHead>
            <TableHead>Status</TableHead>
            <TableHead>Owner</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {items.map((item) => (
            <TableRow key={incidentName(item)}>
              <TableCell>
                <SeverityBadge severity={item.severity} />
              </TableCell>
              <TableCell className="whitespace-nowrap">{incidentName(item)}</TableCell>
              <TableCell className="min-w-[260px]">
                <Link href={incidentHref(item)} data-row-link className="text-text">
                  <EvidenceText text={item.sentence} />
                </Link>
              </TableCell>
              <TableCell className="min-w-[150px] max-w-[240px] break-words">
                <IncidentObjects item={item} />
              </TableCell>
              <TableCell className="text-right">{item.score ?? '–'}</TableCell>
              <TableCell className="text-right">{item.eventCount}</TableCell>
              <TableCell className="whitespace-nowrap font-mono text-[12px]">
                <Time ticks={item.firstTicks} precision={0} />
              </TableCell>
              <TableCell className="whitespace-nowrap">
                <StatusChip status={item.status} disposition={item.disposition} />
                {item.state === 'withdrawn' && <Chip className="ml-1">withdrawn</Chip>}
              </TableCell>
              <TableCell className="whitespace-nowrap">{item.owner?.name ?? 'Nobody'}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}

/** The object of a sum; of a chain its hosts. */
export function IncidentObjects({ item }: { readonly item: IncidentItem }) {
  if (item.object) {
    return (
      <Link href={objectHref(item.object)} className="font-mono text-[12px] text-text">
        <EvidenceText text={item.object.name} />
      </Link>
    );
  }
  return (
    <ul>
      {item.hosts.map((host) => (
        // As high as a target has to be when another stands below it.
        <li key={host.id} className="min-h-6">
          <HostLink dest={host.name} hostId={host.id} />
        </li>
      ))}
    </ul>
  );
}
