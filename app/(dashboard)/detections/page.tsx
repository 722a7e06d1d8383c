import Link from 'next/link';
import { DetectionsTable } from '#components/detections/detections-table.tsx';
import { ImportPanel } from '#components/detections/import-panel.tsx';
import { ReprocessNote } from '#components/detections/reprocess-note.tsx';
import { DETECTION_STATUS_WORDS } from '#components/detections/words.ts';
import { plural } from '#components/evidence/format.ts';
import { AutoRefresh } from '#components/shell/auto-refresh.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { DETECTION_STATUSES, detectionListQuery } from '#lib/catalogue/inputs.ts';
import { listDetections } from '#lib/catalogue/queries.ts';

export const metadata = { title: 'Detections' };

export default async function DetectionsPage({
  searchParams,
}: {
  readonly searchParams: Promise<Record<string, string | string[]>>;
}) {
  const actor = await requireActor();
  const given = await searchParams;
  // An empty choice of the form is none.
  const parsed = detectionListQuery.safeParse(
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')),
  );
  const query = parsed.success ? parsed.data : {};
  const page = await listDetections(actor, query);
  const { reprocess } = page;
  return (
    <>
      {reprocess && !reprocess.isDone && <AutoRefresh />}
      <PageHeader
        actions={
          can(actor, 'manage-detections') && (
            <Button asChild>
              <a href="#import" className="text-text no-underline">
                Import
              </a>
            </Button>
          )
        }
      >
        <h1 className="text-[16px]">Detections</h1>
        <span className="text-text-3">{plural(page.total, 'detection')}</span>
      </PageHeader>
      <div className="grid gap-3 p-4 md:px-5">
        {reprocess && (
          <Card>
            <ReprocessNote progress={reprocess} />
          </Card>
        )}
        <form className="flex flex-wrap items-center gap-2">
          <Input
            type="search"
            name="q"
            defaultValue={query.q}
            placeholder="Search name, id, technique"
            aria-label="Search detections"
            className="max-w-[320px]"
          />
          <Select name="status" defaultValue={query.status ?? ''} aria-label="Status">
            <option value="">any status</option>
            {DETECTION_STATUSES.map((status) => (
              <option key={status} value={status}>
                {DETECTION_STATUS_WORDS[status]} ({page.byStatus[status]})
              </option>
            ))}
          </Select>
          <Button type="submit">Show</Button>
        </form>
        {page.items.length === 0 ? (
          <EmptyState title="No detection matches">
            <Link href="/detections">Show all detections</Link>
          </EmptyState>
        ) : (
          <DetectionsTable items={page.items} />
        )}
        {page.items.length < page.total && (
          <p className="text-text-3">
            The first {page.items.length} are shown; search for a name or a technique to see others.
          </p>
        )}
        {can(actor, 'manage-detections') && (
          <div id="import" className="scroll-mt-16">
            <ImportPanel />
          </div>
        )}
      </div>
    </>
  );
}
