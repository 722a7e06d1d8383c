import { expect, it } from 'vitest';
import { loadContent } from '#lib/content/load.ts';
import { compileKnowledge } from './rules.ts';
import { explanationJson, resultJson } from './scan-output.ts';
import { EVIDENCE, filesIn, scanFiles } from './testing.ts';

const FILES = filesIn(EVIDENCE).filter(({ name }) => name.endsWith('.evtx'));

/** As `scan --format jsonl --explain` prints the findings over the evidence of this repository. */
async function linesOf(
  variant: string,
  options: { readonly lenient: boolean; readonly extended: boolean },
  files = FILES,
): Promise<string> {
  const { rules } = compileKnowledge(loadContent(), variant);
  const report = await scanFiles(files, rules, options);
  return report.results
    .map((result) => JSON.stringify({ ...resultJson(result, report.sightings), ...explanationJson(result) }))
    .map((line) => `${line}\n`)
    .join('');
}

const MODES = [
  ['2023', 'strict', { lenient: false, extended: false }],
  ['2023', 'extended', { lenient: false, extended: true }],
  ['2026', 'strict', { lenient: false, extended: false }],
  ['2026', 'lenient-extended', { lenient: true, extended: true }],
] as const;

it.each(MODES)(
  'variant %s, %s: the findings are those kept here, in this order',
  async (variant, name, options) => {
    await expect(await linesOf(variant, options)).toMatchFileSnapshot(`golden/${variant}-${name}.jsonl`);
  },
);

it('gives the same lines from run to run and for files in another order, sightings aside', async () => {
  const withoutEvents = (lines: string): string[] =>
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.stringify({ ...JSON.parse(line), events: [] }));
  const options = { lenient: true, extended: true };
  const once = await linesOf('2023', options);
  expect(await linesOf('2023', options)).toBe(once);
  expect(withoutEvents(await linesOf('2023', options, FILES.toReversed()))).toEqual(withoutEvents(once));
});
