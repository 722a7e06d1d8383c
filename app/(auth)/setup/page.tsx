import { redirect } from 'next/navigation';
import { SetupForm } from '#components/account/sign-in-form.tsx';
import { isSetupNeeded } from '#lib/auth/setup.ts';

export const metadata = { title: 'Set up' };

export default async function SetupPage({
  searchParams,
}: {
  readonly searchParams: Promise<{ token?: string | string[] }>;
}) {
  if (!(await isSetupNeeded())) redirect('/sign-in');
  const { token } = await searchParams;
  return (
    <>
      <h1 className="text-[16px]">Set up Jobsight</h1>
      {typeof token === 'string' ? (
        <SetupForm token={token} />
      ) : (
        <p className="text-text-2">
          There is no user yet. Open the one-time link that <code className="font-mono">npm start</code>{' '}
          printed in the terminal; starting again prints a new one.
        </p>
      )}
    </>
  );
}
