import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleParts } from './visible-text.ts';

describe('text from evidence', () => {
  it('shows NUL, ANSI escapes, direction marks and lone surrogates by name', () => {
    expect(visibleParts('a\0b\u001b[31m\u202Ec\ud800d')).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'hidden', text: '␀' },
      { kind: 'text', text: 'b' },
      { kind: 'hidden', text: '␛' },
      { kind: 'text', text: '[31m' },
      { kind: 'hidden', text: 'U+202E' },
      { kind: 'text', text: 'c' },
      { kind: 'hidden', text: 'U+D800' },
      { kind: 'text', text: 'd' },
    ]);
  });

  it('keeps line breaks and tabs', () => {
    expect(
      visibleParts('a\r\n\tb')
        .map((part) => part.text)
        .join(''),
    ).toBe('a\n\tb');
  });

  it('leaves no character that cannot be seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visibleParts(text)
          .map((part) => part.text)
          .join('');
        expect(shown).not.toMatch(/[\p{Cf}\p{Cs}\u2028\u2029\0-\x08\x0b-\x1f\x7f-\x9f]/u);
      }),
    );
  });
});
