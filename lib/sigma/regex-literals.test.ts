import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, it } from 'vitest';
import { requiredTexts } from './regex-literals.ts';

it.each<[string, readonly string[]]>([
  ['cmd.{0,5}(?:/c|/r).+clip(?:\\.exe)?.{0,4}&&', ['cmd', 'clip', '&&']],
  ['(?i)invoke-\\w+\\s+-Command', ['invoke-', '-Command']],
  ['colou?r', ['colo', 'r']],
  ['ab*c', ['a', 'c']],
  ['ab+c', ['ab', 'c']],
  ['ab{0,2}c', ['a', 'c']],
  ['ab{2}c', ['ab', 'c']],
  ['a|b', []],
  ['(a|b)c', ['c']],
  ['(unclosed', []],
  ['[)(]x[]y]z', ['x', 'z']],
  ['[^]a]b', ['b']],
  ['[[:alpha:]]x', ['x']],
  ['\\.exe\\\\$', ['.exe\\']],
  ['\\x41b', []],
  ['(?x)a b', []],
  ['\\Qa|b\\E', []],
])('%s needs %j', (regex, texts) => {
  expect(requiredTexts(regex)).toEqual(texts);
});

it('the texts stand, in order, wherever a random regular expression occurs', () => {
  const piece = fc.constantFrom(
    ...[
      'a',
      'b',
      'ab',
      '.',
      '|',
      '(',
      ')',
      '(?:',
      '(?i)',
      '[',
      ']',
      '[^',
      '[[:alpha:]]',
      '^',
      '$',
      '\\',
      '*',
      '+',
      '?',
      '+?',
      '{2}',
      '{0,1}',
      '{1,}',
      '\\s',
      '\\.',
      '\\b',
      '{',
      '}',
      '-',
      ':',
    ],
  );
  let found = 0;
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join('')),
      fc.array(fc.string({ unit: fc.constantFrom(...'aabbAB .\\|()[]{}:-'), maxLength: 10 }), {
        minLength: 4,
        maxLength: 8,
      }),
      (regex, values) => {
        let compiled: RE2JS;
        try {
          compiled = RE2JS.compile(regex);
        } catch {
          return;
        }
        for (const value of values.filter((one) => compiled.matcher(one).find())) {
          found += 1;
          let position = 0;
          for (const text of requiredTexts(regex)) {
            const at = value.toLowerCase().indexOf(text.toLowerCase(), position);
            expect([regex, value, text, at >= position]).toEqual([regex, value, text, true]);
            position = at + text.length;
          }
        }
      },
    ),
    { numRuns: 10_000 },
  );
  expect(found).toBeGreaterThan(500);
});
