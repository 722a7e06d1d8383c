import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesRegex } from '#lib/spl/regex.ts';
import { sampleRegex } from './regex-sample.ts';

describe('one of the samples is matched by its expression', () => {
  const patterns = [
    '(?i)cmd\\.exe\\s+\\/Q\\s+\\/c',
    '__\\d{1,10}\\.\\d{1,10}',
    '^[0-9a-fA-F]{32}$',
    '(mimi|sekur)katz(\\.exe)?$',
    '[^\\\\]+\\\\[^\\\\]+$',
    '\\x{202E}',
    'a(?:b|c)+d{2,}e*?[.]',
    '(?<user>\\w+)@(?<host>[\\w.-]+)',
    '\\bnet1?\\b.*\\bview\\b',
    '[[:alnum:]_]+=[[:space:]]',
  ];
  for (const pattern of patterns) {
    it(pattern, () => {
      const samples = [0, 1, 2, 3].map((variant) => (sampleRegex(pattern, variant) ?? []).join(' '));
      expect(samples.filter((sample) => matchesRegex(sample, pattern))).not.toEqual([]);
    });
  }
});

it('groups get the text that is asked for', () => {
  const groups = new Map([['state', 'running']]);
  expect(sampleRegex('^service (?<name>\\w+) is (?<state>\\w+)$', 0, groups)).toEqual([
    'service a is running',
  ]);
});

it('what cannot be sampled is null, never an exception', () => {
  for (const pattern of ['(', 'a)', '[', 'a{9999}{9999}', '(a)\\1', '\\', '('.repeat(500)]) {
    expect(sampleRegex(pattern, 1), pattern).toBeNull();
  }
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ab([{?*+|)\\]}^$.-<>:x1,'), maxLength: 40 }),
      fc.nat(5),
      (pattern, variant) => {
        const shape = sampleRegex(pattern, variant);
        expect(shape === null || shape.length <= 3).toBe(true);
      },
    ),
  );
});
