import Link from 'next/link';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { levelWord, severityOfLevel, toolWords } from '#components/timeline/alert-words.ts';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { EvidenceAlerts } from '#lib/custody/types.ts';
import { plural } from './format.ts';

/** Says that a file holds alerts and what that means; how many of each level, on which hosts. */
export function AlertSummary({ alerts }: { readonly alerts: EvidenceAlerts }) {
  return (
    <>
      <p role="note">
        These are alerts of {toolWords(alerts.tools)}, not events: they are shown as notes on the host
        timeline. Give Jobsight the logs themselves to have findings.
      </p>
      <ul className="flex flex-wrap gap-2 pt-2" aria-label="Alerts by level">
        {alerts.levels.map(({ level, count }) => (
          <li key={level}>
            <SeverityBadge
              severity={severityOfLevel(level)}
              label={`${levelWord(level)} ${count.toLocaleString('en')}`}
            />
          </li>
        ))}
      </ul>
      <ul className="grid gap-1 pt-2" aria-label="Hosts with alerts">
        {alerts.hosts.map((host) => (
          <li key={host.id}>
            <Link href={`/hosts/${host.id}?range=all`} className="font-mono text-[12px]">
              <EvidenceText text={host.name} />
            </Link>{' '}
            <span className="text-text-3">{plural(host.count, 'alert')}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
