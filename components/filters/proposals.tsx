'use client';

import { counted } from '#components/findings/words.ts';
import { Card } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { FilterProposal } from '#lib/filters/types.ts';

type Props = {
  readonly proposals: readonly FilterProposal[];
  readonly text: string;
  readonly onTake: (proposal: FilterProposal) => void;
};

/** The narrowest rules that cover the chosen findings and no true positive, the best first. */
export function Proposals({ proposals, text, onTake }: Props) {
  return (
    <Card title="Proposed" aside="narrowest first, checked on all stored findings">
      {proposals.length === 0 ? (
        <p className="text-text-2">
          No rule covers the chosen findings without covering a true positive. Write one yourself, or choose
          fewer findings.
        </p>
      ) : (
        <fieldset className="grid gap-0.5">
          <legend className="sr-only">Proposed rules</legend>
          {proposals.map((proposal) => (
            <label
              key={proposal.text}
              className="grid grid-cols-[22px_minmax(0,1fr)] items-baseline rounded px-1 py-1 hover:bg-raised"
            >
              <input
                type="radio"
                name="proposal"
                className="accent-accent"
                checked={proposal.text === text}
                onChange={() => onTake(proposal)}
              />
              <span>
                <span className="break-words">
                  <EvidenceText text={proposal.words} />
                </span>{' '}
                <span className="text-text-3">
                  {proposal.coversChosen} of {counted(proposal.chosen, 'chosen finding')},{' '}
                  {proposal.coversOthers === 0
                    ? 'no other'
                    : `${proposal.coversOthers.toLocaleString('en')} others`}
                  {proposal.warnings.length > 0 && ` · ${counted(proposal.warnings.length, 'warning')}`}
                </span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </Card>
  );
}
