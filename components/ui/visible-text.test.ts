import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleParts } from './visible-text.ts';

describe('text from evidence', () => {
  it('shows NUL, ANSI escapes, direction marks and lone surrogates by name', () => {
    expect(visibleParts('a\0b\u001b[31m\u202Ec\ud800d', 'line')).toEqual([
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

  it('keeps line breaks and tabs of a block', () => {
    expect(visibleParts('a\r\n\tb', 'block')).toEqual([{ kind: 'text', text: 'a\n\tb' }]);
  });

  it('tells a name with a line break from one with a blank', () => {
    expect(visibleParts('win10\r\n02', 'line')).toEqual([
      { kind: 'text', text: 'win10' },
      { kind: 'hidden', text: '⏎' },
      { kind: 'text', text: '02' },
    ]);
  });

  it('tells two names apart that differ in a filler', () => {
    expect(visibleParts('win10-02\u3164', 'line')).toEqual([
      { kind: 'text', text: 'win10-02' },
      { kind: 'hidden', text: 'U+3164' },
    ]);
  });

  it('makes no more than some thousand parts of a million hidden characters', () => {
    const parts = visibleParts('a\u200b'.repeat(1_000_000), 'block');
    expect(parts.length).toBeLessThan(5_000);
    expect(parts.at(-1)?.text.endsWith('a[U+200B]')).toBe(true);
  });

  it('leaves no character that cannot be seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visibleParts(text, 'block')
          .map((part) => part.text)
          .join('');
        expect(shown).not.toMatch(
          /[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\0-\x08\x0b-\x1f\x7f-\x9f]/u,
        );
      }),
    );
  });
});
