import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NotObjects, ObjectCutter } from './object-cutter.ts';

/** The bytes in chunks that end at the given places. */
function chunksOf(bytes: Buffer, ends: readonly number[]): Buffer[] {
  const sorted = [0, ...ends.map((end) => end % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

const ends = fc.array(fc.nat(), { maxLength: 10 });

it('gives the objects as they were sent, wherever the chunks end', () => {
  const object = fc
    .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 }))
    .map((value) => JSON.stringify(value));
  const blanks = fc.constantFrom('', ' ', '\r\n\t');
  fc.assert(
    fc.property(fc.array(fc.tuple(object, blanks)), ends, (parts, places) => {
      const cutter = new ObjectCutter();
      const chunks = chunksOf(Buffer.from(parts.flat().join('')), places);
      const got = chunks.flatMap((chunk) => [...cutter.push(chunk)].map(String));
      expect(got).toEqual(parts.map(([text]) => text));
      expect(cutter.heldBytes).toBe(0);
    }),
  );
});

it('holds or refuses what is no object, and loses no byte of what it gives', () => {
  const hostile = fc
    .array(fc.constantFrom(...'{}[]"\\, a'), { maxLength: 60 })
    .map((units) => units.join(''));
  fc.assert(
    fc.property(hostile, ends, (text, places) => {
      const cutter = new ObjectCutter();
      const got: string[] = [];
      try {
        for (const chunk of chunksOf(Buffer.from(text), places)) {
          for (const object of cutter.push(chunk)) got.push(String(object));
        }
      } catch (error) {
        expect(error).toBeInstanceOf(NotObjects);
      }
      const compact = text.trimStart();
      expect(got.length === 0 || compact.startsWith(got[0] ?? '')).toBe(true);
      expect(got.every((object) => /^\{.*[}\]]$/.test(object))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
