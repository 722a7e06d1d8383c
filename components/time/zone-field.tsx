'use client';

import { type ComponentProps, useEffect, useId, useState } from 'react';
import { Input } from '#components/ui/input.tsx';

/** A text field for an IANA zone that finds zones by any part of their names. */
export function ZoneField(props: Omit<ComponentProps<'input'>, 'list' | 'type'>) {
  const listId = useId();
  // Server and browser may know other zones.
  const [zones, setZones] = useState<readonly string[]>([]);
  useEffect(() => setZones(['UTC', ...Intl.supportedValuesOf('timeZone')]), []);
  return (
    <>
      <Input {...props} list={listId} autoComplete="off" spellCheck={false} maxLength={100} />
      <datalist id={listId}>
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
