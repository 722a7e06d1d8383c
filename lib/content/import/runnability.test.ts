import { expect, it } from 'vitest';
import { searchEnvironment } from '#lib/content/environment.ts';
import { loadContent } from '#lib/content/load.ts';
import { importEnvironment } from './environment.ts';
import { readPublished } from './read.ts';
import { runnability } from './runnability.ts';

const base = searchEnvironment(loadContent());

function imported(search: string, macros: string) {
  const { detections } = readPublished(`[Sample]\nsearch = ${search}\n`, 'savedsearches.conf');
  return importEnvironment(base, {
    detections,
    macros: readPublished(macros, 'macros.conf').macros,
    lookups: [],
  });
}

it('a search runs with the macros that came along, and with filter macros that nobody wrote', () => {
  const search = 'EventCode=1 `mine(a)` | stats count by dest | `some_other_filter` | `sample_filter`';
  const environment = imported(search, '[mine(1)]\nargs = x\ndefinition = process="*$x$*"\n');
  const result = runnability(search, environment);
  expect(result.status === 'runs' && result.compiled.expandedText).toBe(
    'EventCode=1 process="*a*" | stats count by dest | search * | search *',
  );
});

it('a filter macro that came along wins over the empty one', () => {
  const environment = imported('a=1 | `sample_filter`', '[sample_filter]\ndefinition = search dest!=lab\n');
  const result = runnability('a=1 | `sample_filter`', environment);
  expect(result.status === 'runs' && result.compiled.expandedText).toBe('a=1 | search dest!=lab');
});

it('a search that cannot run says why and where', () => {
  const search = 'EventCode=1 `nobody_knows` | stats count';
  const result = runnability(search, base);
  expect(result.status === 'cannot run' && search.slice(result.from, result.to)).toBe('`nobody_knows`');
  expect(result).toMatchObject({ reason: expect.stringContaining('nobody_knows') });
});
