import Link from 'next/link';
import { wantsWords } from '#components/notifications/words.ts';
import { AutoRefresh } from '#components/shell/auto-refresh.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { OwnTime } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { EmptyState, ErrorState } from '#components/ui/states.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import { requirePermission } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { listChannels } from '#lib/notifications/queries.ts';

export const metadata = { title: 'Notifications' };

export default async function NotificationsPage() {
  const actor = await requireActor();
  requirePermission(actor, 'manage-sources');
  const channels = await listChannels(actor);
  return (
    <>
      {channels.length > 0 && <AutoRefresh />}
      <PageHeader
        actions={
          <Button asChild variant="primary">
            <Link href="/system/notifications/new" className="no-underline">
              Add a channel
            </Link>
          </Button>
        }
      >
        <nav aria-label="Breadcrumb" className="flex items-center gap-1.5">
          <Link href="/system" className="text-text-3">
            System
          </Link>
          <span aria-hidden className="text-text-3">
            /
          </span>
          <h1 aria-current="page" className="font-semibold">
            Notifications
          </h1>
        </nav>
      </PageHeader>
      <div className="grid gap-3 p-4 md:px-5">
        {channels
          .filter(({ failingSince }) => failingSince !== null)
          .map((channel) => (
            <ErrorState key={channel.id} title={`${channel.name} does not get through`}>
              <EvidenceText text={channel.failure ?? ''} /> It is tried again with growing pauses, for about
              nine hours. <Link href={`/system/notifications/${channel.id}`}>Look at it</Link>
            </ErrorState>
          ))}
        {channels.length === 0 ? (
          <EmptyState title="No channels yet">
            <p>
              A channel tells people or systems of new findings, incidents and failing sources: by e-mail, in
              Slack or Teams, by a signed webhook, or as CEF over syslog.
            </p>
          </EmptyState>
        ) : (
          <section aria-label="Channels" className="overflow-x-auto rounded-lg border bg-surface">
            <Table>
              <TableHeader>
                <TableRow>
                  <TableHead>Channel</TableHead>
                  <TableHead>Kind</TableHead>
                  <TableHead>State</TableHead>
                  <TableHead>Told of</TableHead>
                  <TableHead>Last sent</TableHead>
                  <TableHead className="text-right">Waiting</TableHead>
                  <TableHead className="text-right">Given up</TableHead>
                </TableRow>
              </TableHeader>
              <TableBody>
                {channels.map((channel) => (
                  <TableRow key={channel.id}>
                    <TableCell>
                      <Link href={`/system/notifications/${channel.id}`}>
                        <EvidenceText text={channel.name} />
                      </Link>
                    </TableCell>
                    <TableCell className="whitespace-nowrap">{channel.kindLabel}</TableCell>
                    <TableCell className="whitespace-nowrap">
                      {!channel.isEnabled ? (
                        <span className="text-text-2">
                          <span aria-hidden>○</span> paused
                        </span>
                      ) : channel.failingSince !== null ? (
                        <span className="text-critical">
                          <span aria-hidden>✕</span> fails since <OwnTime iso={channel.failingSince} />
                        </span>
                      ) : (
                        <span className="text-good">
                          <span aria-hidden>●</span> in use
                        </span>
                      )}
                    </TableCell>
                    <TableCell className="min-w-44">{wantsWords(channel)}</TableCell>
                    <TableCell className="whitespace-nowrap font-mono text-[12px]">
                      {channel.lastSentAt === null ? (
                        <span className="font-sans text-text-3">never</span>
                      ) : (
                        <OwnTime iso={channel.lastSentAt} />
                      )}
                    </TableCell>
                    <TableCell className="text-right">{channel.waitingCount.toLocaleString('en')}</TableCell>
                    <TableCell className="text-right">{channel.failedCount.toLocaleString('en')}</TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </section>
        )}
      </div>
    </>
  );
}
