'use client';

import { useZone } from '#components/time/zone-context.tsx';
import { Field, Input } from '#components/ui/input.tsx';
import { isoOfWallClock, wallClockOf } from './wall-clock.ts';

type Props = {
  readonly label: string;
  readonly error?: string | null | undefined;
  /** UTC. */
  readonly iso: string | null;
  /** With the zone in which it was written. */
  readonly onChange: (iso: string | null, zone: string) => void;
};

/** A moment, written in the zone that the user picked. */
export function DateTimeField({ label, error, iso, onChange }: Props) {
  const zone = useZone();
  return (
    <Field label={`${label} (${zone})`} error={error}>
      {(ids) => (
        <Input
          {...ids}
          type="datetime-local"
          className="py-1"
          value={iso === null ? '' : wallClockOf(iso, zone)}
          onChange={(event) => onChange(isoOfWallClock(event.target.value, zone), zone)}
        />
      )}
    </Field>
  );
}
