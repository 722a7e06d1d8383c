'use client';

import { Globe } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { ZONE_COOKIE } from '#lib/preferences/cookies.ts';
import { DEFAULT_ZONE, knownZone } from '#lib/preferences/zone.ts';
import { setPreference } from '../shell/preference.ts';
import { useZone } from './zone-context.tsx';

const SHOWN_MAX = 60;

/** The one switch of the zone in which all times are shown. */
export function ZoneSwitch() {
  const zone = useZone();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const choose = (next: string): void => {
    setPreference(ZONE_COOKIE, next);
    setOpen(false);
    router.refresh();
  };
  const own = open ? Intl.DateTimeFormat().resolvedOptions().timeZone : 'UTC';
  const wanted = query.trim().toLowerCase().replaceAll(' ', '_');
  const listed = open ? Intl.supportedValuesOf('timeZone') : [];
  // The list has one name a zone; others, such as Asia/Kolkata for Asia/Calcutta, are understood when written in full.
  const typed = open ? knownZone(query.trim()) : DEFAULT_ZONE;
  const zones = [
    ...(typed === DEFAULT_ZONE || listed.includes(typed) ? [] : [typed]),
    ...listed.filter((one) => one.toLowerCase().includes(wanted)),
  ];
  return (
    <>
      <Button
        onClick={() => setOpen(true)}
        aria-label={`Time zone: ${zone}. Change`}
        className="rounded-full py-0.5"
      >
        <Globe size={14} aria-hidden /> {zone}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Time zone"
        description="All times are shown in this zone. Hover a time for UTC."
      >
        <div className="flex flex-wrap gap-2">
          <Button variant={zone === 'UTC' ? 'primary' : 'default'} onClick={() => choose('UTC')}>
            UTC
          </Button>
          <Button variant={zone === own && own !== 'UTC' ? 'primary' : 'default'} onClick={() => choose(own)}>
            This browser: {own}
          </Button>
        </div>
        <Input
          aria-label="Search zones"
          placeholder="Search zones, for example Berlin"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <ul className="max-h-64 overflow-y-auto">
          {zones.slice(0, SHOWN_MAX).map((one) => (
            <li key={one}>
              <Button variant="quiet" className="w-full justify-start" onClick={() => choose(one)}>
                {one}
              </Button>
            </li>
          ))}
          {zones.length > SHOWN_MAX && (
            <li className="px-2.5 py-1 text-text-3">{zones.length - SHOWN_MAX} more, type to narrow</li>
          )}
        </ul>
      </Dialog>
    </>
  );
}
