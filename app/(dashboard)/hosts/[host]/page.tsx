import Link from 'next/link';
import { notFound, redirect } from 'next/navigation';
import { CoverageList } from '#components/evidence/coverage.tsx';
import { plural } from '#components/evidence/format.ts';
import { HostRisk } from '#components/hosts/host-risk.tsx';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Time } from '#components/time/time.tsx';
import { HostTimeline } from '#components/timeline/host-timeline.tsx';
import { Card } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { requireActor } from '#lib/auth/current.ts';
import { CHAIN_TYPE } from '#lib/detection/chain-type.ts';
import { AppError } from '#lib/errors.ts';
import { readPreferences } from '#lib/preferences/read.ts';
import { timelineQuery } from '#lib/timeline/inputs.ts';
import { getHost, getHostTimeline } from '#lib/timeline/queries.ts';

export const metadata = { title: 'Host' };

type Props = {
  readonly params: Promise<{ host: string }>;
  readonly searchParams: Promise<Record<string, string | string[]>>;
};

export default async function HostPage({ params, searchParams }: Props) {
  const actor = await requireActor();
  const name = decodeName((await params).host);
  const given = await searchParams;
  const parsed = timelineQuery.safeParse(given);
  const host = await getHost(actor, name).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not-found') notFound();
    throw error;
  });
  if (name !== host.id) {
    const kept = new URLSearchParams(
      Object.entries(given).flatMap(([key, value]) => [value].flat().map((one) => [key, one])),
    );
    redirect(`/hosts/${host.id}${kept.size > 0 ? `?${kept}` : ''}`);
  }
  const timeline = await getHostTimeline(actor, host.id, parsed.success ? parsed.data : {});
  const { zone } = await readPreferences();
  return (
    <>
      <PageHeader>
        <Link href="/hosts" className="text-text-3">
          Hosts /
        </Link>
        <h1 className="truncate">
          <EvidenceText text={host.name} />
        </h1>
        {host.peakScore > 0 && <SeverityBadge severity={host.severity} label={`risk ${host.peakScore}`} />}
        {host.chain && <SeverityBadge severity={host.chain.severity} label="chain" />}
      </PageHeader>
      <div className="grid items-start gap-3 p-4 md:px-5 xl:grid-cols-[minmax(0,1fr)_380px]">
        <div className="grid min-w-0 gap-3">
          {host.chain && (
            <Card
              title={host.chain.name}
              aside={<SeverityBadge severity={host.chain.severity} />}
              aria-label="Chains"
            >
              <ul className="grid gap-1 pb-2">
                {host.findings
                  .filter((finding) => finding.detectionType === CHAIN_TYPE && finding.state === 'active')
                  .map((finding) => (
                    <li key={finding.id} className="flex items-baseline gap-2">
                      <SeverityBadge severity={finding.severity} />
                      <Link href={`/findings/${finding.number}`} className="font-medium">
                        <EvidenceText text={finding.sentence} />
                      </Link>
                    </li>
                  ))}
              </ul>
              <h3 className="text-text-2">Steps on this host</h3>
              <ol className="grid">
                {host.findings
                  .filter((finding) => finding.chainSeverity !== null)
                  .map((finding) => (
                    <li
                      key={finding.id}
                      className="flex flex-wrap items-baseline gap-x-3 border-t py-1.5 first:border-t-0"
                    >
                      <span className="whitespace-nowrap font-mono text-[12px] text-text-2">
                        <Time ticks={finding.firstTicks} />
                      </span>
                      <Link href={`/findings/${finding.number}`}>
                        <EvidenceText text={finding.sentence} />
                      </Link>
                    </li>
                  ))}
              </ol>
            </Card>
          )}
          <HostTimeline hostId={host.id} timeline={timeline} zone={zone} chain={host.chain} />
        </div>
        <div className="grid gap-3">
          <HostRisk host={host} />
          <Card
            title="Findings"
            aside={<Link href={`/findings?host=${host.id}`}>all {host.findingCount}</Link>}
          >
            <ul className="grid gap-2">
              {host.findings.slice(0, 20).map((finding) => (
                <li key={finding.id} className="flex items-baseline gap-2">
                  <SeverityBadge severity={finding.severity} />
                  <Link href={`/findings/${finding.number}`} className="min-w-0">
                    <EvidenceText text={finding.sentence} />
                  </Link>
                </li>
              ))}
              {host.findings.length === 0 && <li className="text-text-3">Nothing was found on this host.</li>}
            </ul>
          </Card>
          <Card title="What was looked at">
            <CoverageList coverage={host.coverage} />
            <h3 className="pt-3 pb-1 font-medium text-text-2">Evidence</h3>
            <ul className="grid gap-1">
              {host.evidence.map((file) => (
                <li key={file.id}>
                  <Link href={`/evidence/${file.id}`}>
                    <EvidenceText text={file.name} />
                  </Link>{' '}
                  <span className="text-text-3">{plural(file.count, 'event')}</span>
                </li>
              ))}
            </ul>
            {host.aliases.length > 0 && (
              <p className="pt-2 text-text-3">
                Also called <EvidenceText text={host.aliases.join(', ')} />.
              </p>
            )}
          </Card>
        </div>
      </div>
    </>
  );
}

/** A malformed address names no host. */
function decodeName(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    notFound();
  }
}
