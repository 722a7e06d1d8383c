import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { StatusChip } from '#components/severity/tags.tsx';
import { OwnTime, Time, ZoneName } from '#components/time/time.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { FindingDetail } from '#lib/findings/types.ts';
import { formatSpan } from '#lib/preferences/zone.ts';
import { FindingMark } from './finding-mark.tsx';
import { counted } from './words.ts';

/** How bad, in which state, how often and when; then the finding as a sentence. */
export function FindingHead({ finding }: { readonly finding: FindingDetail }) {
  const { firstTicks, lastTicks } = finding;
  return (
    <div>
      <div className="flex flex-wrap items-center gap-2.5">
        <SeverityBadge severity={finding.severity} />
        {finding.chainSeverity && (
          <SeverityBadge severity={finding.chainSeverity} label={`in a ${finding.chainSeverity} chain`} />
        )}
        <StatusChip status={finding.status} disposition={finding.disposition} />
        <FindingMark mode={finding.mode} state={finding.state} />
        <span className="text-text-3">
          {counted(finding.count, 'event')}
          {firstTicks !== null && (
            <>
              {' · first '}
              <Time ticks={firstTicks} precision={7} />
            </>
          )}
          {firstTicks !== null && lastTicks !== null && lastTicks !== firstTicks && (
            <>
              {' · last '}
              <Time ticks={lastTicks} precision={7} /> (+{formatSpan(BigInt(lastTicks) - BigInt(firstTicks))})
            </>
          )}{' '}
          <ZoneName />
        </span>
        {finding.recurredAt !== null && (
          <span className="text-high">
            came back after it was closed, <OwnTime iso={finding.recurredAt} />
          </span>
        )}
      </div>
      <h1 className="mt-2 break-words text-[22px] leading-[30px]">
        <EvidenceText text={finding.sentence} />
      </h1>
    </div>
  );
}
