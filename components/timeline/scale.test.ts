import { describe, expect, it } from 'vitest';
import { axisLabel, axisTicks, msToTicks, ticksToMs } from './scale.ts';

describe('time scale', () => {
  it('keeps fractions of a millisecond', () => {
    expect(ticksToMs('17096300421254367')).toBeCloseTo(1_709_630_042_125.437, 2);
    expect(msToTicks(1_709_630_042_125)).toBe('17096300421250000');
  });

  it.each([10, 90_000, 3_600_000, 86_400_000, 40_000_000_000])(
    'has a few round ticks over %d ms',
    (range) => {
      const { ticks, stepMs } = axisTicks(1_709_630_042_125, 1_709_630_042_125 + range, 8);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(9);
      expect(ticks.every((tick) => tick % stepMs === 0)).toBe(true);
    },
  );

  it('labels in the zone of the user', () => {
    expect(axisLabel(Date.UTC(2024, 2, 5, 9, 10), 600_000, 'UTC')).toBe('03-05 09:10');
    expect(axisLabel(Date.UTC(2024, 2, 5, 9, 10), 600_000, 'Europe/Berlin')).toBe('03-05 10:10');
    expect(axisLabel(Date.UTC(2024, 2, 5, 23, 10), 86_400_000, 'Asia/Tokyo')).toBe('2024-03-06');
  });
});
