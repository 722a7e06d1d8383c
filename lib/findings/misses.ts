import type { DetectionRule } from '#lib/detection/rule.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { UnmatchedDetection } from './types.ts';

const SHOWN_MAX = 20;
const VALUE_MAX = 300;

/**
 * Which other detections looked at the events of a finding and did not match: for each one the first term that the first
 * event which it could judge does not satisfy.
 */
export function unmatchedDetections(
  rules: readonly DetectionRule[],
  detectionId: string,
  records: readonly EvidenceRecord[],
): readonly UnmatchedDetection[] {
  const events = records.map(eventFromRecord);
  return rules
    .filter((rule) => rule.id !== detectionId)
    .flatMap((rule): UnmatchedDetection[] => {
      const relevant = events.filter((event) => rule.relevant.select(event));
      if (relevant.some((event) => rule.search.select(event))) return [];
      const [event] = relevant;
      const reason = event === undefined ? null : rule.search.whyNot(event);
      if (reason === null) return [];
      const { term, field, value } = reason;
      const isLong = value !== null && value.length > VALUE_MAX;
      return [
        {
          detectionId: rule.id,
          detectionName: rule.name,
          term,
          field,
          value: isLong ? `${value.slice(0, VALUE_MAX)}…` : value,
        },
      ];
    })
    .slice(0, SHOWN_MAX);
}
