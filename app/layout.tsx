import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { Nonce } from '#components/shell/nonce.tsx';
import { ZoneProvider } from '#components/time/zone-context.tsx';
import { Toaster } from '#components/ui/toast.tsx';
import { readPreferences } from '#lib/preferences/read.ts';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Jobsight', template: '%s · Jobsight' },
  description: 'Scheduled jobs abused through the Windows at interface: findings, hosts, risk.',
  icons: { icon: '/favicon.svg' },
};

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const { theme, zone } = await readPreferences();
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <html
      lang="en"
      data-theme={theme}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      suppressHydrationWarning
    >
      <body>
        <Nonce value={nonce} />
        <ZoneProvider zone={zone}>{children}</ZoneProvider>
        <Toaster />
      </body>
    </html>
  );
}
