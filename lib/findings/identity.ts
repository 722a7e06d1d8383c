import { createHash } from 'node:crypto';
import type { ResultMode } from '#lib/detection/rule.ts';
import type { FieldValue } from '#lib/events/event.ts';

/**
 * Finding id: SHA-256 over canonical JSON of investigation, detection, variant, mode and the ordered by-fields and values
 * (DESIGN, "Identity and time"). An array has one JSON form, so no sorting of keys is needed.
 */
export function findingIdentity(finding: {
  readonly investigationId: string;
  readonly detectionId: string;
  readonly variant: string;
  readonly mode: ResultMode;
  readonly key: readonly (readonly [string, FieldValue])[];
}): string {
  const canonical = JSON.stringify([
    finding.investigationId,
    finding.detectionId,
    finding.variant,
    finding.mode,
    finding.key,
  ]);
  return createHash('sha256').update(canonical).digest('hex');
}
