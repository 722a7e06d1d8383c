import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, FIRST_CHARACTERS, restoreText, shownMatch, shownText } from './text-part.ts';

const XML = { kind: 'xml', eventId: 'e' } as const;
/** Any UTF-16, lone surrogates and NUL among it. */
const utf16 = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd800, max: 0xdfff })), {
    maxLength: 60,
  })
  .map((codes) => String.fromCharCode(...codes));

describe('parts of a long text', () => {
  it('joined again are the text, to the last lone surrogate, and each can travel as UTF-8', () => {
    fc.assert(
      fc.property(utf16, fc.integer({ min: 1, max: 9 }), (text, size) => {
        let joined = '';
        while (joined.length < text.length) {
          const part = cutText(text, joined.length, size);
          expect(part.from).toBe(joined.length);
          expect(part.length).toBe(text.length);
          expect(part.text.isWellFormed()).toBe(true);
          joined += restoreText(part);
        }
        expect(joined).toBe(text);
      }),
    );
  });

  it('never tear a character in two', () => {
    expect(cutText('a😀b', 0, 2).text).toBe('a😀');
    expect(cutText('a😀b', 2, 2).text).toBe('😀b');
  });

  it('carry the marks that lie in them, moved to their own beginning', () => {
    const text = `${'x'.repeat(30)}needle${'x'.repeat(30)}`;
    expect(cutText(text, 28, 20, [[30, 36]]).ranges).toEqual([[2, 8]]);
    expect(cutText(text, 33, 20, [[30, 36]]).ranges).toEqual([[0, 3]]);
    expect(cutText(text, 40, 20, [[30, 36]]).ranges).toEqual([]);
  });
});

describe('what is shown first', () => {
  it('is a short text as it is, and of a text of 3 MB only the beginning', () => {
    expect(shownText('cmd.exe', XML)).toBe('cmd.exe');
    const long = shownText('x'.repeat(3_000_000), XML);
    expect(typeof long === 'string' ? long.length : long.part.text.length).toBe(FIRST_CHARACTERS);
  });

  it('holds the match, even when that stands at the end of 3 MB', () => {
    const text = `${'x'.repeat(3_000_000)}win32_scheduledjob`;
    const { part } = shownMatch(text, [[3_000_000, 3_000_018]], { kind: 'why', index: 0 });
    expect(part.ranges.map(([start, end]) => part.text.slice(start, end))).toEqual(['win32_scheduledjob']);
    expect(part.text.length).toBeLessThanOrEqual(FIRST_CHARACTERS);
  });
});
