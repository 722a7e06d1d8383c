import { describe, expect, it } from 'vitest';
import { isoOfWallClock, wallClockOf } from './wall-clock.ts';

describe('moments in a zone', () => {
  it('are written as clocks there show them', () => {
    expect(wallClockOf('2026-07-01T10:30:00Z', 'Europe/Berlin')).toBe('2026-07-01T12:30');
    expect(wallClockOf('2026-01-01T10:30:00Z', 'Asia/Kolkata')).toBe('2026-01-01T16:00');
  });

  it.each([
    ['UTC', '2026-03-05T09:14', '2026-03-05T09:14:00.000Z'],
    ['Europe/Berlin', '2026-03-29T03:30', '2026-03-29T01:30:00.000Z'],
    ['Europe/Berlin', '2026-03-29T01:30', '2026-03-29T00:30:00.000Z'],
    ['America/New_York', '2026-11-01T00:30', '2026-11-01T04:30:00.000Z'],
    ['Asia/Kolkata', '2026-01-01T16:00', '2026-01-01T10:30:00.000Z'],
  ])('are read in %s: %s', (zone, text, iso) => {
    expect(isoOfWallClock(text, zone)).toBe(iso);
    expect(wallClockOf(iso, zone)).toBe(text);
  });

  it('are none when nothing is written', () => {
    expect(isoOfWallClock('', 'UTC')).toBeNull();
    expect(isoOfWallClock('soon', 'UTC')).toBeNull();
  });
});
