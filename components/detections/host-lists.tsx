import Link from 'next/link';
import { plural } from '#components/evidence/format.ts';
import { ColumnTime, Time } from '#components/time/time.tsx';
import { Card } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { DetectionDetail } from '#lib/catalogue/types.ts';

/** Hosts that the detection could judge, and those on which it is blind. */
export function HostLists({ detail }: { readonly detail: DetectionDetail }) {
  const { covered, blind, coveredTotal, blindTotal, blindLabel } = detail;
  return (
    <Card title="Hosts" aside={`${coveredTotal} covered, ${blindTotal} blind`}>
      {covered.length === 0 ? (
        <p className="text-text-2">It has judged no host so far.</p>
      ) : (
        <div className="overflow-x-auto">
          <Table>
            <TableHeader>
              <TableRow>
                <TableHead>Covered host</TableHead>
                <TableHead className="text-right">Events judged</TableHead>
                <TableHead className="text-right">Matched</TableHead>
                <TableHead>
                  <ColumnTime>First</ColumnTime>
                </TableHead>
                <TableHead>Last</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {covered.map((host) => (
                <TableRow key={host.id}>
                  <TableCell className="font-mono text-[12px]">
                    <Link href={`/hosts/${host.id}`}>
                      <EvidenceText text={host.name} />
                    </Link>
                  </TableCell>
                  <TableCell className="text-right">{host.relevantCount.toLocaleString('en')}</TableCell>
                  <TableCell className="text-right">{host.selectedCount.toLocaleString('en')}</TableCell>
                  <TableCell className="whitespace-nowrap font-mono text-[12px]">
                    <Time ticks={host.firstTicks} />
                  </TableCell>
                  <TableCell className="whitespace-nowrap font-mono text-[12px]">
                    <Time ticks={host.lastTicks} />
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </div>
      )}
      {coveredTotal > covered.length && (
        <p className="pt-1 text-text-3">The first {covered.length} are shown.</p>
      )}
      {/* A detection that cannot run looks at nothing, and has no word for what it misses. */}
      {blind.length > 0 && blindLabel !== '' && (
        <div className="grid gap-1 pt-3">
          <h3 className="font-medium text-medium">Blind on {plural(blindTotal, 'host')}</h3>
          <p className="text-text-2">{blindLabel}. Nothing found there says nothing.</p>
          <ul className="flex flex-wrap gap-x-3 gap-y-1 font-mono text-[12px]">
            {blind.map((host) => (
              <li key={host.id}>
                <Link href={`/hosts/${host.id}`}>
                  <EvidenceText text={host.name} />
                </Link>
              </li>
            ))}
          </ul>
          {blindTotal > blind.length && <p className="text-text-3">The first {blind.length} are shown.</p>}
        </div>
      )}
    </Card>
  );
}
