import Link from 'next/link';
import { plural } from '#components/evidence/format.ts';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { ImportedItem, ImportResult, RunStatus } from '#lib/catalogue/types.ts';
import { SearchProblemNote } from './search-problem.tsx';
import { DetectionStatusChip } from './status-chip.tsx';
import { OUTCOME_WORDS } from './words.ts';

const SHOWN = 200;
/** What cannot run is what somebody has to look at. */
const ORDER: readonly RunStatus[] = ['cannot-run', 'no-data', 'runs'];

/** What an import brought: of each detection whether it runs here, and what could not be read. */
export function ImportResults({ result }: { readonly result: ImportResult }) {
  const { items, macros, lookups, problems } = result;
  const ordered = items.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  const count = (status: RunStatus): number => items.filter((item) => item.status === status).length;
  return (
    <div className="grid gap-3">
      <p>
        {plural(items.length, 'detection')}: {count('runs')} run here, {count('no-data')} run without data for
        them, {count('cannot-run')} cannot run. {plural(macros.length, 'macro')} and{' '}
        {plural(lookups.length, 'lookup')} changed.
      </p>
      {problems.length > 0 && (
        <details open={problems.length <= 5}>
          <summary className="text-high">{plural(problems.length, 'place')} could not be read</summary>
          <ul className="grid gap-1 pt-1">
            {problems.slice(0, SHOWN).map((problem) => (
              <li key={`${problem.place} ${problem.line ?? ''} ${problem.message}`}>
                <EvidenceText text={problem.place} className="font-mono text-[12px]" />
                {problem.line !== undefined && <span className="text-text-3"> line {problem.line}</span>}:{' '}
                <EvidenceText text={problem.message} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <ul className="grid gap-2">
        {ordered.slice(0, SHOWN).map((item) => (
          <ImportedRow key={item.id} item={item} />
        ))}
      </ul>
      {items.length > SHOWN && <p className="text-text-3">The first {SHOWN} are shown.</p>}
    </div>
  );
}

function ImportedRow({ item }: { readonly item: ImportedItem }) {
  return (
    <li className="grid gap-1 border-t pt-2">
      <div className="flex flex-wrap items-center gap-2">
        <DetectionStatusChip status={item.status} />
        <Link href={`/detections/${item.id}`}>
          <EvidenceText text={item.name} />
        </Link>
        <span className="text-text-3">
          {OUTCOME_WORDS[item.outcome]}, variant {item.variant}
          {item.isEnabled ? '' : ', not enabled'}
        </span>
      </div>
      {item.problem && <SearchProblemNote problem={item.problem} />}
    </li>
  );
}
