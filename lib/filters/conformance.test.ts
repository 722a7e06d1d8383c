import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { FieldValue } from '#lib/events/event.ts';
import { compileFilter, rowEvent } from './compile.ts';

type Case = {
  readonly id: string;
  readonly search: string;
  readonly events: readonly Record<string, FieldValue>[];
  readonly rows: readonly Record<string, FieldValue>[];
};

const CASES: readonly Case[] = parse(readFileSync('lib/spl/conformance/search.yaml', 'utf8'));

/** Commands that keep or drop events and can stand in a rule; null: the fact is about something else. */
function bodyOf({ search }: Case): string | null {
  const body = /^(.*)\| table id\s*$/s.exec(search)?.[1]?.replace(/^search \* \|/, '');
  return body === undefined || /`|\[|stats|_raw|\bor\b/.test(body) ? null : body;
}

const rowWise = CASES.filter((one) => bodyOf(one) !== null);

it('takes most facts about search and where', () => expect(rowWise.length).toBeGreaterThan(20));

it.each(rowWise)('a rule covers what the search drops: $id', (one) => {
  const { covers } = compileFilter(bodyOf(one) ?? '', new Map());
  const kept = one.events.filter((event) => !covers(rowEvent(Object.entries(event))));
  expect(kept.map(({ id }) => ({ id }))).toEqual(one.rows);
});
