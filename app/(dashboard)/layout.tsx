import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { CommandPalette } from '#components/shell/command-palette.tsx';
import { SideBar } from '#components/shell/side-bar.tsx';
import { requireActor } from '#lib/auth/current.ts';

export default async function DashboardLayout({ children }: { readonly children: ReactNode }) {
  const actor = await requireActor();
  const isCollapsed = (await cookies()).get('jobsight-nav')?.value === 'collapsed';
  return (
    <div className="flex min-h-dvh">
      <a
        href="#content"
        className="sr-only rounded bg-accent px-3 py-1 text-bg focus:not-sr-only focus:absolute focus:z-50"
      >
        Skip to the content
      </a>
      <SideBar user={{ name: actor.name, role: actor.role }} isCollapsed={isCollapsed} />
      <main id="content" className="flex min-w-0 flex-1 flex-col pb-16 md:pb-0">
        {children}
      </main>
      <CommandPalette />
    </div>
  );
}
