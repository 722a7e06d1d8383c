import Link from 'next/link';
import { PageHeader } from '#components/shell/page-header.tsx';
import { SourceForm } from '#components/sources/source-form.tsx';
import { requirePermission } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { listKinds } from '#lib/sources/queries.ts';
import { saveSourceAction } from '../actions.ts';

export const metadata = { title: 'Add a source' };

type Props = { readonly searchParams: Promise<{ readonly kind?: string | string[] }> };

export default async function NewSourcePage({ searchParams }: Props) {
  const actor = await requireActor();
  requirePermission(actor, 'manage-sources');
  const { kind: chosen } = await searchParams;
  const kinds = listKinds(actor);
  const kind = kinds.find((one) => one.kind === chosen);
  return (
    <>
      <PageHeader>
        <h1 className="text-[16px]">{kind ? `Add ${kind.label}` : 'Add a source'}</h1>
      </PageHeader>
      {kind ? (
        <SourceForm kind={kind} source={null} save={saveSourceAction} />
      ) : (
        <ul className="grid max-w-[900px] gap-3 p-4 sm:grid-cols-2 md:px-5">
          {kinds.map((one) => (
            <li key={one.kind}>
              <Link
                href={`/sources/new?kind=${one.kind}`}
                className="grid h-full gap-1 rounded-lg border bg-surface px-4 py-3.5 text-text no-underline hover:border-accent"
              >
                <span className="font-semibold">{one.label}</span>
                <span className="text-text-2">{one.description}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
