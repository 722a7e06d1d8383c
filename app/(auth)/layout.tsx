import type { ReactNode } from 'react';
import { Logo } from '#components/shell/side-bar.tsx';

export default function AuthLayout({ children }: { readonly children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="grid w-full max-w-[380px] gap-5">
        <div className="flex items-center gap-2 font-semibold text-[18px]">
          <Logo /> Jobsight
        </div>
        {children}
      </div>
    </main>
  );
}
