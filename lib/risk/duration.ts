import { SECOND_TICKS } from '#lib/events/ticks.ts';

const UNITS: readonly (readonly [name: string, seconds: bigint])[] = [
  ['hour', 3_600n],
  ['minute', 60n],
  ['second', 1n],
];

/** A span of time in words, of its largest unit and the next: "42 minutes", "1 hour 5 minutes", "less than a second". */
export function durationWords(ticks: bigint): string {
  let rest = ticks / SECOND_TICKS;
  const first = UNITS.findIndex(([, seconds]) => rest >= seconds);
  if (first < 0) return 'less than a second';
  const parts: string[] = [];
  for (const [name, seconds] of UNITS.slice(first, first + 2)) {
    const count = rest / seconds;
    rest %= seconds;
    // Seconds after minutes are told only of the first minutes.
    if (count > 0n && !(name === 'second' && ticks >= 600n * SECOND_TICKS))
      parts.push(`${count} ${name}${count === 1n ? '' : 's'}`);
  }
  return parts.join(' ');
}
