'use client';

import { useState } from 'react';
import { severityGlyph, severityWord } from '#components/severity/severity-badge.tsx';
import { DISPOSITION_WORDS, STATUS_WORDS } from '#components/severity/tags.tsx';
import { cn } from '#components/ui/cn.ts';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { FindingListQuery } from '#lib/findings/inputs.ts';
import type {
  Disposition,
  FacetValue,
  FindingFacets,
  FindingMode,
  FindingStatus,
} from '#lib/findings/types.ts';
import type { Severity } from '#lib/risk/severity.ts';
import { type FacetKey, hasValue } from './list-url.ts';
import { MODE_WORDS } from './words.ts';

const VALUES_SHOWN = 6;
const GROUPS = [
  ['severity', 'Severity'],
  ['status', 'Status'],
  ['type', 'Type'],
  ['detection', 'Detection'],
  ['host', 'Host'],
  ['owner', 'Owner'],
  ['mode', 'Match'],
] as const satisfies readonly (readonly [keyof FindingFacets, string])[];

export const FACET_WORDS: Readonly<Record<FacetKey, string>> = {
  ...(Object.fromEntries(GROUPS) as Record<(typeof GROUPS)[number][0], string>),
  disposition: 'Disposition',
  technique: 'Technique',
};

type Props = {
  readonly facets: FindingFacets;
  readonly query: FindingListQuery;
  readonly meId: string;
  readonly onToggle: (key: FacetKey, value: string) => void;
};

/** What the list can be narrowed to, with how many there are of each under the other choices. */
export function Facets({ facets, query, meId, onToggle }: Props) {
  return (
    <div className="flex flex-col gap-3.5">
      {GROUPS.map(([key, title]) => (
        <FacetGroup key={key} title={title}>
          {withChosen(facets[key], query, key).map((facet) => {
            const label = valueWords(key, facet, meId);
            const isOn = hasValue(query, key, facet.value);
            return (
              <button
                key={facet.value}
                type="button"
                aria-pressed={isOn}
                title={label}
                onClick={() => onToggle(key, facet.value)}
                className={cn(
                  '-mx-1.5 flex w-[calc(100%+12px)] items-start justify-between gap-2 rounded px-1.5 py-0.5 text-left hover:bg-raised max-md:py-2',
                  isOn && 'bg-accent-soft font-medium text-accent hover:bg-accent-soft',
                )}
              >
                <span className="min-w-0 break-words">
                  {key === 'severity' && <span aria-hidden>{severityGlyph(facet.value as Severity)} </span>}
                  <EvidenceText text={label} />
                </span>
                <b className={cn('font-medium', !isOn && 'text-text-3')}>
                  {facet.count.toLocaleString('en')}
                </b>
              </button>
            );
          })}
        </FacetGroup>
      ))}
    </div>
  );
}

function FacetGroup({
  title,
  children,
}: {
  readonly title: string;
  readonly children: readonly React.ReactNode[];
}) {
  const [isOpen, setIsOpen] = useState(false);
  if (children.length === 0) return null;
  const rest = children.length - VALUES_SHOWN;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-semibold text-[12px] text-text-2">{title}</legend>
      {isOpen ? children : children.slice(0, VALUES_SHOWN)}
      {rest > 0 && (
        <button
          type="button"
          className="min-h-6 text-text-3 hover:text-text"
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? 'Show fewer' : `+ ${rest} more`}
        </button>
      )}
    </fieldset>
  );
}

/** A chosen value stays visible when nothing matches it any more, so that it can be taken back here. */
function withChosen(
  values: readonly FacetValue[],
  query: FindingListQuery,
  key: keyof FindingFacets,
): readonly FacetValue[] {
  const known = new Set(values.map((facet) => facet.value));
  const missing = (query[key] ?? []).filter((value) => !known.has(value));
  return [...values, ...missing.map((value) => ({ value, label: value, count: 0 }))];
}

/** The words of one value; the values of closed unions have words of their own. */
export function valueWords(key: FacetKey, facet: Pick<FacetValue, 'value' | 'label'>, meId: string): string {
  switch (key) {
    case 'severity':
      return severityWord(facet.value as Severity);
    case 'status':
      return STATUS_WORDS[facet.value as FindingStatus];
    case 'disposition':
      return DISPOSITION_WORDS[facet.value as Disposition];
    case 'mode':
      return MODE_WORDS[facet.value as FindingMode];
    case 'owner':
      return facet.value === meId ? 'Me' : facet.value === 'none' ? 'Nobody' : facet.label;
    default:
      return facet.label;
  }
}
