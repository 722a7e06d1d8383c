import { plural } from '#components/evidence/format.ts';
import { historyPhrases } from '#components/findings/history-words.ts';
import { severityWord } from '#components/severity/severity-badge.tsx';
import { OwnTime } from '#components/time/time.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { IncidentDetail } from '#lib/risk/types.ts';

/** What was computed and what people did, the latest first. */
export function IncidentHistory({
  incident: { changes, history },
}: {
  readonly incident: Pick<IncidentDetail, 'changes' | 'history'>;
}) {
  const computed = changes.map((change, index) => ({
    at: change.at,
    who: 'Risk',
    words:
      change.state === 'withdrawn'
        ? 'withdrew it: its rule no longer holds'
        : `${index === changes.length - 1 ? 'raised it' : changes[index + 1]?.state === 'withdrawn' ? 'raised it again' : 'changed it'}: ${change.score} of ${plural(change.eventCount, 'risk event')}, ${severityWord(change.severity).toLowerCase()}`,
  }));
  const people = history.map((item) => ({
    at: item.at,
    who: item.actorName,
    words: historyPhrases({ ...item, action: 'finding.update' }).join(', '),
  }));
  const entries = [...computed, ...people].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return (
    <ol className="grid gap-1">
      {entries.map((entry, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id of their own, and the list only grows at its head
          key={`${entry.at} ${index}`}
          className="flex flex-wrap gap-x-2"
        >
          <span className="font-mono text-[12px] text-text-3">
            <OwnTime iso={entry.at} />
          </span>
          <span className="min-w-0 break-words">
            <b className="font-medium">{entry.who}</b> <EvidenceText text={entry.words} />
          </span>
        </li>
      ))}
    </ol>
  );
}
