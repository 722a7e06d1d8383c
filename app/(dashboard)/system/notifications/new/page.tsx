import Link from 'next/link';
import { ChannelForm } from '#components/notifications/channel-form.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { requirePermission } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { listChannelKinds, TEMPLATE_HELP } from '#lib/notifications/queries.ts';
import { SEVERITIES } from '#lib/risk/severity.ts';
import { saveChannelAction } from '../actions.ts';

export const metadata = { title: 'Add a channel' };

type Props = { readonly searchParams: Promise<{ readonly kind?: string | string[] }> };

export default async function NewChannelPage({ searchParams }: Props) {
  const actor = await requireActor();
  requirePermission(actor, 'manage-sources');
  const { kind: chosen } = await searchParams;
  const kinds = listChannelKinds(actor);
  const kind = kinds.find((one) => one.kind === chosen);
  return (
    <>
      <PageHeader>
        <h1 className="text-[16px]">{kind ? `Add a channel: ${kind.label}` : 'Add a channel'}</h1>
      </PageHeader>
      {kind ? (
        <div className="max-w-[760px] p-4 md:px-5">
          <ChannelForm
            kind={kind}
            channel={null}
            severities={SEVERITIES}
            {...TEMPLATE_HELP}
            save={saveChannelAction}
          />
        </div>
      ) : (
        <ul className="grid max-w-[900px] gap-3 p-4 sm:grid-cols-2 md:px-5">
          {kinds.map((one) => (
            <li key={one.kind}>
              <Link
                href={`/system/notifications/new?kind=${one.kind}`}
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
