import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffWords, type Range } from './diff.ts';

const cut = (text: string, ranges: readonly Range[]) => ranges.map(([from, to]) => text.slice(from, to));
const without = (text: string, ranges: readonly Range[]) => {
  const kept = ranges.toReversed().reduce((rest, [from, to]) => rest.slice(0, from) + rest.slice(to), text);
  return kept.replace(/\s+/g, '');
};

describe('diffWords', () => {
  it('marks what one variant has and the other has not', () => {
    const left = '| stats count by EventCode ScriptBlockText Computer';
    const right = '| fillnull\n| stats count by dest ScriptBlockText';
    const diff = diffWords(left, right);
    expect(cut(left, diff.left)).toEqual(['EventCode', 'Computer']);
    expect(cut(right, diff.right)).toEqual(['fillnull\n|', 'dest']);
  });

  it('marks nothing where only white space differs', () => {
    expect(diffWords('a=1 | b', 'a=1\n  | b')).toEqual({ left: [], right: [] });
  });

  it('leaves the same text on both sides, whatever they hold', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'EventCode', '|', '=', ' ', '\n', '"*x*"'))
      .map((all) => all.join(' '));
    fc.assert(
      fc.property(text, text, (left, right) => {
        const diff = diffWords(left, right);
        expect(without(left, diff.left)).toBe(without(right, diff.right));
      }),
    );
  });
});
