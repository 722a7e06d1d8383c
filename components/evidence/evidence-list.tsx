'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { OwnTime } from '#components/time/time.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { cn } from '#components/ui/cn.ts';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { EmptyState, ErrorState } from '#components/ui/states.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { EvidenceListItem, EvidenceListPage } from '#lib/custody/types.ts';
import { ArrivalProgress } from './arrival-progress.tsx';
import { formatBytes } from './format.ts';
import { isUnderWay } from './reading.ts';
import { ReadingProgress } from './reading-progress.tsx';
import { windowTransfers } from './transfers.ts';
import { UploadBox } from './upload-box.tsx';
import { UploadList } from './upload-list.tsx';
import { useInterrupted, useTransfers } from './use-transfers.ts';

const POLL_MS = 1_000;

/** Drop or choose files, and see each go from the browser through the reader to its findings. */
export function EvidenceList({
  page,
  canAdd,
  evidenceZone,
}: {
  readonly page: EvidenceListPage;
  readonly canAdd: boolean;
  /** What the user said last of times without a zone; null: each file asks. */
  readonly evidenceZone: string | null;
}) {
  const router = useRouter();
  const transfers = useTransfers();
  const { items: interrupted, forget } = useInterrupted(canAdd, transfers);
  const input = useRef<HTMLInputElement>(null);
  // What is sent becomes evidence while it arrives.
  const isMoving = page.items.some(isUnderWay) || transfers.some(({ state }) => state === 'sending');

  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => router.refresh(), POLL_MS);
    return () => clearInterval(timer);
  }, [isMoving, router]);

  useEffect(() => windowTransfers().onEnd(() => router.refresh()), [router]);

  return (
    <div className="grid gap-3 p-4 md:px-5">
      {!page.isWorkerRunning && (
        <ErrorState title="No worker is running">
          Files are kept and will be read as soon as a worker runs. It starts with{' '}
          <code className="font-mono">npm start</code>; look there for errors.
        </ErrorState>
      )}
      {canAdd && (
        <UploadBox
          fileInput={input}
          evidenceZone={evidenceZone}
          onChoose={(files, timeZone) =>
            windowTransfers().add(files, new Set(page.items.map(({ sizeBytes }) => sizeBytes)), timeZone)
          }
        />
      )}
      <UploadList
        transfers={transfers}
        interrupted={interrupted}
        onChooseAgain={() => input.current?.click()}
        onForget={forget}
      />
      <EvidenceTable items={page.items} canAdd={canAdd} />
    </div>
  );
}

function EvidenceTable({
  items,
  canAdd,
}: {
  readonly items: readonly EvidenceListItem[];
  readonly canAdd: boolean;
}) {
  if (items.length === 0) {
    return (
      <EmptyState title="No evidence yet">
        {canAdd
          ? 'Good first files: Microsoft-Windows-PowerShell%4Operational.evtx, Microsoft-Windows-Sysmon%4Operational.evtx and Security.evtx of a host.'
          : 'An analyst can add event logs here.'}
      </EmptyState>
    );
  }
  return (
    <section aria-label="Files" className="overflow-x-auto rounded-lg border bg-surface">
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>File</TableHead>
            <TableHead>State</TableHead>
            <TableHead className="text-right">Findings</TableHead>
            <TableHead className="text-right">Hosts</TableHead>
            <TableHead className="text-right">Records</TableHead>
            <TableHead className="text-right">Not readable</TableHead>
            <TableHead className="text-right">Size</TableHead>
            <TableHead>Added</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {items.map((item) => (
            <TableRow key={item.id}>
              <TableCell className="max-w-[360px] truncate">
                <Link href={`/evidence/${item.id}`}>
                  <EvidenceText text={item.name} />
                </Link>
                {item.archive && (
                  <span className="block truncate text-[12px] text-text-3">
                    from <EvidenceText text={item.archive.name} />
                  </span>
                )}
              </TableCell>
              <TableCell className="min-w-[170px] max-w-[420px]">
                <EvidenceState item={item} />
              </TableCell>
              <TableCell className="text-right">
                {item.findingCount || <span className="text-text-3">0</span>}
              </TableCell>
              <TableCell className="text-right">{item.hostCount}</TableCell>
              <TableCell className="text-right">
                {(item.recordCount + item.alertCount).toLocaleString('en')}
              </TableCell>
              <TableCell className={cn('text-right', item.lossCount > 0 && 'text-high')}>
                {item.lossCount.toLocaleString('en')}
              </TableCell>
              <TableCell className="whitespace-nowrap text-right">{formatBytes(item.sizeBytes)}</TableCell>
              <TableCell className="whitespace-nowrap text-text-2">
                <OwnTime iso={item.createdAt} />
                {item.uploadedBy && ` by ${item.uploadedBy}`}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}

/** Where a file is on its way, in words; what it is when it was refused. */
export function EvidenceState({ item }: { readonly item: EvidenceListItem }) {
  switch (item.status) {
    case 'arriving':
      return <ArrivalProgress item={item} />;
    case 'waiting':
      return <Chip>Waiting for a worker</Chip>;
    case 'reading':
      if (item.form === 'archive') return <Chip>Opening the archive</Chip>;
      return <ReadingProgress item={item} />;
    case 'asking':
      return (
        <Link href={`/evidence/${item.id}`} className="text-medium">
          {item.question === 'mapping' ? 'Asks what its columns are' : 'Asks for the time zone'}
        </Link>
      );
    case 'ready':
      if (item.form === 'archive') return <EvidenceText text={item.message ?? 'Nothing is in it'} />;
      if (item.alertCount > 0 && item.recordCount === 0) return <Chip>Read: alerts, not events</Chip>;
      return <Chip>{item.lossCount > 0 ? 'Read, with losses' : 'Read'}</Chip>;
    case 'refused':
      return <span className="text-medium">{item.message}</span>;
    case 'failed':
      return <span className="text-critical">{item.message}</span>;
  }
}
