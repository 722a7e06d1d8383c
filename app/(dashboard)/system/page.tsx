import Link from 'next/link';
import { Tokens, Users } from '#components/account/users.tsx';
import { ReprocessAll } from '#components/detections/reprocess-all.tsx';
import { ReprocessNote } from '#components/detections/reprocess-note.tsx';
import { AutoRefresh } from '#components/shell/auto-refresh.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { CollectorTokens } from '#components/system/collector-tokens.tsx';
import { Card, DefinitionList } from '#components/ui/card.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { listTokens } from '#lib/auth/tokens.ts';
import { listUsers } from '#lib/auth/users.ts';
import { reprocessProgress } from '#lib/catalogue/progress.ts';
import { listCollectorTokens, MANAGE_COLLECTOR } from '#lib/collector/tokens.ts';
import { isWorkerRunning } from '#lib/custody/queries.ts';

export const metadata = { title: 'System' };

export default async function SystemPage() {
  const actor = await requireActor();
  const [isRunning, progress] = await Promise.all([isWorkerRunning(actor), reprocessProgress(actor)]);
  const isAdmin = can(actor, 'manage-users');
  const [users, tokens] = isAdmin ? await Promise.all([listUsers(actor), listTokens(actor)]) : [[], []];
  const collectorTokens = can(actor, MANAGE_COLLECTOR) ? await listCollectorTokens(actor) : null;
  return (
    <>
      {progress && !progress.isDone && <AutoRefresh />}
      <PageHeader>
        <h1 className="text-[16px]">System</h1>
      </PageHeader>
      <div className="grid gap-3 p-4 md:px-5">
        <Card title="State">
          <DefinitionList
            items={[
              ['Worker', isRunning ? 'running' : 'no worker is running; files wait until one does'],
              [
                'API',
                <a key="a" href="/api/v1/openapi.json">
                  OpenAPI description
                </a>,
              ],
            ]}
          />
        </Card>
        <Card title="Stored evidence">
          <div className="grid gap-3">
            {progress ? (
              <ReprocessNote progress={progress} />
            ) : (
              <p className="text-text-2">All of it was read for every enabled detection.</p>
            )}
            {can(actor, 'manage-detections') && <ReprocessAll />}
          </div>
        </Card>
        {can(actor, 'manage-sources') && (
          <Card title="Notifications">
            <p className="text-text-2">
              New findings, incidents and failing sources can be told by e-mail, Slack, Teams, webhook or
              syslog. <Link href="/system/notifications">Channels</Link>
            </p>
          </Card>
        )}
        {collectorTokens && <CollectorTokens tokens={collectorTokens} />}
        {isAdmin ? (
          <>
            <Users users={users} ownId={actor.id} />
            <Tokens tokens={tokens} />
          </>
        ) : (
          <EmptyState title="Users and tokens are for administrators">
            Ask one of them for an account or another role.
          </EmptyState>
        )}
      </div>
    </>
  );
}
