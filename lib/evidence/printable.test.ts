import { expect, it } from 'vitest';
import { printableText } from './printable.ts';

it('shows ANSI escapes, line breaks, right-to-left marks, NUL and lone surrogates as text', () => {
  expect(printableText('a\u001b[31mb\nc\u202Ed\0e\ud800f')).toBe(
    'a\\u{1b}[31mb\\u{a}c\\u{202e}d\\u{0}e\\u{d800}f',
  );
});

it('leaves printable text of any script alone', () => {
  expect(printableText('Übung 任务 C:\\temp "x"')).toBe('Übung 任务 C:\\temp "x"');
});
