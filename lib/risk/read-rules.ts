import type { Content } from '#lib/content/load.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, type JsonValue, jsonFromPostgres } from '#lib/db/postgres-text.ts';
import { SplError } from '#lib/spl/types.ts';
import { EntityIndex, type EntityRow } from './entities.ts';
import { type CompiledFactor, compileFactor, type FactorRule } from './factors.ts';
import {
  type CompiledIncidentRule,
  compileIncidentRule,
  type IncidentRule,
  ownSentence,
  ruleOfContent,
} from './incident-rule.ts';

type Transaction = Prisma.TransactionClient;

/** Factors in force. */
export async function readFactors(tx: Transaction): Promise<FactorRule[]> {
  const factors = await tx.riskFactor.findMany({
    orderBy: { number: 'asc' },
    include: { versions: { orderBy: { number: 'desc' }, take: 1 } },
  });
  return factors.flatMap(({ number, versions: [newest] }) =>
    newest?.isEnabled && !newest.isRemoved
      ? [
          {
            number,
            version: newest.number,
            name: fromPostgres(newest.name),
            condition: fromPostgres(newest.condition),
            operation: newest.operation,
            value: newest.value,
          },
        ]
      : [],
  );
}

/** Shipped incident rules that are not switched off, and own ones in force. */
export async function readIncidentRules(
  tx: Transaction,
  content: Content,
  disabled: readonly string[],
): Promise<IncidentRule[]> {
  const own = await tx.incidentRule.findMany({
    orderBy: { id: 'asc' },
    include: { versions: { orderBy: { number: 'desc' }, take: 1 } },
  });
  return [
    ...content.incidents.map(ruleOfContent).filter(({ id }) => !disabled.includes(id)),
    ...own.flatMap(({ id, versions: [newest] }) =>
      newest?.isEnabled && !newest.isRemoved
        ? [
            {
              id,
              name: fromPostgres(newest.name),
              windowHours: newest.windowHours,
              isPerStory: false,
              objectTypes: [],
              condition: fromPostgres(newest.condition),
              severity: newest.severity,
              sentence: ownSentence(fromPostgres(newest.name)),
            },
          ]
        : [],
    ),
  ];
}

/** A condition was checked when it was saved; one that a later release no longer understands must not stop everything. */
export function compileFactors(factors: readonly FactorRule[]): CompiledFactor[] {
  return factors.flatMap((factor) => orNone(() => compileFactor(factor)));
}

export function compileIncidentRules(rules: readonly IncidentRule[]): CompiledIncidentRule[] {
  return rules.flatMap((rule) => orNone(() => compileIncidentRule(rule)));
}

function orNone<T>(work: () => T): T[] {
  try {
    return [work()];
  } catch (error) {
    if (error instanceof SplError) return [];
    throw error;
  }
}

/** In the order in which they were imported, so that the first of two that name the same stays the first. */
export async function readEntities(tx: Transaction): Promise<EntityIndex> {
  const rows = await tx.entity.findMany({
    orderBy: [{ importedAt: 'asc' }, { fileName: 'asc' }, { line: 'asc' }],
  });
  return new EntityIndex(rows.map(entityOfRow));
}

export function entityOfRow(row: {
  readonly kind: EntityRow['kind'];
  readonly keys: readonly string[];
  readonly columns: unknown;
  readonly fileName: string;
  readonly line: number;
}): EntityRow {
  return {
    kind: row.kind,
    keys: row.keys.map(fromPostgres),
    columns: jsonFromPostgres(row.columns as JsonValue) as EntityRow['columns'],
    fileName: fromPostgres(row.fileName),
    line: row.line,
  };
}
