import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IsoTimeBytes } from './iso-time-bytes.ts';
import { parseIsoTime } from './time.ts';

const WRITTEN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

it('times in bytes are those of the text where they are written as Windows writes them, else null', () => {
  const date = fc.constantFrom(
    '2024-03-05',
    '2024-02-29',
    '2023-02-29',
    '0000-01-01',
    '9999-12-31',
    '24-3-5',
  );
  const time = fc.constantFrom('T09:14:02', 'T09:14:59', 'T23:59:60', 'T24:00:00', 'T09:15:1:', ' 09:14:02');
  const fraction = fc.oneof(
    fc.constantFrom('', '.', '.1', '.1254367', '.125436789', '.1234567890', '.12x', ',5'),
    fc.stringMatching(/^\.\d{1,9}$/),
  );
  const zone = fc.constantFrom('Z', 'Z', 'Z', '', 'z', '+01:00');
  const text = fc.tuple(date, time, fraction, zone).map((parts) => parts.join(''));
  const change = fc.record({ at: fc.nat({ max: 30 }), by: fc.constantFrom(...'0:.-TZ/é') });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.option(change)), { minLength: 1, maxLength: 6 }), (written) => {
      const times = new IsoTimeBytes();
      for (const [given, changed] of written) {
        const one = changed ? given.slice(0, changed.at) + changed.by + given.slice(changed.at + 1) : given;
        const bytes = Buffer.from(`"${one}"`, 'latin1');
        expect(times.ticks(bytes, 1, bytes.length - 1)).toBe(WRITTEN.test(one) ? parseIsoTime(one) : null);
      }
    }),
    { numRuns: 3000 },
  );
});
