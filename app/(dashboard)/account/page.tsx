import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, DefinitionList } from '#components/ui/card.tsx';
import { can, PERMISSIONS, type Permission } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { signOut } from '../../(auth)/actions.ts';
import { PasswordForm } from './password-form.tsx';

export const metadata = { title: 'Account' };

const WORDS: Readonly<Record<Permission, string>> = {
  read: 'see findings, hosts, files and risk',
  'download-evidence': 'download evidence',
  'add-evidence': 'add evidence',
  triage: 'work on findings',
  'write-filters': 'write filter rules',
  'approve-filters': 'approve filter rules of others',
  'delete-evidence': 'delete evidence',
  'manage-detections': 'import, enable and switch detections',
  'manage-risk': 'set risk factors, incident rules, the cap and the asset and identity lists',
  'manage-sources': 'add and change sources',
  'manage-users': 'manage users and API tokens',
};

export default async function AccountPage() {
  const actor = await requireActor();
  const permissions = Object.keys(PERMISSIONS) as Permission[];
  return (
    <>
      <PageHeader>
        <h1 className="text-[16px]">Account</h1>
      </PageHeader>
      <div className="grid max-w-[560px] gap-3 p-4 md:px-5">
        <Card>
          <DefinitionList
            items={[
              ['Name', actor.name],
              ['E-mail', actor.email],
              ['Role', actor.role],
              [
                'You can',
                permissions
                  .filter((permission) => can(actor, permission))
                  .map((permission) => WORDS[permission])
                  .join('; '),
              ],
            ]}
          />
          <form action={signOut} className="pt-4">
            <Button type="submit">Sign out</Button>
          </form>
        </Card>
        <Card title="Password">
          <PasswordForm email={actor.email} />
        </Card>
      </div>
    </>
  );
}
