import { cookies } from 'next/headers';
import { EVIDENCE_ZONE_COOKIE, THEME_COOKIE, THEMES, type Theme, ZONE_COOKIE } from './cookies.ts';
import { knownZone } from './zone.ts';

export type Preferences = {
  readonly zone: string;
  readonly theme: Theme;
  readonly evidenceZone: string | null;
};

/** What the user of this request prefers. */
export async function readPreferences(): Promise<Preferences> {
  const jar = await cookies();
  const theme = jar.get(THEME_COOKIE)?.value;
  const evidenceZone = jar.get(EVIDENCE_ZONE_COOKIE)?.value;
  return {
    zone: knownZone(jar.get(ZONE_COOKIE)?.value),
    evidenceZone: evidenceZone ? knownZone(evidenceZone) : null,
    theme: THEMES.find((one) => one === theme) ?? 'system',
  };
}
