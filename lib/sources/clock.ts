import type { TestStep } from './types.ts';

/** Beyond this, a pull by ingest time may miss what came in the difference, unless it looks back that far. */
const CLOCK_MS = 60_000;

/** Compares the clock of the source (header Date, RFC 9110 6.6.1) with ours. */
export function clockStep(sourceMs: number | null, ourMs: number): TestStep {
  if (sourceMs === null)
    return { step: 'clock', state: 'skipped', message: 'The source does not tell its time.', remedy: null };
  const seconds = Math.round((sourceMs - ourMs) / 1_000);
  if (Math.abs(seconds) * 1_000 <= CLOCK_MS)
    return {
      step: 'clock',
      state: 'works',
      message: 'Its clock and ours agree within a minute.',
      remedy: null,
    };
  return {
    step: 'clock',
    state: 'warning',
    message: `Its clock is ${Math.abs(seconds)} seconds ${seconds > 0 ? 'ahead of' : 'behind'} ours.`,
    remedy: 'Set both by NTP, or make the look back longer than the difference.',
  };
}
