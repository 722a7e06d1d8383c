import { Time } from '#components/time/time.tsx';
import { Chip } from '#components/ui/chip.tsx';
import type { DetectionCoverage } from '#lib/custody/types.ts';

const WORDS = { matched: 'Matched', ran: 'Ran, nothing found', blind: 'Blind' } as const;

/** Which detections had something to look at. Blind is not clean, and says so. */
export function CoverageList({ coverage }: { readonly coverage: readonly DetectionCoverage[] }) {
  return (
    <ul className="grid gap-2">
      {coverage.map((one) => (
        <li key={one.detectionId} className="grid gap-0.5">
          <div className="flex flex-wrap items-center gap-2">
            <Chip className={one.outcome === 'blind' ? 'border-medium text-medium' : undefined}>
              {WORDS[one.outcome]}
            </Chip>
            <a href={`/detections/${one.detectionId}`}>{one.detectionName}</a>
          </div>
          <p className="text-text-3">
            {one.outcome === 'blind' ? (
              one.label
            ) : (
              <>
                {one.label}, {one.selectedCount.toLocaleString('en')} matched ·{' '}
                <Time ticks={one.firstTicks} precision={0} /> to <Time ticks={one.lastTicks} precision={0} />
              </>
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}
