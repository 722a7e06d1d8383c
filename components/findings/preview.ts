import type { FindingDetail } from '#lib/findings/types.ts';
import { coversAll } from './finding-view.ts';
import type { FindingPreview } from './inputs.ts';
import { cutText } from './text-part.ts';

const TEXT_SHOWN = 1_500;
const BEFORE_MATCH = 200;
const WHY_SHOWN = 3;

/** The little of a finding that fits beside the list. */
export function toPreview(finding: FindingDetail): FindingPreview {
  return {
    number: finding.number,
    mode: finding.mode,
    state: finding.state,
    reason: finding.reason,
    why: telling(finding.why).map(({ field, term, value, ranges }) => {
      const [first] = ranges[0] ?? [0, 0];
      const from = first > TEXT_SHOWN - BEFORE_MATCH ? first - BEFORE_MATCH : 0;
      const part = cutText(value, from, TEXT_SHOWN, ranges);
      return { field, term, text: part.text, ranges: part.ranges };
    }),
    checkNext: finding.checkNext,
    noteTotal: finding.notes.length,
  };
}

/** Matches in a longer text say more than an event id; without any, the first ones. */
function telling(why: FindingDetail['why']): FindingDetail['why'] {
  const inText = why.filter(({ value, ranges }) => !coversAll(value, ranges));
  return (inText.length > 0 ? inText : why).slice(0, WHY_SHOWN);
}
