import { formatBytes, plural } from '#components/evidence/format.ts';
import type { DetectionDetail, DetectionVariantItem } from '#lib/catalogue/types.ts';

/** What each change of a detection does, in sentences that stand in the question before it. */

export function disablingConsequences({ findingCount }: Pick<DetectionDetail, 'findingCount'>): string[] {
  return [
    findingCount === 0
      ? 'It has no findings now, and makes none while it is disabled.'
      : `Its ${plural(findingCount, 'finding')} leave lists, hosts and risk at once.`,
    'Their status, owner, notes and history are kept; when it is enabled again they come back as they were.',
  ];
}

export function enablingConsequences(
  detail: Pick<DetectionDetail, 'relevantCount' | 'selectedMax'>,
  variant: DetectionVariantItem,
): string[] {
  const { relevantCount, selectedMax } = detail;
  const isLarge = relevantCount > selectedMax;
  return [
    readingWords(variant),
    'Its findings from before come back as they were.',
    ...(isLarge
      ? [
          `Its search looks at ${plural(relevantCount, 'stored event')} and may select at most ${selectedMax.toLocaleString('en')}. If it selects more, it is switched off again and says so.`,
        ]
      : []),
  ];
}

export function switchingConsequences(
  detail: Pick<DetectionDetail, 'findingCount' | 'variant'>,
  variant: DetectionVariantItem,
): string[] {
  return [
    readingWords(variant),
    detail.findingCount === 0 || detail.variant === null
      ? 'There are no findings that it takes the place of.'
      : `The ${plural(detail.findingCount, 'finding')} of ${detail.variant} become superseded: they leave lists and risk, and stay reachable by their links.`,
    'Status, disposition, owner and notes are carried over to new findings that share an event with an old one.',
    'Switching back undoes this.',
  ];
}

/** What reading again means for somebody who waits for it. */
function readingWords({ unreadFiles, unreadBytes }: DetectionVariantItem): string {
  if (unreadFiles === 0) return 'All stored evidence was read for it already: it counts at once.';
  return `${plural(unreadFiles, 'stored file')} (${formatBytes(unreadBytes)}) must be read again first; until that ends everything stays as it is.`;
}
