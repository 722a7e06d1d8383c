/** Tests of what a function gives, as tests of its argument. */
import type { Shape, ValueTest } from './shape.ts';

/** The function changes the text before it is tested: its test is the run's. */
export function looser(test: ValueTest, name: string): ValueTest {
  if (name === 'lower') return { ...test, matches: (text) => test.matches(text.toLowerCase()) };
  if (name === 'upper') return { ...test, matches: (text) => test.matches(text.toUpperCase()) };
  return test;
}

export function partCountTest(test: ValueTest, separator: string): ValueTest {
  const matches = (text: string): boolean => test.matches(String(text.split(separator).length));
  const shapes: Shape[] = [['', '']];
  for (let count = 1; count <= 20; count++)
    shapes.push([Array.from({ length: count }, () => 'x').join(separator)]);
  return { shapes, matches };
}

export function partTest(test: ValueTest, separator: string, index: number): ValueTest {
  const matches = (text: string): boolean => test.matches(text.split(separator).at(index) ?? '');
  const padding = `x${separator}`.repeat(index < 0 ? 0 : index);
  const shapes = test.shapes.flatMap((shape): Shape[] => {
    const start = shape.slice(0, -1);
    const end = shape.at(-1) ?? '';
    const padded = (parts: readonly string[]): Shape => [padding + (parts[0] ?? ''), ...parts.slice(1)];
    if (index < 0) return [['', separator + (shape[0] ?? ''), ...shape.slice(1)]];
    return [padded([...start, end + separator, '']), padded(shape)];
  });
  return { shapes, matches };
}

export function lengthTest(test: ValueTest): ValueTest {
  const lengths = test.shapes.flatMap((shape) => (shape.length === 1 ? [Number(shape[0])] : []));
  const shapes = lengths
    .filter((length) => length >= 0 && length < 10_000)
    .map((length): Shape => ['', 'a'.repeat(length), '']);
  return { shapes: [['', ''], ...shapes], matches: (text) => test.matches(String(text.length)) };
}

/** As substr(): from 1, or from the end. */
export function substringTest(test: ValueTest, start: string | null, length: string | null): ValueTest {
  const from = Number(start ?? 1);
  const cut = (text: string): string => {
    const rest = from < 0 ? text.slice(from) : text.slice(Math.max(0, from - 1));
    return length === null ? rest : rest.slice(0, Number(length));
  };
  const padding = 'x'.repeat(Math.min(1_000, Math.max(0, from - 1)));
  const shapes = test.shapes.map((shape): Shape => {
    if (from < 0) return ['', ...shape.slice(shape.length === 1 ? 0 : 1)];
    return [padding + (shape[0] ?? ''), ...shape.slice(1), ...(length === null ? [] : [''])];
  });
  return { shapes, matches: (text) => test.matches(cut(text)) };
}
