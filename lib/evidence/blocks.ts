import type { Block, Problem, ProblemCode } from './record.ts';

/** A hostile file has an error every few bytes; the ones of a block after these are told as one. */
const PROBLEMS_MAX = 1000;

/** Where a block stands: its number, and the bytes from `offset` to `end`. */
export type Extent = { readonly index: number; readonly offset: number; readonly end: number };

/** A block without records. */
export function emptyBlock({ index, offset, end }: Extent, problems: readonly Problem[]): Block {
  return {
    index,
    offset,
    lengthBytes: end - offset,
    records: [],
    recordCount: 0,
    isParsed: true,
    problems,
    census: () => [],
  };
}

/** The problems of a block of text; those beyond the limit become one, of the code. */
export function boundProblems(problems: readonly Problem[], code: ProblemCode): readonly Problem[] {
  const rest = problems.slice(PROBLEMS_MAX);
  const [first] = rest;
  if (!first) return problems;
  const joined: Problem = {
    place: first.place,
    skippedBytes: rest.reduce((sum, problem) => sum + problem.skippedBytes, 0),
    code,
    message: `From here on this part of the text has ${rest.length.toLocaleString('en')} more problems.`,
    isLoss: rest.some((problem) => problem.isLoss),
  };
  return [...problems.slice(0, PROBLEMS_MAX), joined];
}
