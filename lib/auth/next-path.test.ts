import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextPath, signInAddress } from './next-path.ts';

describe('nextPath', () => {
  it('leads back to the page that was asked for', () => {
    const address = new URL(signInAddress('/findings?mode=strict&q=a%26b'), 'http://localhost');
    expect(nextPath(address.searchParams.get('next'))).toBe('/findings?mode=strict&q=a%26b');
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    '',
    null,
  ])('never leads to another site: %j', (given) => expect(nextPath(given)).toBe('/overview'));

  it('stays on this site for any text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('/', '\\', '.', '@', ':', '\t', 'a') }),
    );
    fc.assert(
      fc.property(
        text,
        (given) => new URL(nextPath(given), 'http://here.example').origin === 'http://here.example',
      ),
    );
  });
});
