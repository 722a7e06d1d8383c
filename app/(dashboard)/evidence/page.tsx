import Link from 'next/link';
import { EvidenceList } from '#components/evidence/evidence-list.tsx';
import { plural } from '#components/evidence/format.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { listEvidence } from '#lib/custody/queries.ts';
import { readPreferences } from '#lib/preferences/read.ts';

export const metadata = { title: 'Files' };

export default async function EvidencePage() {
  const actor = await requireActor();
  const [page, { evidenceZone }] = await Promise.all([listEvidence(actor), readPreferences()]);
  return (
    <>
      <PageHeader
        actions={
          <Button asChild>
            <Link href="/mappings">Mappings</Link>
          </Button>
        }
      >
        <h1 className="text-[16px]">Files</h1>
        <span className="text-text-3">{plural(page.items.length, 'file')} of evidence</span>
      </PageHeader>
      <EvidenceList page={page} canAdd={can(actor, 'add-evidence')} evidenceZone={evidenceZone} />
    </>
  );
}
