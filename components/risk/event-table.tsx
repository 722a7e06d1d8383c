import Link from 'next/link';
import { TechniqueTag } from '#components/severity/tags.tsx';
import { ColumnTime, Time } from '#components/time/time.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { IncidentMemberItem, RiskEventItem } from '#lib/risk/types.ts';

/** Risk events with what their scores are made of. */
export function EventTable({
  events,
  label,
}: {
  readonly events: readonly (RiskEventItem & Partial<Pick<IncidentMemberItem, 'isInPeak'>>)[];
  readonly label: string;
}) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="overflow-x-auto"
    >
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>
              <ColumnTime>Time</ColumnTime>
            </TableHead>
            <TableHead>Finding</TableHead>
            <TableHead>Risk event</TableHead>
            <TableHead>ATT&CK</TableHead>
            <TableHead className="text-right">Base</TableHead>
            <TableHead>Factors</TableHead>
            <TableHead className="text-right">Score</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {events.map((event) => (
            <TableRow key={`${event.findingId} ${event.episode}`}>
              <TableCell className="whitespace-nowrap font-mono text-[12px]">
                <Time ticks={event.ticks} precision={0} />
                {event.isInPeak === false && <Chip className="ml-1.5 font-sans">outside the window</Chip>}
              </TableCell>
              <TableCell>
                <Link href={`/findings/${event.findingNumber}`} data-row-link>
                  F-{event.findingNumber}
                </Link>
              </TableCell>
              <TableCell className="min-w-[260px] py-1.5">
                <EvidenceText text={event.message} />
                <span className="block text-text-3">
                  <Link href={`/detections/${event.detectionId}`} className="text-text-3">
                    {event.detectionName}
                  </Link>
                  {event.loggedName !== event.objectName && (
                    <>
                      {' '}
                      · logged as <EvidenceText text={event.loggedName} />
                    </>
                  )}
                </span>
              </TableCell>
              <TableCell>
                <span className="flex flex-wrap gap-1">
                  {event.techniques.map((id) => (
                    <TechniqueTag key={id} id={id} />
                  ))}
                </span>
              </TableCell>
              <TableCell className="text-right">{event.baseScore}</TableCell>
              <TableCell className="whitespace-nowrap">
                {factorWords(event) || <span className="text-text-3">none</span>}
              </TableCell>
              <TableCell className="text-right font-semibold">{event.score}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}

function factorWords({ factors, filterFactor }: RiskEventItem): string {
  const words = factors.map(({ number, operation, value }) =>
    operation === 'multiply'
      ? `RF-${number} × ${value}`
      : `RF-${number} ${value < 0 ? '−' : '+'} ${Math.abs(value)}`,
  );
  return [...words, ...(filterFactor === 1 ? [] : [`filters × ${filterFactor}`])].join(', ');
}
