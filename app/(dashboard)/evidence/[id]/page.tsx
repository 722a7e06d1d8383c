import Link from 'next/link';
import { notFound } from 'next/navigation';
import { AlertSummary } from '#components/evidence/alert-summary.tsx';
import { ArchiveMembers } from '#components/evidence/archive-members.tsx';
import { CoverageList } from '#components/evidence/coverage.tsx';
import { DeleteEvidence } from '#components/evidence/delete-evidence.tsx';
import { EvidenceState } from '#components/evidence/evidence-list.tsx';
import { formatBytes, plural, recordSum } from '#components/evidence/format.ts';
import { MappingForm } from '#components/evidence/mapping-form.tsx';
import { isUnderWay } from '#components/evidence/reading.ts';
import { readingFacts } from '#components/evidence/reading-facts.tsx';
import { TamperHintSummary } from '#components/evidence/tamper-hints.tsx';
import { ZoneForm } from '#components/evidence/zone-form.tsx';
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
import { getColumns } from '#lib/custody/preview.ts';
import { getEvidence } from '#lib/custody/queries.ts';
import { AppError } from '#lib/errors.ts';
import { originsOf } from '#lib/sources/queries.ts';

export const metadata = { title: 'File' };

export default async function EvidencePage({
  params,
  searchParams,
}: {
  readonly params: Promise<{ id: string }>;
  readonly searchParams: Promise<{ change?: string }>;
}) {
  const actor = await requireActor();
  const [{ id }, { change }] = await Promise.all([params, searchParams]);
  const evidence = await getEvidence(actor, id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not-found') notFound();
    throw error;
  });
  const origins = await originsOf(actor, id);
  const members = (evidence.members?.items ?? []).flatMap((one) => one.evidence ?? []);
  const isBusy = [evidence, ...members].some(isUnderWay);
  const isArriving = evidence.sha256 === null;
  // An archive has no records of its own: its members are evidence of their own.
  const isArchive = evidence.form === 'archive';
  // Nothing in them can be judged.
  const isAlerts = evidence.alerts !== null && evidence.recordCount === 0;
  const hasRecords = !isArchive && !isAlerts && !(evidence.question !== null && evidence.readBytes === 0);
  const mayChange = can(actor, 'add-evidence');
  const asked = evidence.question ?? (evidence.status === 'refused' ? undefined : change);
  const columns =
    mayChange && asked === 'mapping' && evidence.isMappable ? await getColumns(actor, id) : null;
  return (
    <>
      {isBusy && <AutoRefresh />}
      <PageHeader
        actions={
          <>
            {can(actor, 'download-evidence') && !isArriving && (
              <Button asChild>
                <a href={`/api/v1/evidence/${id}/content`} download>
                  Download
                </a>
              </Button>
            )}
            {can(actor, 'delete-evidence') && <DeleteEvidence id={id} isArriving={isArriving} />}
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
        {columns && <MappingForm evidence={evidence} columns={columns} className="lg:col-span-2" />}
        <div className="grid gap-3">
          {mayChange && asked === 'time_zone' && <ZoneForm evidence={evidence} />}
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
                ...(isAlerts
                  ? []
                  : ([
                      ['Events from', <Time key="t" ticks={evidence.firstTicks} precision={7} />],
                      ['to', <Time key="t" ticks={evidence.lastTicks} precision={7} />],
                    ] as const)),
              ]}
            />
          </Card>
          {evidence.alerts && (
            <Card title="Alerts" aside={plural(evidence.alerts.total, 'alert')}>
              <AlertSummary alerts={evidence.alerts} />
            </Card>
          )}
          <PulledFrom origins={origins} />
          {evidence.members && (
            <ArchiveMembers id={id} members={evidence.members} canUnlock={can(actor, 'add-evidence')} />
          )}
          {hasRecords && (
            <Card title="Tamper hints" aside="signs of tampering, or of a copy that is not whole">
              {isArriving ? (
                <p className="text-text-3">Told when the whole file is here.</p>
              ) : (
                <TamperHintSummary hints={evidence.hints} />
              )}
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
          {hasRecords && (
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
                  evidence.sha256 === null ? (
                    'known when the whole file is here; it can be downloaded then'
                  ) : (
                    <span key="h" className="flex items-start gap-1">
                      <code className="min-w-0 break-all font-mono text-[12px]">{evidence.sha256}</code>
                      <CopyButton text={evidence.sha256} label="SHA-256" />
                    </span>
                  ),
                ],
                [
                  'Size',
                  `${formatBytes(evidence.sizeBytes)} (${evidence.sizeBytes.toLocaleString('en')} bytes)`,
                ],
                ['Form', evidence.form === null ? 'not known' : evidence.form.toUpperCase()],
                ['Read with', evidence.readerVersion ?? 'not yet'],
                ...readingFacts(evidence, mayChange),
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
          {hasRecords && (
            <Card title="Detections on this file" aside={isArriving ? 'of what is here so far' : null}>
              {isAlerts ? (
                <p className="text-text-2">None ran: alerts of other tools are no events to judge.</p>
              ) : (
                <CoverageList coverage={evidence.coverage} />
              )}
            </Card>
          )}
        </div>
      </div>
    </>
  );
}
