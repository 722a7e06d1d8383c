'use client';

import { createContext, type ReactNode, use } from 'react';
import { DEFAULT_ZONE } from '#lib/preferences/zone.ts';

const ZoneContext = createContext(DEFAULT_ZONE);

export function ZoneProvider({ zone, children }: { readonly zone: string; readonly children: ReactNode }) {
  return <ZoneContext value={zone}>{children}</ZoneContext>;
}

/** The zone that the user picked, an IANA name. */
export function useZone(): string {
  return use(ZoneContext);
}
