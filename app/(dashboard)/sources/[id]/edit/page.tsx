import { notFound } from 'next/navigation';
import { PageHeader } from '#components/shell/page-header.tsx';
import { SourceForm } from '#components/sources/source-form.tsx';
import { requirePermission } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { AppError } from '#lib/errors.ts';
import { getSource, listKinds } from '#lib/sources/queries.ts';
import { saveSourceAction } from '../../actions.ts';

export const metadata = { title: 'Edit a source' };

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function EditSourcePage({ params }: Props) {
  const actor = await requireActor();
  requirePermission(actor, 'manage-sources');
  const source = await getSource(actor, (await params).id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not-found') notFound();
    throw error;
  });
  const kind = listKinds(actor).find((one) => one.kind === source.kind);
  if (!kind) notFound();
  return (
    <>
      <PageHeader>
        <h1 className="text-[16px]">Edit {source.name}</h1>
      </PageHeader>
      <SourceForm kind={kind} source={source} save={saveSourceAction} />
    </>
  );
}
