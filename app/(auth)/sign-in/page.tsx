import { redirect } from 'next/navigation';
import { SignInForm } from '#components/account/sign-in-form.tsx';
import { currentActor } from '#lib/auth/current.ts';
import { isSetupNeeded } from '#lib/auth/setup.ts';

export const metadata = { title: 'Sign in' };

export default async function SignInPage() {
  if (await currentActor()) redirect('/overview');
  if (await isSetupNeeded()) redirect('/setup');
  return (
    <>
      <h1 className="text-[16px]">Sign in</h1>
      <SignInForm />
    </>
  );
}
