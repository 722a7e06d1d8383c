/** Severity comes from this one table; never by colour alone, see components/severity. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Scores from which a band begins, highest first. Finding: one score of 0 to 100. */
const FINDING_BANDS: readonly (readonly [number, Severity])[] = [
  [60, 'high'],
  [30, 'medium'],
  [0, 'low'],
];

/**
 * Host or incident: a sum over 24 h. Splunk ES, "Risk Threshold Exceeded For Object Over 24 Hour Period": over 100
 * medium, from 250 high, from 500 critical.
 */
export const RISK_THRESHOLD = 100;

export function findingSeverity(score: number): Severity {
  return FINDING_BANDS.find(([from]) => score >= from)?.[1] ?? 'info';
}

export function sumSeverity(sum: number): Severity {
  if (sum >= 500) return 'critical';
  if (sum >= 250) return 'high';
  if (sum > RISK_THRESHOLD) return 'medium';
  return sum > 0 ? 'low' : 'info';
}

export function worst(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}
