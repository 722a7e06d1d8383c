'use client';

import { useEffect, useState } from 'react';
import { Progress } from '#components/ui/states.tsx';
import type { EvidenceListItem } from '#lib/custody/types.ts';
import { formatBytes, plural } from './format.ts';
import { formatSeconds, readingOf } from './reading.ts';

const TICK_MS = 1_000;

/** How far a file is read, how fast that goes and how long it will take. */
export function ReadingProgress({ item }: { readonly item: EvidenceListItem }) {
  // The time is the browser's alone: what the server sends must be what the browser would render.
  const [nowMs, setNowMs] = useState<number | null>(null);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const { stage, bytesPerSecond, secondsLeft } = readingOf(item, nowMs ?? 0);
  return (
    <div className="grid gap-1 py-1">
      <span>
        {stage === 'finding'
          ? `Making findings of ${plural(item.recordCount, 'record')}`
          : `Reading: ${formatBytes(item.readBytes)} of ${formatBytes(item.sizeBytes)}, ${plural(item.recordCount, 'record')}`}
      </span>
      <Progress
        value={item.sizeBytes === 0 ? 0 : item.readBytes / item.sizeBytes}
        label={`Reading of ${item.name}`}
      />
      {bytesPerSecond !== null && secondsLeft !== null && (
        <span className="text-[12px] text-text-3">
          {formatBytes(bytesPerSecond)}/s, about {formatSeconds(secondsLeft)} left
        </span>
      )}
    </div>
  );
}
