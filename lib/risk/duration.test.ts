import { expect, it } from 'vitest';
import { durationWords } from './duration.ts';

it.each([
  [0, 'less than a second'],
  [0.9, 'less than a second'],
  [1, '1 second'],
  [59, '59 seconds'],
  [61, '1 minute 1 second'],
  [600, '10 minutes'],
  [42 * 60 + 13, '42 minutes'],
  [3_600, '1 hour'],
  [3_660, '1 hour 1 minute'],
  [86_399, '23 hours 59 minutes'],
])('%s seconds are %s', (seconds, words) => {
  expect(durationWords(BigInt(Math.round(seconds * 10)) * 1_000_000n)).toBe(words);
});
