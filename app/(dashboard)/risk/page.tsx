import Link from 'next/link';
import { plural } from '#components/evidence/format.ts';
import { IncidentList } from '#components/findings/incident-list.tsx';
import { ExportLinks } from '#components/risk/export-links.tsx';
import { FacetLinks } from '#components/risk/facet-links.tsx';
import { RiskViews } from '#components/risk/risk-head.tsx';
import { objectHref, riskHref } from '#components/risk/risk-url.ts';
import { RowKeys } from '#components/risk/row-keys.tsx';
import { Sparkline } from '#components/risk/sparkline.tsx';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { ColumnTime, Time } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import { requireActor } from '#lib/auth/current.ts';
import { listIncidents } from '#lib/risk/incidents.ts';
import { incidentQuery, riskObjectQuery } from '#lib/risk/inputs.ts';
import { listRiskObjects } from '#lib/risk/queries.ts';
import type { RiskObjectItem, RiskObjectPage } from '#lib/risk/types.ts';

export const metadata = { title: 'Risk' };

const INCIDENTS_SHOWN = 5;
const DEFAULTS = { sort: 'peak', direction: 'desc', limit: 100 };

type Props = { readonly searchParams: Promise<Record<string, string | string[]>> };

export default async function RiskPage({ searchParams }: Props) {
  const actor = await requireActor();
  const parsed = riskObjectQuery.safeParse(await searchParams);
  const query = parsed.success ? parsed.data : riskObjectQuery.parse({});
  const [page, incidents] = await Promise.all([
    listRiskObjects(actor, query),
    listIncidents(actor, incidentQuery.parse({ open: 'true', limit: INCIDENTS_SHOWN })),
  ]);
  return (
    <>
      <PageHeader>
        <h1 className="text-[16px]">Risk</h1>
        <span className="text-text-3">
          {page.total.toLocaleString('en')} of {plural(page.totalAll, 'object')}
        </span>
        <RiskViews current="/risk" />
      </PageHeader>
      <RowKeys />
      <div className="grid gap-3 p-4 md:px-5">
        {incidents.total > 0 && (
          <Card
            title="Open incidents"
            aside={<Link href="/incidents">{plural(incidents.total, 'incident')}</Link>}
          >
            <IncidentList incidents={incidents} />
          </Card>
        )}
        <form className="flex flex-wrap items-center gap-2">
          {(['type', 'severity', 'priority'] as const).map((key) =>
            query[key]?.length ? (
              <input key={key} type="hidden" name={key} value={query[key].join(',')} />
            ) : null,
          )}
          <Input
            type="search"
            name="q"
            defaultValue={query.q}
            placeholder="Search names"
            aria-label="Search names of risk objects"
            className="max-w-[280px]"
          />
          <Select name="sort" defaultValue={query.sort} aria-label="Order">
            <option value="peak">highest sum in 24 h first</option>
            <option value="total">highest sum of all first</option>
            <option value="events">most risk events first</option>
            <option value="last">latest first</option>
          </Select>
          <Button type="submit">Show</Button>
          <span className="flex-1" />
          <span className="text-text-3">Export</span>
          <ExportLinks params={{}} />
        </form>
        <div className="flex items-start gap-5 max-md:grid max-md:gap-3">
          <FacetLinks
            path="/risk"
            params={query}
            defaults={DEFAULTS}
            groups={[
              ['severity', 'Severity', page.facets.severity],
              ['type', 'Kind', page.facets.type],
              ['priority', 'Priority', page.facets.priority],
            ]}
          />
          <div className="grid min-w-0 flex-1 gap-3">
            {page.items.length === 0 ? <NothingHere page={page} /> : <ObjectTable page={page} />}
            {page.nextCursor && (
              <Button asChild className="justify-self-start">
                <Link href={riskHref('/risk', { ...query, cursor: page.nextCursor }, DEFAULTS)} rel="next">
                  Next objects
                </Link>
              </Button>
            )}
          </div>
        </div>
      </div>
    </>
  );
}

function ObjectTable({ page }: { readonly page: RiskObjectPage }) {
  return (
    <section
      aria-label="Risk objects"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="min-w-0 overflow-x-auto rounded-lg border bg-surface"
    >
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Object</TableHead>
            <TableHead>Risk in 24 h</TableHead>
            <TableHead>
              <ColumnTime>From</ColumnTime>
            </TableHead>
            <TableHead>Over event time</TableHead>
            <TableHead className="text-right">Sum of all</TableHead>
            <TableHead className="text-right">Risk events</TableHead>
            <TableHead>Priority</TableHead>
            <TableHead className="text-right">Incidents</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {page.items.map((item) => (
            <ObjectRow key={`${item.type} ${item.name}`} item={item} />
          ))}
        </TableBody>
      </Table>
      <p className="px-2.5 py-1.5 text-[12px] text-text-3">
        Sparklines span all risk events, from <Time ticks={page.fromTicks} precision={0} /> to{' '}
        <Time ticks={page.toTicks} precision={0} />; each is scaled to its own highest part.
      </p>
    </section>
  );
}

function ObjectRow({ item }: { readonly item: RiskObjectItem }) {
  return (
    <TableRow>
      <TableCell className="min-w-[220px] max-w-[360px] break-all">
        <Link href={objectHref(item)} data-row-link className="font-mono text-[12px]">
          <EvidenceText text={item.name} />
        </Link>{' '}
        <span className="text-text-3">{item.type}</span>
        {item.aliases.length > 0 && (
          <span className="block text-text-3">
            also <EvidenceText text={item.aliases.map(({ name }) => name).join(', ')} />
          </span>
        )}
      </TableCell>
      <TableCell className="whitespace-nowrap">
        <SeverityBadge severity={item.severity} label={String(item.peakScore)} />
        {item.peakScore !== item.peakUncapped && (
          <span className="ml-1.5 text-text-3">capped from {item.peakUncapped}</span>
        )}
      </TableCell>
      <TableCell className="whitespace-nowrap font-mono text-[12px]">
        <Time ticks={item.peakStartTicks} precision={0} />
      </TableCell>
      <TableCell>
        <Sparkline values={item.sparkline} />
      </TableCell>
      <TableCell className="text-right">{item.totalScore}</TableCell>
      <TableCell className="text-right">{item.eventCount}</TableCell>
      <TableCell className="whitespace-nowrap">
        {item.priority ?? <span className="text-text-3">in no list</span>}
      </TableCell>
      <TableCell className="text-right">
        {item.incidentCount || <span className="text-text-3">0</span>}
      </TableCell>
    </TableRow>
  );
}

function NothingHere({ page }: { readonly page: RiskObjectPage }) {
  if (page.totalAll > 0) {
    return (
      <EmptyState title="Nothing matches">
        <Link href="/risk">Show all objects</Link>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No risk yet">
      Strict findings raise risk on the systems and users that they name.{' '}
      <Link href="/evidence">Add evidence</Link>
    </EmptyState>
  );
}
