import Link from 'next/link';
import { plural } from '#components/evidence/format.ts';
import { IncidentList } from '#components/findings/incident-list.tsx';
import { FindingsByDay } from '#components/overview/overview-charts.tsx';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { STATUS_WORDS } from '#components/severity/tags.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Time } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { requireActor } from '#lib/auth/current.ts';
import type { FindingStatus } from '#lib/findings/types.ts';
import { getOverview } from '#lib/reports/queries.ts';
import { listIncidents } from '#lib/risk/incidents.ts';
import { incidentQuery } from '#lib/risk/inputs.ts';
import { RISK_THRESHOLD } from '#lib/risk/severity.ts';

export const metadata = { title: 'Overview' };

const INCIDENTS_SHOWN = 5;

export default async function OverviewPage() {
  const actor = await requireActor();
  const [overview, incidents] = await Promise.all([
    getOverview(actor),
    listIncidents(actor, incidentQuery.parse({ open: 'true', limit: INCIDENTS_SHOWN })),
  ]);
  return (
    <>
      <PageHeader>
        <h1 className="text-[16px]">Overview</h1>
        {overview.firstTicks && (
          <span className="text-text-3">
            evidence from <Time ticks={overview.firstTicks} precision={0} /> to{' '}
            <Time ticks={overview.lastTicks} precision={0} />
          </span>
        )}
      </PageHeader>
      {overview.evidenceTotal === 0 ? (
        <EmptyState title="Nothing to see yet">
          <p>
            Add the event logs of a host, and what the detections find in them stands here within seconds.
          </p>
          <Button variant="primary" asChild className="mt-3">
            <Link href="/evidence" className="text-bg no-underline">
              Add evidence
            </Link>
          </Button>
        </EmptyState>
      ) : (
        <div className="grid gap-3 p-4 md:px-5">
          <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
            <Figure
              href="/findings?status=new,in_progress,on_hold"
              value={overview.openTotal}
              label="open findings"
              note={`of ${overview.findingTotal}`}
            />
            <Figure
              href="/hosts"
              value={overview.hostsOverThreshold}
              label={`hosts over risk ${RISK_THRESHOLD}`}
              note={`of ${overview.hostTotal}`}
            />
            <Figure
              href="/findings?type=Chain"
              value={overview.chainHostTotal}
              label="hosts with the whole chain"
              note="switched on, then used"
            />
            <Figure
              href="/evidence"
              value={overview.recordTotal}
              label={`records in ${plural(overview.evidenceTotal, 'file')}`}
              note={
                overview.lossTotal > 0
                  ? `${plural(overview.lossTotal, 'place')} not readable`
                  : 'all readable'
              }
            />
          </div>
          {incidents.total > 0 && (
            <Card
              title={plural(incidents.total, 'open incident')}
              aside={<Link href="/findings?type=Chain">all chains</Link>}
            >
              <IncidentList incidents={incidents} />
            </Card>
          )}
          <div className="grid items-start gap-3 lg:grid-cols-2">
            <Card title="Hosts by risk" aside={<Link href="/hosts">all hosts</Link>}>
              <table className="w-full text-left">
                <thead>
                  <tr className="text-[12px] text-text-3">
                    <th scope="col" className="font-medium">
                      Host
                    </th>
                    <th scope="col" className="text-right font-medium">
                      Findings
                    </th>
                    <th scope="col" className="text-right font-medium">
                      Highest 24 h
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {overview.topHosts.map((host) => (
                    <tr key={host.name} className="border-t">
                      <td className="py-1.5 font-mono text-[12px]">
                        {host.hostId ? (
                          <Link href={`/hosts/${host.hostId}`}>
                            <EvidenceText text={host.name} />
                          </Link>
                        ) : (
                          <EvidenceText text={host.name} />
                        )}
                      </td>
                      <td className="py-1.5 text-right">{host.findings}</td>
                      <td className="py-1.5 text-right">
                        <SeverityBadge severity={host.severity} label={String(host.peakScore)} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {overview.topHosts.length === 0 && <p className="text-text-3">No host has risk.</p>}
            </Card>
            <Card title="Findings by day" aside="first event, last 90 days with any">
              <FindingsByDay days={overview.byDay} />
            </Card>
            <Card title="By detection">
              <table className="w-full text-left">
                <thead>
                  <tr className="text-[12px] text-text-3">
                    <th scope="col" className="font-medium">
                      Detection
                    </th>
                    <th scope="col" className="text-right font-medium">
                      Open
                    </th>
                    <th scope="col" className="text-right font-medium">
                      Closed
                    </th>
                    <th scope="col" className="text-right font-medium">
                      False positive
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {overview.byDetection.map((row) => (
                    <tr key={row.detectionId} className="border-t">
                      <td className="py-1.5">
                        <Link href={`/detections/${row.detectionId}`}>{row.name}</Link>
                      </td>
                      <td className="py-1.5 text-right">
                        <Link href={`/findings?detection=${row.detectionId}&status=new,in_progress,on_hold`}>
                          {row.open}
                        </Link>
                      </td>
                      <td className="py-1.5 text-right">
                        <Link href={`/findings?detection=${row.detectionId}&status=closed`}>
                          {row.closed}
                        </Link>
                      </td>
                      <td className="py-1.5 text-right">
                        {row.falsePositive}
                        {row.open + row.closed > 0 && (
                          <span className="text-text-3">
                            {' '}
                            ({Math.round((row.falsePositive / (row.open + row.closed)) * 100)} %)
                          </span>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {overview.silentDetections > 0 && (
                <p className="pt-2 text-text-3">
                  <Link href="/detections">{plural(overview.silentDetections, 'more detection')}</Link>{' '}
                  without a strict finding.
                </p>
              )}
              <div className="grid grid-cols-2 gap-4 pt-3">
                <ul className="grid gap-1">
                  {overview.bySeverity
                    .filter((row) => row.count > 0)
                    .toReversed()
                    .map((row) => (
                      <li key={row.severity} className="flex items-center justify-between">
                        <SeverityBadge severity={row.severity} />
                        <Link href={`/findings?severity=${row.severity}`}>{row.count}</Link>
                      </li>
                    ))}
                </ul>
                <ul className="grid gap-1">
                  {overview.byStatus.map((row) => (
                    <li key={row.status} className="flex items-center justify-between">
                      {STATUS_WORDS[row.status as FindingStatus]}
                      <Link href={`/findings?status=${row.status}`}>{row.count}</Link>
                    </li>
                  ))}
                </ul>
              </div>
            </Card>
            <Card title="Newest open findings" aside={<Link href="/findings">all findings</Link>}>
              <ul className="grid">
                {overview.newest.map((finding) => (
                  <li key={finding.id} className="flex items-baseline gap-2 border-t py-1.5 first:border-t-0">
                    <SeverityBadge severity={finding.severity} />
                    <Link href={`/findings/${finding.number}`} className="min-w-0 truncate">
                      <EvidenceText text={finding.sentence} />
                    </Link>
                  </li>
                ))}
                {overview.newest.length === 0 && <li className="text-text-3">No open findings.</li>}
              </ul>
            </Card>
          </div>
          <p className="text-text-3">
            Numbers count strict findings; rows that only lenient or extended evaluation gives are left out.
          </p>
        </div>
      )}
    </>
  );
}

function Figure({
  href,
  value,
  label,
  note,
}: {
  readonly href: string;
  readonly value: number;
  readonly label: string;
  readonly note: string;
}) {
  return (
    <Link
      href={href}
      className="rounded-lg border bg-surface px-4 py-3 text-text no-underline hover:border-line-strong hover:no-underline"
    >
      <span className="block font-semibold text-[26px] leading-8">{value.toLocaleString('en')}</span>
      <span className="block">{label}</span>
      <span className="block text-text-3">{note}</span>
    </Link>
  );
}
