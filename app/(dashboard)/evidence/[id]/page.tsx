import Link from 'next/link';
import { notFound } from 'next/navigation';
import { ArchiveMembers } from '#components/evidence/archive-members.tsx';
import { CoverageList } from '#components/evidence/coverage.tsx';
import { DeleteEvidence } from '#components/evidence/delete-evidence.tsx';
import { EvidenceState } from '#components/evidence/evidence-list.tsx';
import { formatBytes, plural, recordSum } from '#components/evidence/format.ts';
import { TamperHintSummary } from '#components/evidence/tamper-hints.tsx';
import { AutoRefresh } from '#components/shell/auto-refresh.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { PulledFrom } from '#components/sources/pulled-from.tsx';
import { OwnTime, Time } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, DefinitionList } from '#components/ui/card.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { getEvidence } from '#lib/custody/queries.ts';
import { AppError } from '#lib/errors.ts';
import { originsOf } from '#lib/sources/queries.ts';

export const metadata = { title: 'File' };

export default async function EvidencePage({ params }: { readonly params: Promise<{ id: string }> }) {
  const actor = await requireActor();
  const { id } = await params;
  const evidence = await getEvidence(actor, id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not-found') notFound();
    throw error;
  });
  const origins = await originsOf(actor, id);
  const states = [evidence.status, ...(evidence.members?.items ?? []).map((one) => one.evidence?.status)];
  const isBusy = states.some((status) => status === 'waiting' || status === 'reading');
  // An archive has no records of its own: its members are evidence of their own.
  const isArchive = evidence.form === 'archive';
  return (
    <>
      {isBusy && <AutoRefresh />}
      <PageHeader
        actions={
          <>
            {can(actor, 'download-evidence') && (
              <Button asChild>
                <a href={`/api/v1/evidence/${id}/content`} download>
                  Download
                </a>
              </Button>
            )}
            {can(actor, 'delete-evidence') && <DeleteEvidence id={id} />}
          </>
        }
      >
        <Link href="/evidence" className="text-text-3">
          Files /
        </Link>
        <h1 className="truncate">
          <EvidenceText text={evidence.name} />
        </h1>
      </PageHeader>
      <div className="grid items-start gap-3 p-4 md:px-5 lg:grid-cols-[minmax(0,1fr)_400px]">
        <div className="grid gap-3">
          <Card title="Report" aside={<EvidenceState item={evidence} />}>
            <DefinitionList
              items={[
                [
                  'Findings',
                  <Link key="f" href="/findings">
                    {plural(evidence.findingCount, 'finding')} rest on this file
                  </Link>,
                ],
                ['Records', recordSum(evidence)],
                [
                  'Not readable',
                  `${plural(evidence.lossCount, 'place')} lost something, ${evidence.problemCount - evidence.lossCount} notes`,
                ],
                ['Events from', <Time key="t" ticks={evidence.firstTicks} precision={7} />],
                ['to', <Time key="t" ticks={evidence.lastTicks} precision={7} />],
              ]}
            />
          </Card>
          <PulledFrom origins={origins} />
          {evidence.members && (
            <ArchiveMembers id={id} members={evidence.members} canUnlock={can(actor, 'add-evidence')} />
          )}
          {!isArchive && (
            <Card title="Tamper hints" aside="signs of tampering, or of a copy that is not whole">
              <TamperHintSummary hints={evidence.hints} />
            </Card>
          )}
          {evidence.problems.length > 0 && (
            <Card title="What could not be read" aside={plural(evidence.problemCount, 'place')}>
              <div className="overflow-x-auto">
                <Table>
                  <TableHeader>
                    <TableRow>
                      <TableHead className="text-right">Byte</TableHead>
                      <TableHead className="text-right">Line</TableHead>
                      <TableHead>What is wrong there</TableHead>
                      <TableHead className="text-right">Left out</TableHead>
                    </TableRow>
                  </TableHeader>
                  <TableBody>
                    {evidence.problems.map((problem) => (
                      <TableRow key={`${problem.offset}-${problem.code}-${problem.message}`}>
                        <TableCell className="text-right font-mono text-[12px]">
                          {problem.offset.toLocaleString('en')}
                        </TableCell>
                        <TableCell className="text-right font-mono text-[12px]">
                          {problem.line ?? ''}
                        </TableCell>
                        <TableCell>
                          <EvidenceText text={problem.message} />
                        </TableCell>
                        <TableCell className="whitespace-nowrap text-right">
                          {problem.isLoss
                            ? problem.skippedBytes > 0
                              ? formatBytes(problem.skippedBytes)
                              : 'a record'
                            : 'nothing'}
                        </TableCell>
                      </TableRow>
                    ))}
                  </TableBody>
                </Table>
              </div>
              {evidence.problems.length < evidence.problemCount && (
                <p className="pt-2 text-text-3">The first {evidence.problems.length} are shown.</p>
              )}
            </Card>
          )}
          {!isArchive && (
            <>
              <Card title="Hosts" aside={plural(evidence.hosts.length, 'host')}>
                <div className="overflow-x-auto">
                  <Table>
                    <TableHeader>
                      <TableRow>
                        <TableHead>Host</TableHead>
                        <TableHead className="text-right">Events</TableHead>
                        <TableHead>First</TableHead>
                        <TableHead>Last</TableHead>
                      </TableRow>
                    </TableHeader>
                    <TableBody>
                      {evidence.hosts.map((host) => (
                        <TableRow key={host.id}>
                          <TableCell className="font-mono text-[12px]">
                            <Link href={`/hosts/${host.id}`}>
                              <EvidenceText text={host.name} />
                            </Link>
                          </TableCell>
                          <TableCell className="text-right">{host.count.toLocaleString('en')}</TableCell>
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
              </Card>
              <Card title="What is in it" aside="events by channel and event id">
                <div className="overflow-x-auto">
                  <Table>
                    <TableHeader>
                      <TableRow>
                        <TableHead>Channel</TableHead>
                        <TableHead className="text-right">Event id</TableHead>
                        <TableHead className="text-right">Events</TableHead>
                      </TableRow>
                    </TableHeader>
                    <TableBody>
                      {evidence.kinds.map((kind) => (
                        <TableRow key={`${kind.channel} ${kind.eventCode}`}>
                          <TableCell>
                            <EvidenceText text={kind.channel === '' ? 'no channel' : kind.channel} />
                          </TableCell>
                          <TableCell className="text-right">
                            {kind.eventCode < 0 ? 'none' : kind.eventCode}
                          </TableCell>
                          <TableCell className="text-right">{kind.count.toLocaleString('en')}</TableCell>
                        </TableRow>
                      ))}
                    </TableBody>
                  </Table>
                </div>
              </Card>
            </>
          )}
        </div>
        <div className="grid gap-3">
          <Card title="Custody">
            <DefinitionList
              items={[
                [
                  'SHA-256',
                  <span key="h" className="flex items-start gap-1">
                    <code className="min-w-0 break-all font-mono text-[12px]">{evidence.sha256}</code>
                    <CopyButton text={evidence.sha256} label="SHA-256" />
                  </span>,
                ],
                [
                  'Size',
                  `${formatBytes(evidence.sizeBytes)} (${evidence.sizeBytes.toLocaleString('en')} bytes)`,
                ],
                ['Form', evidence.form === null ? 'not known' : evidence.form.toUpperCase()],
                ['Read with', evidence.readerVersion ?? 'not yet'],
                ...(evidence.archive
                  ? [
                      [
                        'Out of',
                        <span key="o" className="break-all">
                          <Link href={`/evidence/${evidence.archive.id}`}>
                            <EvidenceText text={evidence.archive.name} />
                          </Link>{' '}
                          <EvidenceText text={evidence.archive.path} />
                        </span>,
                      ] as const,
                    ]
                  : []),
                ['Added by', evidence.uploadedBy ?? 'unknown'],
                ['Added', <OwnTime key="a" iso={evidence.createdAt} />],
                [
                  'Read until',
                  evidence.finishedAt === null ? 'not yet' : <OwnTime key="r" iso={evidence.finishedAt} />,
                ],
              ]}
            />
          </Card>
          {!isArchive && (
            <Card title="Detections on this file">
              <CoverageList coverage={evidence.coverage} />
            </Card>
          )}
        </div>
      </div>
    </>
  );
}
