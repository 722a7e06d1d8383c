import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { compile, event, NOW_MS } from '../testing.ts';
import { secondsToTicks } from '../value.ts';

const value = z.union([z.string(), z.number(), z.array(z.string())]);
const caseSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  fact: z.string(),
  source: z.string(),
  search: z.string(),
  mode: z.enum(['strict', 'lenient']).default('strict'),
  timeZone: z.string().default('UTC'),
  events: z.array(z.record(z.string(), value)),
  rows: z.array(z.record(z.string(), value)),
});
type Case = z.infer<typeof caseSchema>;

const FILES = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.yaml'))
  .sort();
const CASES: readonly (Case & { readonly file: string })[] = FILES.flatMap((file) =>
  z
    .array(caseSchema)
    .parse(parse(readFileSync(path.join(import.meta.dirname, file), 'utf8')))
    .map((one) => ({ ...one, file })),
);

const eventsOf = ({ events }: Case) =>
  // Events without a time keep the order of the file, newest first.
  events.map((fields, index) => {
    const { _time: time, ...rest } = fields;
    const ticks = typeof time === 'string' ? secondsToTicks(time) : BigInt(1_000 - index) * 10_000_000n;
    return event(rest, ticks);
  });

function rowsOf(one: Case, events: ReturnType<typeof eventsOf>): unknown[] {
  const { search, mode, timeZone } = one;
  return compile(search)
    .run(events, { mode, nowMs: NOW_MS, timeZone })
    .map((row) => ({
      ...Object.fromEntries(row.fields),
      ...(row.filled.length > 0 ? { _filled: row.filled } : {}),
    }));
}

describe.each(FILES)('%s', (file) => {
  it.each(
    CASES.filter((one) => one.file === file).map((one) => [one.id, one.source, one.fact, one] as const),
  )('%s (%s): %s', (_id, _source, _fact, one) => {
    const events = eventsOf(one);
    expect(rowsOf(one, events)).toEqual(one.rows);
    // The same events in another order, and selected one by one, give the same rows.
    const selected = events.filter((candidate) => compile(one.search).select(candidate));
    expect(rowsOf(one, selected.reverse())).toEqual(one.rows);
  });
});

it('has no two facts of one name', () => {
  expect(new Set(CASES.map(({ id }) => id)).size).toBe(CASES.length);
});

it('is the table in docs/conformance.md', async () => {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const lines = CASES.map(
    ({ id, fact, source, file }) =>
      `| ${cell(fact)} | ${cell(source)} | \`${file.replace('.yaml', '')}\`: \`${id}\` |`,
  );
  const text = `${readFileSync(path.join(import.meta.dirname, 'introduction.md'), 'utf8')}
| fact | source | test |
| --- | --- | --- |
${lines.join('\n')}
`;
  await expect(text).toMatchFileSnapshot('../../../docs/conformance.md');
});
