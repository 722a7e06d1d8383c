import type { FindingMode, FindingState } from '#lib/findings/types.ts';
import { findingMark } from './words.ts';

/** Says that a finding is not an ordinary one: lenient, extended, superseded, evidence deleted. */
export function FindingMark({ mode, state }: { readonly mode: FindingMode; readonly state: FindingState }) {
  const mark = findingMark(mode, state);
  if (!mark) return null;
  return (
    <span
      title={mark.hint}
      className="shrink-0 whitespace-nowrap rounded bg-info-soft px-1.5 font-medium text-[12px] text-info"
    >
      {mark.word}
    </span>
  );
}
