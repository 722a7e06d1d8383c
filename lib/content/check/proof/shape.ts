/**
 * A text with gaps: the parts between the `*` of a pattern. One part is the whole text; `['', 'a', '']` stands for any
 * text with an a in it.
 */
export type Shape = readonly string[];

/** What a value of a field must pass, and how such values look. */
export type ValueTest = {
  /** Shapes that satisfy it, one is enough; they are tried in this order. */
  readonly shapes: readonly Shape[];
  readonly matches: (text: string) => boolean;
};

const FILLERS = ['', ' ', 'x', '\\', '/', ' x ', '.', '\\x\\', '1', '=', '\n'];
/** Combinations of the shapes of several tests. */
const MAX_COMBINATIONS = 200;

/** One text of all shapes; null when they exclude each other. */
function compose(shapes: readonly Shape[], filler: string): string | null {
  const whole = shapes.find((shape) => shape.length === 1);
  if (whole !== undefined) return whole[0] ?? '';
  const longest = (texts: readonly string[]): string =>
    texts.toSorted((a, b) => b.length - a.length)[0] ?? '';
  const prefix = longest(shapes.map((shape) => shape[0] ?? ''));
  const suffix = longest(shapes.map((shape) => shape.at(-1) ?? ''));
  const middles: string[] = [];
  for (const shape of shapes) {
    const inner = shape.slice(1, -1).filter((part) => part !== '');
    if (!inner.every((part) => middles.includes(part))) middles.push(...inner);
  }
  return [prefix, ...middles, suffix].join(filler);
}

function* combinations(tests: readonly ValueTest[], turn: number): Generator<Shape[]> {
  let count = 1;
  for (const { shapes } of tests) count = Math.min(MAX_COMBINATIONS, count * Math.max(1, shapes.length));
  for (let index = 0; index < count; index++) {
    let rest = index;
    yield tests.flatMap(({ shapes }) => {
      const shape = shapes[(rest + turn) % Math.max(1, shapes.length)];
      rest = Math.floor(rest / Math.max(1, shapes.length));
      return shape === undefined ? [] : [shape];
    });
  }
}

/**
 * A text that passes all of `wanted` and none of `unwanted`.
 * @param fallback where nothing is wanted
 * @param turn 0, 1, 2 …: another text for each as far as the tests allow
 */
export function textFor(
  wanted: readonly ValueTest[],
  unwanted: readonly ValueTest[],
  fallback: string,
  turn: number,
): string | null {
  const passes = (text: string): boolean =>
    wanted.every(({ matches }) => matches(text)) && !unwanted.some(({ matches }) => matches(text));
  const salt = turn === 0 ? '' : `${turn + 10}`;
  if (wanted.length === 0) {
    const texts = [`${fallback}${salt}`, `x${fallback}${salt}`, `${salt}7`, `C:\\x\\${fallback}${salt}.x`];
    return texts.find(passes) ?? null;
  }
  for (const shapes of combinations(wanted, turn)) {
    for (const filler of FILLERS) {
      const text = compose(shapes, salt === '' ? filler : `${filler}${salt}${filler}`);
      if (text !== null && passes(text)) return text;
    }
    const plain = salt === '' ? null : compose(shapes, '');
    if (plain !== null && passes(plain)) return plain;
  }
  return null;
}
