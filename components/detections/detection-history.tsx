import { OwnTime } from '#components/time/time.tsx';
import { Card } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { DetectionDetail } from '#lib/catalogue/types.ts';
import { changeWords } from './history-words.ts';

/** Imported versions, and who changed what. */
export function DetectionHistory({ detail }: { readonly detail: DetectionDetail }) {
  const { versions, history } = detail;
  return (
    <Card title="Versions and history">
      {versions.length > 0 && (
        <ul className="grid gap-1.5 pb-2">
          {versions.map((version) => (
            <li key={version.number}>
              Import {version.number}, variant{' '}
              <code className="font-mono text-[12px]">{version.variant}</code>, from{' '}
              <EvidenceText text={version.fileName} className="break-all" />
              <span className="block break-all text-text-3">
                <OwnTime iso={version.importedAt} /> by {version.importedBy} · SHA-256{' '}
                <code className="font-mono text-[11.5px]">{version.sha256}</code>
              </span>
            </li>
          ))}
        </ul>
      )}
      {history.length === 0 && versions.length === 0 && (
        <p className="text-text-3">Nobody has changed anything.</p>
      )}
      <ul className="grid gap-1">
        {history.map((entry) => (
          <li key={`${entry.at} ${entry.action}`}>
            {entry.actorName} {changeWords(entry)}{' '}
            <span className="text-text-3">
              <OwnTime iso={entry.at} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
