'use client';

import type { ReactNode } from 'react';
import { formatAgo, formatTicks, isoTicks, type Precision } from '#lib/preferences/zone.ts';
import { useZone } from './zone-context.tsx';

/** An event time in the user's zone; UTC to the last digit and how long ago is one hover away. */
export function Time({
  ticks,
  precision = 3,
}: {
  readonly ticks: string | null;
  readonly precision?: Precision;
}) {
  const zone = useZone();
  if (ticks === null) return <span className="text-text-3">no time</span>;
  const iso = isoTicks(ticks);
  return (
    <time dateTime={iso} title={`${iso} · ${formatAgo(BigInt(ticks), Date.now())}`} suppressHydrationWarning>
      {formatTicks(ticks, zone, precision)}
    </time>
  );
}

/** A time of our own (upload, note), given as ISO text. */
export function OwnTime({ iso }: { readonly iso: string }) {
  return <Time ticks={(BigInt(Date.parse(iso)) * 10_000n).toString()} precision={0} />;
}

/** A column head for times: says the zone, so that no time is without one. */
export function ColumnTime({ children }: { readonly children: ReactNode }) {
  return (
    <>
      {children} ({useZone()})
    </>
  );
}

/** The zone in a sentence. */
export function ZoneName() {
  return <>{useZone()}</>;
}
