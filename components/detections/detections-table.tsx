import Link from 'next/link';
import { TechniqueTag } from '#components/severity/tags.tsx';
import { ColumnTime, Time } from '#components/time/time.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { DetectionItem } from '#lib/catalogue/types.ts';
import { DetectionStatusChip } from './status-chip.tsx';

export function DetectionsTable({ items }: { readonly items: readonly DetectionItem[] }) {
  return (
    <section aria-label="Detections" className="overflow-x-auto rounded-lg border bg-surface">
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Detection</TableHead>
            <TableHead>Type</TableHead>
            <TableHead>ATT&amp;CK</TableHead>
            <TableHead>Status</TableHead>
            <TableHead>Variant</TableHead>
            <TableHead className="text-right">Risk</TableHead>
            <TableHead className="text-right">Findings</TableHead>
            <TableHead>
              <ColumnTime>Last match</ColumnTime>
            </TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {items.map((item) => (
            <TableRow key={item.id}>
              <TableCell className="max-w-[440px]">
                <Link href={`/detections/${item.id}`}>
                  <EvidenceText text={item.name} />
                </Link>
                {!item.isShipped && <span className="text-text-3"> · imported</span>}
              </TableCell>
              <TableCell className="text-text-2">{item.type}</TableCell>
              <TableCell>
                <span className="flex flex-wrap gap-1">
                  {item.techniques.slice(0, 3).map((id) => (
                    <TechniqueTag key={id} id={id} />
                  ))}
                  {item.techniques.length > 3 && (
                    <span className="text-text-3">+{item.techniques.length - 3}</span>
                  )}
                </span>
              </TableCell>
              <TableCell>
                <DetectionStatusChip status={item.status} />
              </TableCell>
              <TableCell className="font-mono text-[12px]">
                {item.variant ?? <span className="text-text-3">none</span>}
                {item.variants.length > 1 && (
                  <span className="font-sans text-text-3"> of {item.variants.length}</span>
                )}
              </TableCell>
              <TableCell className="text-right">{item.riskScore}</TableCell>
              <TableCell className="text-right">
                {item.findingCount === 0 ? (
                  <span className="text-text-3">0</span>
                ) : (
                  <Link href={`/findings?detection=${item.id}`}>
                    {item.findingCount.toLocaleString('en')}
                  </Link>
                )}
              </TableCell>
              <TableCell className="whitespace-nowrap font-mono text-[12px]">
                {item.lastTicks === null ? (
                  <span className="font-sans text-text-3">never</span>
                ) : (
                  <Time ticks={item.lastTicks} />
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}
