import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { RelevanceCounter } from '#lib/detection/relevance.ts';
import type { CensusRow } from '#lib/evidence/record.ts';
import { type CatalogueEntry, type CatalogueVariant, variantOf } from './catalogue.ts';
import { defaultVariant } from './default-variant.ts';
import type { DetectionStatus, RunStatus, SearchProblem } from './types.ts';

/** All stored events by kind. */
export async function kindsOfEvents(tx: Prisma.TransactionClient): Promise<readonly CensusRow[]> {
  const rows = await tx.$queryRaw<{ channel: string; event_code: number; count: bigint }[]>`
    SELECT channel, event_code, sum(count)::bigint AS count FROM event_count GROUP BY channel, event_code`;
  return rows.map((row) => ({
    channel: fromPostgres(row.channel),
    eventId: row.event_code < 0 ? null : row.event_code,
    computer: null,
    provider: null,
    count: Number(row.count),
    firstTicks: null,
    lastTicks: null,
  }));
}

/** How many of the events the variant could judge, and so the most that it can select. By their kind alone. */
export function relevantCount({ rule }: CatalogueVariant, kinds: readonly CensusRow[]): number {
  if (!rule) return 0;
  const counter = new RelevanceCounter([rule]);
  counter.add(kinds);
  return [...(counter.byRule[0]?.values() ?? [])].reduce((sum, { count }) => sum + count, 0);
}

export function runStatusOf({ rule }: CatalogueVariant, relevant: number): RunStatus {
  if (!rule) return 'cannot-run';
  return relevant === 0 ? 'no-data' : 'runs';
}

export function statusOf(entry: CatalogueEntry, relevant: number): DetectionStatus {
  const variant = shownVariant(entry);
  if (!variant?.rule) return 'cannot-run';
  if (entry.wanted === null) return entry.stopped === null ? 'disabled' : 'stopped';
  if (entry.wanted !== entry.active) return 'being-read';
  return runStatusOf(variant, relevant);
}

/** The variant that is spoken of: the one that counts or shall count, else what would. */
export function shownVariant(entry: CatalogueEntry): CatalogueVariant | null {
  return variantOf(entry, entry.wanted ?? defaultVariant(entry));
}

const EXCERPT_MAX = 120;

export function problemOf({ search, problem }: CatalogueVariant): SearchProblem | null {
  return problem && { ...problem, excerpt: caretExcerpt(search, problem.from, problem.to) };
}

/** The line of a place with a caret under each of its characters, cut where the line is long. */
export function caretExcerpt(text: string, from: number, to: number): string {
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  const lineEnd = text.indexOf('\n', from);
  const end = lineEnd < 0 ? text.length : lineEnd;
  const start = Math.max(lineStart, from - EXCERPT_MAX / 2);
  const stop = Math.min(end, start + EXCERPT_MAX);
  const before = start > lineStart ? '…' : '';
  const after = stop < end ? '…' : '';
  const width = Math.max(1, Math.min(to, stop) - from);
  const line = text.slice(start, stop).replaceAll('\t', ' ');
  return `${before}${line}${after}\n${' '.repeat(before.length + from - start)}${'^'.repeat(width)}`;
}
