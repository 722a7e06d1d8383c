export type Range = readonly [from: number, to: number];

type Token = { readonly text: string; readonly from: number };

/** Longer texts are shown without marks: comparing takes time and memory of the square of their length. */
const TOKENS_MAX = 2_000;

/** What stands in one text and not in the other, word by word; white space makes no difference. Ascending ranges of each. */
export function diffWords(left: string, right: string): { readonly left: Range[]; readonly right: Range[] } {
  const a = tokensOf(left);
  const b = tokensOf(right);
  if (a.length > TOKENS_MAX || b.length > TOKENS_MAX) return { left: [], right: [] };
  const { ofA, ofB } = commonTokens(a, b);
  return { left: rangesWithout(a, ofA), right: rangesWithout(b, ofB) };
}

/** Fields with their object and words stay whole; all else is a token by itself. */
function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(/[\w.]+|[^\s\w]/g)].map((match) => ({ text: match[0], from: match.index }));
}

/** Indexes of a longest common subsequence. */
function commonTokens(
  a: readonly Token[],
  b: readonly Token[],
): { readonly ofA: ReadonlySet<number>; readonly ofB: ReadonlySet<number> } {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        a[i]?.text === b[j]?.text ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const ofA = new Set<number>();
  const ofB = new Set<number>();
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i]?.text === b[j]?.text) {
      ofA.add(i++);
      ofB.add(j++);
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return { ofA, ofB };
}

/** Neighbours become one range. */
function rangesWithout(tokens: readonly Token[], common: ReadonlySet<number>): Range[] {
  const ranges: [number, number][] = [];
  let isOpen = false;
  tokens.forEach(({ text, from }, index) => {
    const to = from + text.length;
    const last = ranges.at(-1);
    if (common.has(index)) isOpen = false;
    else if (isOpen && last) last[1] = to;
    else {
      ranges.push([from, to]);
      isOpen = true;
    }
  });
  return ranges;
}
