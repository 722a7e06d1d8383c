import type { DetectionRule } from '#lib/detection/rule.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import { supersetOf } from '../predicate.ts';
import type { SourceCoverage, SourceQuery } from '../types.ts';
import { type Condition, conditionOf, either } from './condition.ts';
import type { KustoTable } from './tables.ts';

/** Detections as queries in KQL, one a table: rows of tables have nothing in common. */

/** Column that a query adds: when the row came into the table. Never part of the evidence. */
export const INGESTED = 'JobsightIngested';

/** Ticks of 100 ns since 1970; the end is not part of it. */
export type Span = { readonly fromTicks: bigint; readonly toTicks: bigint };

export type TableQuery = {
  readonly table: KustoTable;
  /** One question for what came, or with `event` happened, in the time; for so many rows at most. */
  readonly over: (span: Span, by: 'ingestion' | 'event', rowMax: number) => SourceQuery;
};

export type Times = {
  /** When a row came into its table. */
  readonly ingestion: string;
  /** When its event happened. */
  readonly event: string;
  /** What is to be known of these. */
  readonly widened: readonly string[];
};

const WIDENED =
  'in texts that may be escaped, words of letters and digits are looked for, anywhere and in any order; our engine looks at the fields';

export function kustoQueries(
  tables: readonly KustoTable[],
  rules: readonly DetectionRule[],
  times: Times,
): readonly TableQuery[] {
  return tables.flatMap((table) => {
    const asked = rules.flatMap((rule) => {
      const { condition, widened } = conditionFor(table, rule);
      return condition === null ? [] : [{ rule, condition, widened }];
    });
    const condition = either(asked.map((one) => one.condition));
    if (condition === null) return [];
    const widened = [WIDENED, ...times.widened, ...new Set(asked.flatMap((one) => one.widened))];
    return {
      table,
      over: ({ fromTicks, toTicks }, by, rowMax) => ({
        detectionIds: asked.map(({ rule }) => rule.id),
        language: 'kql',
        text: [
          table.name,
          `| where ${times[by]} >= ${datetime(fromTicks)} and ${times[by]} < ${datetime(toTicks)}`,
          `| where ${condition}`,
          `| extend ${INGESTED} = ingestion_time()`,
          `| take ${rowMax}`,
        ].join('\n'),
        widened,
      }),
    };
  });
}

export const datetime = (ticks: bigint): string => `datetime(${formatIsoTime(ticks)})`;

/** What a table is asked for a detection; null when it cannot answer it, or only with all its rows. */
function conditionFor(
  table: KustoTable,
  rule: DetectionRule,
): { readonly condition: Condition; readonly widened: readonly string[] } {
  const { dataModel, predicate, widened } = supersetOf(rule.search.expandedText);
  const field = table.fieldsOf(dataModel);
  if (field === null) return { condition: null, widened };
  const left: string[] = [];
  const condition = conditionOf(predicate, (name, pieces) => {
    const asked = field(name, pieces);
    if (asked === null) left.push(`${table.name} is not asked for ${name}`);
    return asked;
  });
  return { condition, widened: [...widened, ...left] };
}

/** A detection is covered when a table holds all that it looks for. */
export function kustoCoverage(
  tables: readonly KustoTable[],
  rules: readonly DetectionRule[],
): readonly SourceCoverage[] {
  return rules.map((rule) => {
    const answering = tables.filter((table) => conditionFor(table, rule).condition !== null);
    const isCovered = answering.some(({ lacks }) => lacks === null);
    const reason =
      answering.find(({ lacks }) => lacks !== null)?.lacks ??
      `None of the tables ${tables.map(({ name }) => name).join(', ')} can be asked for what it looks for.`;
    return { detectionId: rule.id, isCovered, reason: isCovered ? null : reason };
  });
}
