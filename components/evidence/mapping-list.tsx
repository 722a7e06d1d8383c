'use client';

import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { OwnTime } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import { toast } from '#components/ui/toast.tsx';
import type { MappingListItem } from '#lib/custody/types.ts';
import { deleteMapping } from '../../app/(dashboard)/mappings/actions.ts';
import { plural } from './format.ts';
import { mappingWords } from './mapping-roles.ts';

/** What is remembered of headers; each can be exported for the command line, or forgotten. */
export function MappingList({
  items,
  canDelete,
}: {
  readonly items: readonly MappingListItem[];
  readonly canDelete: boolean;
}) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const forget = (headerKey: string): void =>
    startTransition(async () => {
      const result = await deleteMapping({ key: headerKey });
      if (result.ok) toast('Forgotten. The next file with these columns asks again.');
      else toast.error(result.error.message);
      router.refresh();
    });
  if (items.length === 0) {
    return (
      <EmptyState title="No mapping yet">
        When a table or JSON comes whose columns no known log has, the file asks what they are. The answer is
        remembered here for files with the same columns.
      </EmptyState>
    );
  }
  return (
    <section aria-label="Mappings" className="overflow-x-auto rounded-lg border bg-surface">
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Columns</TableHead>
            <TableHead>Read as</TableHead>
            <TableHead className="text-right">Files</TableHead>
            <TableHead>Changed</TableHead>
            <TableHead>
              <span className="sr-only">What you can do</span>
            </TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {items.map((item) => (
            <TableRow key={item.headerKey}>
              <TableCell className="min-w-[220px] max-w-[420px] break-words py-1.5 font-mono text-[12px]">
                <EvidenceText text={shortList(item.columns)} />
              </TableCell>
              <TableCell className="min-w-[220px] max-w-[420px] py-1.5">
                {item.mapping === 'as-is' ? (
                  'Fields under their own names'
                ) : (
                  <EvidenceText text={mappingWords(item.mapping)} />
                )}
              </TableCell>
              <TableCell className="text-right">{item.evidenceCount.toLocaleString('en')}</TableCell>
              <TableCell className="whitespace-nowrap text-text-2">
                <OwnTime iso={item.updatedAt} /> by {item.updatedBy}
              </TableCell>
              <TableCell className="whitespace-nowrap text-right">
                {item.mapping !== 'as-is' && (
                  <Button asChild variant="quiet">
                    <a href={`/api/v1/mappings/${item.headerKey}`} download="mapping.json">
                      Export
                    </a>
                  </Button>
                )}
                {canDelete && (
                  <Button variant="quiet" disabled={isPending} onClick={() => forget(item.headerKey)}>
                    Forget
                  </Button>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}

const NAMES_SHOWN = 12;

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).join(', ');
  return names.length > NAMES_SHOWN
    ? `${shown} and ${plural(names.length - NAMES_SHOWN, 'more', 'more')}`
    : shown;
}
