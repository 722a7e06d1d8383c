'use client';

import { Button } from '#components/ui/button.tsx';
import { RemovableChip } from '#components/ui/chip.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { FindingListQuery } from '#lib/findings/inputs.ts';
import type { FindingFacets } from '#lib/findings/types.ts';
import { FACET_WORDS, valueWords } from './facets.tsx';
import { cleared, FACET_KEYS, type FacetKey, isNarrowed, withoutFacet, withSearch } from './list-url.ts';

type Props = {
  readonly query: FindingListQuery;
  readonly facets: FindingFacets;
  readonly meId: string;
  readonly onChange: (query: FindingListQuery) => void;
};

/** What the list is narrowed to, each removable. */
export function FilterChips({ query, facets, meId, onChange }: Props) {
  if (!isNarrowed(query)) return null;
  return (
    <>
      {query.q && (
        <RemovableChip label={`search ${query.q}`} onRemove={() => onChange(withSearch(query, ''))}>
          <span className="max-w-60 truncate">
            contains “<EvidenceText text={query.q} />”
          </span>
        </RemovableChip>
      )}
      {FACET_KEYS.map((key) => {
        const values: readonly string[] = query[key] ?? [];
        if (values.length === 0) return null;
        const words = values.map((value) => chosenWords(key, value, facets, meId)).join(', ');
        const name = FACET_WORDS[key].toLowerCase();
        return (
          <RemovableChip
            key={key}
            label={`${name}: ${words}`}
            onRemove={() => onChange(withoutFacet(query, key))}
          >
            <span className="max-w-72 truncate">
              {name}: <EvidenceText text={words} />
            </span>
          </RemovableChip>
        );
      })}
      <Button variant="quiet" onClick={() => onChange(cleared(query))}>
        Clear all
      </Button>
    </>
  );
}

function chosenWords(key: FacetKey, value: string, facets: FindingFacets, meId: string): string {
  const known =
    key in facets ? facets[key as keyof FindingFacets].find((facet) => facet.value === value) : undefined;
  return valueWords(key, known ?? { value, label: value }, meId);
}
