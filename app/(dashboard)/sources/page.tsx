import Link from 'next/link';
import { AutoRefresh } from '#components/shell/auto-refresh.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { cronWords, PULL_STATES } from '#components/sources/words.ts';
import { OwnTime } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { EmptyState, ErrorState } from '#components/ui/states.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { listSources } from '#lib/sources/queries.ts';

export const metadata = { title: 'Sources' };

export default async function SourcesPage() {
  const actor = await requireActor();
  const sources = await listSources(actor);
  const failing = sources.filter(({ failingSince }) => failingSince !== null);
  return (
    <>
      {sources.length > 0 && <AutoRefresh />}
      <PageHeader
        actions={
          can(actor, 'manage-sources') && (
            <Button asChild variant="primary">
              <Link href="/sources/new" className="no-underline">
                Add a source
              </Link>
            </Button>
          )
        }
      >
        <h1 className="text-[16px]">Sources</h1>
        <span className="text-text-3">SIEMs that evidence is pulled from</span>
      </PageHeader>
      <div className="grid gap-3 p-4 md:px-5">
        {failing.map((source) => (
          <ErrorState key={source.id} title={`${source.name} fails`}>
            <EvidenceText text={source.failure ?? ''} /> Nothing is lost: the next pull that works goes on
            where the last one ended. <Link href={`/sources/${source.id}`}>Look at it</Link>
          </ErrorState>
        ))}
        {sources.length === 0 ? (
          <EmptyState title="No sources yet">
            <p>
              A source is a SIEM that holds the logs already: Splunk, Elasticsearch, OpenSearch, Microsoft
              Sentinel or Defender. It is asked for what the detections may match, and our engine confirms.
            </p>
          </EmptyState>
        ) : (
          <section aria-label="Sources" className="overflow-x-auto rounded-lg border bg-surface">
            <Table>
              <TableHeader>
                <TableRow>
                  <TableHead>Source</TableHead>
                  <TableHead>Kind</TableHead>
                  <TableHead>State</TableHead>
                  <TableHead>Pulled</TableHead>
                  <TableHead>Last pull</TableHead>
                  <TableHead>Next pull</TableHead>
                  <TableHead className="text-right">Rows</TableHead>
                </TableRow>
              </TableHeader>
              <TableBody>
                {sources.map((source) => (
                  <TableRow key={source.id}>
                    <TableCell>
                      <Link href={`/sources/${source.id}`}>
                        <EvidenceText text={source.name} />
                      </Link>
                    </TableCell>
                    <TableCell>{source.kindLabel}</TableCell>
                    <TableCell className="whitespace-nowrap">
                      {source.failingSince !== null ? (
                        <span className="text-critical">
                          <span aria-hidden>✕</span> fails since <OwnTime iso={source.failingSince} />
                        </span>
                      ) : !source.isEnabled ? (
                        <span className="text-text-2">
                          <span aria-hidden>○</span> paused
                        </span>
                      ) : (
                        <span className="text-good">
                          <span aria-hidden>●</span> in use
                        </span>
                      )}
                    </TableCell>
                    <TableCell>{cronWords(source.cron, source.zone)}</TableCell>
                    <TableCell className="whitespace-nowrap">
                      {source.lastPull === null ? (
                        <span className="text-text-3">never</span>
                      ) : (
                        <>
                          <span className={PULL_STATES[source.lastPull.state].className}>
                            {PULL_STATES[source.lastPull.state].word}
                          </span>{' '}
                          <span className="font-mono text-[12px]">
                            <OwnTime iso={source.lastPull.startedAt ?? source.lastPull.createdAt} />
                          </span>
                        </>
                      )}
                    </TableCell>
                    <TableCell className="whitespace-nowrap font-mono text-[12px]">
                      {source.nextPullAt === null ? (
                        <span className="font-sans text-text-3">none</span>
                      ) : (
                        <OwnTime iso={source.nextPullAt} />
                      )}
                    </TableCell>
                    <TableCell className="text-right">{source.rowTotal.toLocaleString('en')}</TableCell>
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
