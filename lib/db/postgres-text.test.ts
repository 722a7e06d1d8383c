import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromPostgres, jsonFromPostgres, jsonToPostgres, toPostgres } from '#lib/db/postgres-text.ts';

/** Any UTF-16 code units, with those that need care made frequent. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(0, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xf8fe, 0x30, 0x61),
      fc.integer({ min: 0, max: 0xffff }),
    ),
  )
  .map((units) => String.fromCharCode(...units));

describe('text at the Postgres border', () => {
  it('comes back as it was, whatever its code units', () => {
    fc.assert(fc.property(hostileText, (text) => fromPostgres(toPostgres(text)) === text));
  });

  it('is always storable: no NUL, no lone surrogate', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const stored = toPostgres(text);
        return !stored.includes('\0') && stored.isWellFormed();
      }),
    );
  });

  it('stays different when it was different', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (a, b) => (toPostgres(a) === toPostgres(b)) === (a === b)),
    );
  });

  it('leaves ordinary text alone', () => {
    expect(toPostgres('Register-ScheduledJob 😀 \u202e')).toBe('Register-ScheduledJob 😀 \u202e');
  });

  it('tells a NUL from the text that an escaped NUL looks like', () => {
    expect(toPostgres('\0')).toBe('\uf8fe0000');
    expect(fromPostgres(toPostgres('\uf8fe0000'))).toBe('\uf8fe0000');
  });
});

describe('JSON at the Postgres border', () => {
  it('comes back as it was, keys too', () => {
    const json = fc.jsonValue({ stringUnit: 'binary' });
    fc.assert(
      fc.property(json, hostileText, (value, text) => {
        const whole = { [text]: [text, value] };
        const stored = jsonToPostgres(JSON.parse(JSON.stringify(whole)));
        expect(JSON.stringify(stored)).not.toContain('\\u0000');
        expect(jsonFromPostgres(stored)).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
    );
  });

  it('keeps a key called __proto__ as data', () => {
    const value = JSON.parse('{"__proto__": "a\\u0000"}');
    expect(Object.entries(jsonToPostgres(value) as object)).toEqual([['__proto__', 'a\uf8fe0000']]);
  });
});
