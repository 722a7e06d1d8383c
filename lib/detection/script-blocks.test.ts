import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRecord } from '#lib/events/testing.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { earliestParts, isScriptBlockPart, joinScriptBlocks } from './script-blocks.ts';

type Part = { text?: string; number?: string; total?: string; block?: string; computer?: string };

const part = ({ text = '', number = '1', total = '3', block = 'id', computer = 'h' }: Part): EvidenceRecord =>
  makeRecord({ eventId: 4104, computer, systemTime: '2024-03-05T09:00:00Z' }, [
    ['MessageNumber', number],
    ['MessageTotal', total],
    ['ScriptBlockText', text],
    ['ScriptBlockId', block],
  ]);
const blocks = (...parts: Part[]) =>
  joinScriptBlocks(parts.map(part)).map(({ record, parts: indexes, missing }) => ({
    text: record.data.find(([name]) => name === 'ScriptBlockText')?.[1],
    parts: indexes,
    missing,
  }));
/** Those of several parts. */
const joined = (...parts: Part[]) =>
  blocks(...parts)
    .filter((block) => block.parts.length > 1)
    .map(({ text, parts: indexes }) => ({ text, parts: indexes }));
const [one, two, three] = [
  { number: '1', text: 'a' },
  { number: '2', text: 'b' },
  { number: '3', text: 'c' },
];

describe('the parts of a script block', () => {
  it('are joined in the order of their numbers, whatever order they came in', () => {
    expect(joined(three, one, two)).toEqual([{ text: 'abc', parts: [0, 1, 2] }]);
  });

  it('keep the values of the first part', () => {
    const [block] = joinScriptBlocks([part(two), part({ ...one, computer: 'H' })]);
    expect(block?.record.system.computer).toBe('H');
    expect(block?.record.data.find(([name]) => name === 'MessageNumber')?.[1]).toBe('1');
  });

  it('count once when seen twice', () => {
    expect(joined(one, two, one, three)).toEqual([{ text: 'abc', parts: [0, 1, 3] }]);
  });

  it('are joined before and after a part that is missing, never across it', () => {
    const of = (number: number): Part => ({ number: String(number), total: '5', text: String(number) });
    expect(joined(of(1), of(2), of(4), of(5))).toEqual([
      { text: '12', parts: [0, 1] },
      { text: '45', parts: [2, 3] },
    ]);
    expect(joined(one, three)).toEqual([]);
    expect(joined(two)).toEqual([]);
  });

  it('of another computer, block or total are another block; case of names does not matter', () => {
    expect(joined(one, { ...two, computer: 'other' })).toEqual([]);
    expect(joined(one, { ...two, block: 'other' })).toEqual([]);
    expect(joined(one, { ...two, total: '2' })).toEqual([]);
    expect(joined(one, { ...two, computer: 'H', block: 'ID' })).toHaveLength(1);
  });

  it('have numbers from 1 to their total', () => {
    for (const number of ['0', '4', '-1', '1.5', '', ' 2', '0x2', '9'.repeat(400)]) {
      expect(joined(one, { ...two, number })).toEqual([]);
    }
  });
});

describe('an incomplete script block', () => {
  const of = (number: number, total = '9'): Part => ({ number: String(number), total, text: String(number) });
  const missing = (...parts: Part[]) => blocks(...parts).map((block) => [block.text, block.missing]);

  it('says which parts are missing, of each run the same', () => {
    expect(missing(of(1), of(2), of(4), of(8))).toEqual([
      ['12', '3, 5-7, 9 of 9'],
      ['4', '3, 5-7, 9 of 9'],
      ['8', '3, 5-7, 9 of 9'],
    ]);
    expect(missing(of(5))).toEqual([['5', '1-4, 6-9 of 9']]);
    expect(missing(of(2, '2'), of(1, '2'))).toEqual([['12', null]]);
  });

  it('says it in a bounded text, whatever it claims', () => {
    expect(missing(of(1, '999999999'))).toEqual([['1', '2-999999999 of 999999999']]);
    const odd = Array.from({ length: 200 }, (_, index) => of(2 * index + 1, '400'));
    expect(missing(...odd)[0]?.[1]).toMatch(/^2, 4, .+, 40, … of 400$/);
  });
});

describe('what waits to be joined', () => {
  const parts = Array.from({ length: 6 }, (_, index) => ({
    index,
    record: part({ text: 'x'.repeat(1_000 * index) }),
  }));
  const kept = (some: typeof parts, max: number) => earliestParts(some, max).map(({ index }) => index);

  it('is the earliest parts that fit the limit', () => {
    expect(kept(parts, 6_000)).toEqual([0, 1, 2]);
    expect(kept(parts, 1_000_000)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(kept(parts, 0)).toEqual([]);
  });

  it('is the same however the evidence is divided', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 0, max: 25_000 }),
        (isFirst, max) => {
          const halves = [true, false].flatMap((half) =>
            earliestParts(
              parts.filter((_, index) => isFirst[index] === half),
              max,
            ),
          );
          const again = halves.toSorted((a, b) => a.index - b.index);
          expect(kept(again, max)).toEqual(kept(parts, max));
        },
      ),
    );
  });
});

describe('a script block event is a part', () => {
  it('when there are several, and it says of what', () => {
    expect(isScriptBlockPart(part({}))).toBe(true);
    for (const total of ['1', '0', '', 'many', 'Infinity'])
      expect(isScriptBlockPart(part({ total }))).toBe(false);
    const noId = makeRecord({ eventId: 4104 }, [['MessageTotal', '2']]);
    expect(isScriptBlockPart(noId)).toBe(false);
    const other = makeRecord({ eventId: 4103 }, part({}).data);
    expect(isScriptBlockPart(other)).toBe(false);
  });
});
