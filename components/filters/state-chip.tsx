import { Chip } from '#components/ui/chip.tsx';
import type { FilterState } from '#lib/filters/types.ts';
import { STATE_WORDS } from './words.ts';

const LOOKS: Readonly<Record<FilterState, readonly [glyph: string, className: string]>> = {
  'in-force': ['●', 'text-good'],
  proposed: ['◑', 'border-medium text-medium'],
  expired: ['○', 'text-text-2'],
  'snooze-over': ['○', 'text-text-2'],
  rejected: ['○', 'text-text-3'],
  removed: ['○', 'text-text-3'],
};

export function StateChip({ state }: { readonly state: FilterState }) {
  const [glyph, className] = LOOKS[state];
  return (
    <Chip className={className}>
      <span aria-hidden>{glyph}</span> {STATE_WORDS[state]}
    </Chip>
  );
}
