import { describe, expect, it } from 'vitest';
import { findingSeverity, sumSeverity, worst } from './severity.ts';

describe('severity', () => {
  it.each([
    [0, 'low'],
    [25, 'low'],
    [29.9, 'low'],
    [30, 'medium'],
    [40, 'medium'],
    [59.9, 'medium'],
    [60, 'high'],
    [100, 'high'],
  ] as const)('a finding of risk %d is %s', (score, severity) => {
    expect(findingSeverity(score)).toBe(severity);
  });

  it.each([
    [0, 'info'],
    [100, 'low'],
    [100.5, 'medium'],
    [145, 'medium'],
    [249, 'medium'],
    [250, 'high'],
    [499, 'high'],
    [500, 'critical'],
  ] as const)('a sum of %d over 24 h is %s (Splunk bands)', (sum, severity) => {
    expect(sumSeverity(sum)).toBe(severity);
  });

  it('takes the worse of two', () => {
    expect(worst('medium', 'critical')).toBe('critical');
    expect(worst('high', 'low')).toBe('high');
  });
});
