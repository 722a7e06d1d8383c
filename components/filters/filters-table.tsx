import Link from 'next/link';
import { OwnTime } from '#components/time/time.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { FilterListItem } from '#lib/filters/types.ts';
import { StateChip } from './state-chip.tsx';
import { outcomeWords, percent, REVIEW_WORDS } from './words.ts';

export function FiltersTable({ items }: { readonly items: readonly FilterListItem[] }) {
  return (
    <section aria-label="Filter rules" className="overflow-x-auto rounded-lg border bg-surface">
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Rule</TableHead>
            <TableHead>State</TableHead>
            <TableHead>Outcome</TableHead>
            <TableHead>Scope</TableHead>
            <TableHead className="text-right">Covers</TableHead>
            <TableHead className="text-right">Hits 7 / 30 d</TableHead>
            <TableHead className="text-right">Risk taken</TableHead>
            <TableHead>Last hit</TableHead>
            <TableHead>Expires</TableHead>
            <TableHead>Owner</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {items.map((item) => (
            <TableRow key={item.id}>
              <TableCell className="min-w-[220px] max-w-[300px] py-1.5">
                <Link href={`/filters/${item.number}`}>
                  R-{item.number} <EvidenceText text={item.name} />
                </Link>
                <code className="block truncate font-mono text-[12px] text-text-3" title={item.text}>
                  <EvidenceText text={item.text} />
                </code>
                {item.review.length > 0 && (
                  <span className="mt-0.5 flex flex-wrap gap-1">
                    {item.review.map((reason) => (
                      <Chip key={reason} className="border-medium text-medium">
                        {REVIEW_WORDS[reason]}
                      </Chip>
                    ))}
                  </span>
                )}
              </TableCell>
              <TableCell>
                <StateChip state={item.state} />
              </TableCell>
              <TableCell className="whitespace-nowrap">{outcomeWords(item)}</TableCell>
              <TableCell className="max-w-[160px]">
                <ScopeWords item={item} />
              </TableCell>
              <TableCell className="whitespace-nowrap text-right">
                {item.covered.toLocaleString('en')}{' '}
                <span className="text-text-3">{item.covered > 0 && percent(item.share)}</span>
              </TableCell>
              <TableCell className="whitespace-nowrap text-right">
                {item.hits7.toLocaleString('en')} / {item.hits30.toLocaleString('en')}
              </TableCell>
              <TableCell className="text-right">{Math.round(item.riskTaken).toLocaleString('en')}</TableCell>
              <TableCell className="whitespace-nowrap font-mono text-[12px]">
                {item.lastHitAt === null ? (
                  <span className="font-sans text-text-3">never</span>
                ) : (
                  <OwnTime iso={item.lastHitAt} />
                )}
              </TableCell>
              <TableCell className="whitespace-nowrap font-mono text-[12px]">
                {item.expiresAt === null ? (
                  <span className="font-sans text-medium">never</span>
                ) : (
                  <OwnTime iso={item.expiresAt} />
                )}
              </TableCell>
              <TableCell>{item.owner?.name ?? <span className="text-text-3">nobody</span>}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}

function ScopeWords({ item }: { readonly item: FilterListItem }) {
  const [first] = item.detections;
  return (
    <>
      <span className="block truncate" title={item.detections.map(({ name }) => name).join(', ')}>
        {first ? first.name : 'every detection'}
      </span>
      <span className="text-text-3">
        {[
          item.detections.length > 1 ? `and ${item.detections.length - 1} more` : '',
          item.hosts.length > 0 ? `${item.hosts.length} ${item.hosts.length === 1 ? 'host' : 'hosts'}` : '',
          item.isThisInvestigation ? 'this investigation' : '',
        ]
          .filter((part) => part !== '')
          .join(' · ')}
      </span>
    </>
  );
}
