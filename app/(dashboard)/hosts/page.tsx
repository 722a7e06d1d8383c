import Link from 'next/link';
import { plural } from '#components/evidence/format.ts';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { ColumnTime, Time } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import { requireActor } from '#lib/auth/current.ts';
import { hostListQuery } from '#lib/timeline/inputs.ts';
import { listHosts } from '#lib/timeline/queries.ts';

export const metadata = { title: 'Hosts' };

export default async function HostsPage({
  searchParams,
}: {
  readonly searchParams: Promise<Record<string, string | string[]>>;
}) {
  const actor = await requireActor();
  const parsed = hostListQuery.safeParse(await searchParams);
  const query = parsed.success ? parsed.data : hostListQuery.parse({});
  const page = await listHosts(actor, query);
  const next = new URLSearchParams({
    sort: query.sort,
    ...(query.q ? { q: query.q } : {}),
    cursor: page.nextCursor ?? '',
  });
  return (
    <>
      <PageHeader>
        <h1 className="text-[16px]">Hosts</h1>
        <span className="text-text-3">{plural(page.total, 'host')}</span>
      </PageHeader>
      <div className="grid gap-3 p-4 md:px-5">
        <form className="flex flex-wrap items-center gap-2">
          <Input
            type="search"
            name="q"
            defaultValue={query.q}
            placeholder="Search host names"
            aria-label="Search host names"
            className="max-w-[320px]"
          />
          <Select name="sort" defaultValue={query.sort} aria-label="Order">
            <option value="risk">highest risk first</option>
            <option value="name">by name</option>
            <option value="events">most events first</option>
          </Select>
          <Button type="submit">Show</Button>
        </form>
        {page.items.length === 0 ? (
          <EmptyState title={query.q ? 'No host has such a name' : 'No hosts yet'}>
            {query.q ? (
              <Link href="/hosts">Show all hosts</Link>
            ) : (
              <Link href="/evidence">Add evidence of a host</Link>
            )}
          </EmptyState>
        ) : (
          <section aria-label="Hosts" className="overflow-x-auto rounded-lg border bg-surface">
            <Table>
              <TableHeader>
                <TableRow>
                  <TableHead>Host</TableHead>
                  <TableHead>Risk in 24 h</TableHead>
                  <TableHead>
                    <ColumnTime>From</ColumnTime>
                  </TableHead>
                  <TableHead className="text-right">Findings</TableHead>
                  <TableHead className="text-right">Open</TableHead>
                  <TableHead className="text-right">Events read</TableHead>
                  <TableHead>Blind for</TableHead>
                </TableRow>
              </TableHeader>
              <TableBody>
                {page.items.map((host) => (
                  <TableRow key={host.id}>
                    <TableCell className="max-w-[320px] truncate font-mono text-[12px]">
                      <Link href={`/hosts/${host.id}`}>
                        <EvidenceText text={host.name} />
                      </Link>
                      {host.aliases.length > 0 && (
                        <span className="text-text-3">
                          {' '}
                          also <EvidenceText text={host.aliases.join(', ')} />
                        </span>
                      )}
                    </TableCell>
                    <TableCell className="whitespace-nowrap">
                      {host.peakScore > 0 ? (
                        <SeverityBadge severity={host.severity} label={String(host.peakScore)} />
                      ) : (
                        <span className="text-text-3">none</span>
                      )}
                      {host.chainSeverity && (
                        <SeverityBadge severity={host.chainSeverity} label="chain" className="ml-1.5" />
                      )}
                    </TableCell>
                    <TableCell className="whitespace-nowrap font-mono text-[12px]">
                      {host.peakStartTicks && <Time ticks={host.peakStartTicks} precision={0} />}
                    </TableCell>
                    <TableCell className="text-right">
                      {host.findingCount > 0 ? (
                        <Link href={`/findings?host=${host.id}`}>{host.findingCount}</Link>
                      ) : (
                        <span className="text-text-3">0</span>
                      )}
                    </TableCell>
                    <TableCell className="text-right">{host.openFindingCount}</TableCell>
                    <TableCell className="text-right">{host.eventCount.toLocaleString('en')}</TableCell>
                    <TableCell
                      className="max-w-[260px] truncate text-text-2"
                      title={host.blindDetections.join(', ')}
                    >
                      {host.blindDetections.length === 0 ? 'nothing' : host.blindDetections.join(', ')}
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </section>
        )}
        {page.nextCursor && (
          <Button asChild className="justify-self-start">
            <Link href={`/hosts?${next}`}>Next hosts</Link>
          </Button>
        )}
      </div>
    </>
  );
}
