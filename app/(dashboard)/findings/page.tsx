import Link from 'next/link';
import { redirect } from 'next/navigation';
import { sortWords } from '#components/findings/column-ids.ts';
import { FindingsScreen } from '#components/findings/findings-screen.tsx';
import { IncidentList } from '#components/findings/incident-list.tsx';
import { listHref } from '#components/findings/list-url.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { AppError } from '#lib/errors.ts';
import { findingListQuery } from '#lib/findings/inputs.ts';
import { listFindings } from '#lib/findings/queries.ts';
import { listIncidents } from '#lib/risk/incidents.ts';
import { incidentQuery } from '#lib/risk/inputs.ts';
import { changeFindings, previewFinding } from './actions.ts';

export const metadata = { title: 'Findings' };

/** Above the list, so that no sort or filter hides them. */
const INCIDENTS_SHOWN = 3;

type Props = { readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>> };

export default async function FindingsPage({ searchParams }: Props) {
  const actor = await requireActor();
  const query = findingListQuery.safeParse(await searchParams);
  // An address that means nothing (an old link, a typing mistake) shows the whole list rather than an error.
  if (!query.success) redirect('/findings');
  const page = await listFindings(actor, query.data).catch((error: unknown) => {
    const isLostPlace = error instanceof AppError && error.code === 'invalid-input' && query.data.cursor;
    if (!isLostPlace) throw error;
    redirect(listHref({ ...query.data, cursor: undefined }));
  });
  const incidents = await listIncidents(actor, incidentQuery.parse({ open: 'true', limit: INCIDENTS_SHOWN }));
  return (
    <div className="flex flex-col md:h-dvh">
      <PageHeader
        actions={
          can(actor, 'add-evidence') && (
            <Button asChild variant="primary">
              <Link href="/evidence" className="no-underline">
                Add evidence
              </Link>
            </Button>
          )
        }
      >
        <h1 className="text-[16px]">Findings</h1>
        <span className="text-text-3">
          {page.total.toLocaleString('en')} of {page.totalAll.toLocaleString('en')} · by{' '}
          {sortWords(query.data.sort)}
        </span>
      </PageHeader>
      {incidents.total > 0 && (
        <section aria-label="Incidents" className="border-line border-b bg-surface px-4 py-1.5">
          <h2 className="sr-only">Incidents</h2>
          <IncidentList incidents={incidents} />
        </section>
      )}
      <FindingsScreen
        page={page}
        query={query.data}
        me={{ id: actor.id, name: actor.name }}
        canTriage={can(actor, 'triage')}
        actions={{ change: changeFindings, preview: previewFinding }}
      />
    </div>
  );
}
