'use client';

import { FileUp } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useRef, useState } from 'react';
import { OwnTime } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { cn } from '#components/ui/cn.ts';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { EmptyState, ErrorState, Progress } from '#components/ui/states.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { EvidenceListItem, EvidenceListPage } from '#lib/custody/types.ts';
import { formatBytes, plural } from './format.ts';
import { sendFile, type Upload } from './upload.ts';

const POLL_MS = 1_000;
const PARALLEL = 3;

/** Drop or choose files, and see each go from the browser through the reader to its findings. */
export function EvidenceList({
  page,
  canAdd,
}: {
  readonly page: EvidenceListPage;
  readonly canAdd: boolean;
}) {
  const router = useRouter();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const [isOver, setIsOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const isBusy =
    uploads.some((upload) => upload.state === 'sending' || upload.state === 'waiting') ||
    page.items.some((item) => item.status === 'waiting' || item.status === 'reading');

  useEffect(() => {
    if (!isBusy) return;
    const timer = setInterval(() => router.refresh(), POLL_MS);
    return () => clearInterval(timer);
  }, [isBusy, router]);

  const add = useCallback(
    async (files: readonly File[]) => {
      const entries = files.map((file) => ({ file, key: crypto.randomUUID() }));
      const change = (key: string, patch: Partial<Upload>): void =>
        setUploads((all) => all.map((one) => (one.key === key ? { ...one, ...patch } : one)));
      setUploads((all) => [
        ...entries.map(
          ({ file, key }): Upload => ({
            key,
            name: file.name,
            sizeBytes: file.size,
            sentBytes: 0,
            state: 'waiting',
            message: null,
          }),
        ),
        ...all.filter((one) => one.state !== 'done' || one.message !== null),
      ]);
      const queue = [...entries];
      const work = async (): Promise<void> => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const { file, key } = next;
          change(key, { state: 'sending' });
          const { ok, message } = await sendFile(file, (sentBytes) => change(key, { sentBytes }));
          change(key, { state: ok ? 'done' : 'failed', message, sentBytes: ok ? file.size : 0 });
          router.refresh();
        }
      };
      await Promise.all(Array.from({ length: PARALLEL }, work));
    },
    [router],
  );

  return (
    <div className="grid gap-3 p-4 md:px-5">
      {!page.isWorkerRunning && (
        <ErrorState title="No worker is running">
          Files are kept and will be read as soon as a worker runs. It starts with{' '}
          <code className="font-mono">npm start</code>; look there for errors.
        </ErrorState>
      )}
      {canAdd && (
        // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra for the mouse; the button inside does the same
        <div
          className={cn(
            'flex flex-wrap items-center gap-3 rounded-lg border border-line-strong border-dashed bg-surface px-4 py-5',
            isOver && 'border-accent bg-accent-soft',
          )}
          onDragOver={(event) => {
            event.preventDefault();
            setIsOver(true);
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setIsOver(false);
            void filesOf(event.dataTransfer).then(add);
          }}
        >
          <FileUp size={20} aria-hidden className="text-text-3" />
          <div className="min-w-0 flex-1">
            <p className="font-medium">Drop event logs here</p>
            <p className="text-text-3">
              EVTX files or Windows Event XML, of any name; several files or a folder at once.
            </p>
          </div>
          <input
            ref={input}
            type="file"
            multiple
            className="sr-only"
            aria-label="Choose evidence files"
            tabIndex={-1}
            onChange={(event) => {
              void add([...(event.target.files ?? [])]);
              event.target.value = '';
            }}
          />
          <Button variant="primary" onClick={() => input.current?.click()}>
            Choose files
          </Button>
        </div>
      )}
      {uploads.some((upload) => upload.state !== 'done' || upload.message !== null) && (
        <section aria-label="Uploads" className="grid gap-1 rounded-lg border bg-surface px-4 py-2">
          {uploads.map((upload) => (
            <UploadRow
              key={upload.key}
              upload={upload}
              onDismiss={() => setUploads((all) => all.filter((one) => one !== upload))}
            />
          ))}
        </section>
      )}
      <EvidenceTable items={page.items} canAdd={canAdd} />
    </div>
  );
}

function UploadRow({ upload, onDismiss }: { readonly upload: Upload; readonly onDismiss: () => void }) {
  if (upload.state === 'done' && upload.message === null) return null;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 py-1.5" role="status">
      <span className="truncate">
        <EvidenceText text={upload.name} />{' '}
        <span className="text-text-3">{formatBytes(upload.sizeBytes)}</span>
      </span>
      {upload.state === 'failed' || upload.message ? (
        <Button variant="quiet" onClick={onDismiss}>
          Dismiss
        </Button>
      ) : (
        <span className="text-text-3">
          {upload.state === 'waiting' ? 'waiting' : `${formatBytes(upload.sentBytes)} sent`}
        </span>
      )}
      {upload.message ? (
        <p className={cn('col-span-2', upload.state === 'failed' ? 'text-critical' : 'text-text-2')}>
          {upload.message}
        </p>
      ) : (
        <div className="col-span-2">
          <Progress
            value={upload.sizeBytes === 0 ? 1 : upload.sentBytes / upload.sizeBytes}
            label={`Upload of ${upload.name}`}
          />
        </div>
      )}
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
              </TableCell>
              <TableCell className="min-w-[170px] max-w-[420px]">
                <EvidenceState item={item} />
              </TableCell>
              <TableCell className="text-right">
                {item.findingCount || <span className="text-text-3">0</span>}
              </TableCell>
              <TableCell className="text-right">{item.hostCount}</TableCell>
              <TableCell className="text-right">{item.recordCount.toLocaleString('en')}</TableCell>
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
    case 'waiting':
      return <Chip>Waiting for a worker</Chip>;
    case 'reading':
      return (
        <div className="grid gap-1 py-1">
          <span>
            Reading: {formatBytes(item.readBytes)} of {formatBytes(item.sizeBytes)},{' '}
            {plural(item.recordCount, 'record')}
          </span>
          <Progress
            value={item.sizeBytes === 0 ? 0 : item.readBytes / item.sizeBytes}
            label={`Reading of ${item.name}`}
          />
        </div>
      );
    case 'ready':
      return <Chip>{item.lossCount > 0 ? 'Read, with losses' : 'Read'}</Chip>;
    case 'refused':
      return <span className="text-medium">{item.message}</span>;
    case 'failed':
      return <span className="text-critical">{item.message}</span>;
  }
}

/** Files of a drop, also those in folders. */
async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const files: File[] = [];
  const walk = async (entry: FileSystemEntry): Promise<void> => {
    if (entry instanceof FileSystemFileEntry || entry.isFile) {
      files.push(
        await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
      );
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (batch.length === 0) return;
      for (const child of batch) await walk(child);
    }
  };
  for (const entry of entries) await walk(entry);
  return files;
}
