import { EvidenceList } from '#components/evidence/evidence-list.tsx';
import { plural } from '#components/evidence/format.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { listEvidence } from '#lib/custody/queries.ts';

export const metadata = { title: 'Files' };

export default async function EvidencePage() {
  const actor = await requireActor();
  const page = await listEvidence(actor);
  return (
    <>
      <PageHeader>
        <h1 className="text-[16px]">Files</h1>
        <span className="text-text-3">{plural(page.items.length, 'file')} of evidence</span>
      </PageHeader>
      <EvidenceList page={page} canAdd={can(actor, 'add-evidence')} />
    </>
  );
}
