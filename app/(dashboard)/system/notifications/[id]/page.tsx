import Link from 'next/link';
import { notFound } from 'next/navigation';
import { ChannelControls } from '#components/notifications/channel-controls.tsx';
import { ChannelForm } from '#components/notifications/channel-form.tsx';
import { DeliveryTable } from '#components/notifications/delivery-table.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { OwnTime } from '#components/time/time.tsx';
import { Card } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { ErrorState } from '#components/ui/states.tsx';
import { requirePermission } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { AppError } from '#lib/errors.ts';
import { getChannel, listChannelKinds, TEMPLATE_HELP } from '#lib/notifications/queries.ts';
import { SEVERITIES } from '#lib/risk/severity.ts';
import {
  enableChannelAction,
  removeChannelAction,
  resendFailedAction,
  saveChannelAction,
  testChannelAction,
} from '../actions.ts';

export const metadata = { title: 'Channel' };

type Props = { readonly params: Promise<{ readonly id: string }> };

const actions = {
  test: testChannelAction,
  resend: resendFailedAction,
  remove: removeChannelAction,
  enable: enableChannelAction,
};
const UUID = /^[0-9a-f-]{36}$/;

export default async function ChannelPage({ params }: Props) {
  const actor = await requireActor();
  requirePermission(actor, 'manage-sources');
  const { id } = await params;
  if (!UUID.test(id)) notFound();
  const channel = await getChannel(actor, id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not-found') notFound();
    throw error;
  });
  const kind = listChannelKinds(actor).find((one) => one.kind === channel.kind);
  if (!kind) notFound();
  return (
    <>
      <PageHeader>
        <nav aria-label="Breadcrumb" className="flex items-center gap-1.5">
          <Link href="/system/notifications" className="text-text-3">
            Notifications
          </Link>
          <span aria-hidden className="text-text-3">
            /
          </span>
          <h1 aria-current="page" className="font-semibold">
            <EvidenceText text={channel.name} />
          </h1>
        </nav>
      </PageHeader>
      <div className="grid items-start gap-3 p-4 md:px-5 xl:grid-cols-[minmax(0,1fr)_minmax(0,560px)]">
        <div className="grid min-w-0 gap-3">
          {channel.failingSince !== null && (
            <ErrorState title="It does not get through">
              <EvidenceText text={channel.failure ?? ''} /> Since <OwnTime iso={channel.failingSince} />. It
              is tried again with growing pauses, for about nine hours.
            </ErrorState>
          )}
          <ChannelControls
            id={channel.id}
            name={channel.name}
            version={channel.version}
            isEnabled={channel.isEnabled}
            failedCount={channel.failedCount}
            actions={actions}
          />
          {!channel.isEnabled && (
            <p className="text-text-2">
              Paused: what happens now is not told, what waits goes out when it goes on.
            </p>
          )}
          <Card title="Deliveries" aside="the latest 50">
            <DeliveryTable deliveries={channel.deliveries} />
          </Card>
        </div>
        <div className="min-w-0">
          <ChannelForm
            key={channel.version}
            kind={kind}
            channel={channel}
            severities={SEVERITIES}
            {...TEMPLATE_HELP}
            save={saveChannelAction}
          />
        </div>
      </div>
    </>
  );
}
