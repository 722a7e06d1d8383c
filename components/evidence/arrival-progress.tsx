import { Progress } from '#components/ui/states.tsx';
import type { EvidenceListItem } from '#lib/custody/types.ts';
import { formatBytes, plural } from './format.ts';

/** How much of a file is here whose upload still runs, and what was read of it. */
export function ArrivalProgress({ item }: { readonly item: EvidenceListItem }) {
  return (
    <div className="grid gap-1 py-1">
      <span>
        Arriving: {formatBytes(item.receivedBytes)} of {formatBytes(item.sizeBytes)}
      </span>
      <Progress
        value={item.sizeBytes === 0 ? 0 : item.receivedBytes / item.sizeBytes}
        label={`Arrival of ${item.name}`}
      />
      {item.recordCount > 0 && (
        <span className="text-[12px] text-text-3">
          {plural(item.recordCount, 'record')} read, {plural(item.findingCount, 'finding')} so far
        </span>
      )}
    </div>
  );
}
