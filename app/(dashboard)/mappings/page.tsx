import Link from 'next/link';
import { plural } from '#components/evidence/format.ts';
import { MappingList } from '#components/evidence/mapping-list.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { listMappings } from '#lib/custody/mappings.ts';

export const metadata = { title: 'Mappings' };

export default async function MappingsPage() {
  const actor = await requireActor();
  const { items } = await listMappings(actor);
  return (
    <>
      <PageHeader>
        <Link href="/evidence" className="text-text-3">
          Files /
        </Link>
        <h1 className="text-[16px]">Mappings</h1>
        <span className="text-text-3">{plural(items.length, 'header')} remembered</span>
      </PageHeader>
      <div className="p-4 md:px-5">
        <MappingList items={items} canDelete={can(actor, 'add-evidence')} />
      </div>
    </>
  );
}
