import Link from 'next/link';
import { plural } from '#components/evidence/format.ts';
import { FacetLinks } from '#components/risk/facet-links.tsx';
import { IncidentTable } from '#components/risk/incident-table.tsx';
import { RiskViews } from '#components/risk/risk-head.tsx';
import { riskHref } from '#components/risk/risk-url.ts';
import { RowKeys } from '#components/risk/row-keys.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { requireActor } from '#lib/auth/current.ts';
import { listIncidents } from '#lib/risk/incidents.ts';
import { incidentQuery } from '#lib/risk/inputs.ts';

export const metadata = { title: 'Incidents' };

const DEFAULTS = { sort: 'severity', direction: 'desc', limit: 100, open: 'false' };
const FACETS = ['severity', 'rule', 'status', 'state', 'owner', 'object'] as const;

type Props = { readonly searchParams: Promise<Record<string, string | string[]>> };

export default async function IncidentsPage({ searchParams }: Props) {
  const actor = await requireActor();
  const parsed = incidentQuery.safeParse(await searchParams);
  const query = parsed.success ? parsed.data : incidentQuery.parse({});
  const page = await listIncidents(actor, query);
  return (
    <>
      <PageHeader>
        <h1 className="text-[16px]">Incidents</h1>
        <span className="text-text-3">
          {page.total.toLocaleString('en')} of {plural(page.totalAll, 'incident')}
        </span>
        <RiskViews current="/incidents" />
      </PageHeader>
      <RowKeys />
      <div className="grid gap-3 p-4 md:px-5">
        <form className="flex flex-wrap items-center gap-2">
          {FACETS.map((key) =>
            query[key]?.length ? (
              <input key={key} type="hidden" name={key} value={query[key].join(',')} />
            ) : null,
          )}
          <Input
            type="search"
            name="q"
            defaultValue={query.q}
            placeholder="Search incidents"
            aria-label="Search incidents"
            className="max-w-[280px]"
          />
          <Select name="open" defaultValue={query.open} aria-label="Which">
            <option value="false">all</option>
            <option value="true">open ones</option>
          </Select>
          <Select name="sort" defaultValue={query.sort} aria-label="Order">
            <option value="severity">worst first</option>
            <option value="score">highest risk first</option>
            <option value="first">latest first event first</option>
            <option value="last">latest last event first</option>
          </Select>
          <Button type="submit">Show</Button>
        </form>
        <div className="flex items-start gap-5 max-md:grid max-md:gap-3">
          <FacetLinks
            path="/incidents"
            params={query}
            defaults={DEFAULTS}
            groups={[
              ['severity', 'Severity', page.facets.severity],
              ['rule', 'Raised by', page.facets.rule],
              ['status', 'Status', page.facets.status],
              ['state', 'State', page.facets.state],
              ['object', 'On', page.facets.object],
              ['owner', 'Owner', page.facets.owner],
            ]}
          />
          <div className="grid min-w-0 flex-1 gap-3">
            {page.items.length === 0 ? (
              <EmptyState title={page.totalAll === 0 ? 'No incidents' : 'Nothing matches'}>
                {page.totalAll === 0 ? (
                  <>
                    Sums of risk that pass a rule, and chains, stand here.{' '}
                    <Link href="/risk/settings">See the rules</Link>
                  </>
                ) : (
                  <Link href="/incidents">Show all incidents</Link>
                )}
              </EmptyState>
            ) : (
              <IncidentTable items={page.items} />
            )}
            {page.nextCursor && (
              <Button asChild className="justify-self-start">
                <Link
                  href={riskHref('/incidents', { ...query, cursor: page.nextCursor }, DEFAULTS)}
                  rel="next"
                >
                  Next incidents
                </Link>
              </Button>
            )}
          </div>
        </div>
      </div>
    </>
  );
}
