/** The rules that count now, out of the database. */
import type { Catalogue } from '#lib/catalogue/catalogue.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { log } from '#lib/log.ts';
import { SplError } from '#lib/spl/types.ts';
import type { ScopedRule } from './match.ts';
import { type Columns, type RuleContext, type RuleSource, scopedRule } from './scoped-rule.ts';
import type { FilterOutcome } from './types.ts';

type Transaction = Prisma.TransactionClient;

export type RuleInForce = ScopedRule & {
  readonly id: string;
  readonly version: number;
  readonly outcome: FilterOutcome;
  readonly factor: number;
};

export async function ruleContext(
  tx: Transaction,
  investigationId: string,
  catalogue: Catalogue,
): Promise<RuleContext> {
  const rows = await tx.host.findMany({
    where: { investigationId },
    select: { name: true, joinedTo: { select: { name: true } } },
  });
  const hosts = new Map(
    rows.map(({ name, joinedTo }) => [fromPostgres(name), fromPostgres(joinedTo?.name ?? name)]),
  );
  return { catalogue, hosts };
}

/** A version counts while it is in force, not expired, and no snooze is over. */
export function inForceWhere(now: Date): Prisma.FilterRuleVersionWhereInput {
  return {
    state: 'in_force',
    rule: { removedAt: null },
    AND: [
      { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
      { OR: [{ outcome: { not: 'snooze' } }, { snoozeUntil: { gt: now } }] },
    ],
  };
}

/** The rules that count in an investigation now, by their numbers. One that no longer compiles covers nothing. */
export async function rulesInForce(
  tx: Transaction,
  investigationId: string,
  context: RuleContext,
  now: Date,
): Promise<readonly RuleInForce[]> {
  const versions = await tx.filterRuleVersion.findMany({
    where: {
      ...inForceWhere(now),
      rule: { removedAt: null, OR: [{ investigationId: null }, { investigationId }] },
    },
    orderBy: { rule: { number: 'asc' } },
  });
  return versions.flatMap((version) => {
    try {
      return [
        {
          ...scopedRule(sourceOf(version), context),
          id: version.ruleId,
          version: version.number,
          outcome: version.outcome,
          factor: version.outcome === 'lower' ? (version.factor ?? 1) : 1,
        },
      ];
    } catch (error) {
      if (!(error instanceof SplError)) throw error;
      log.warn({ rule: version.ruleId, reason: error.message }, 'a filter rule no longer compiles');
      return [];
    }
  });
}

export function sourceOf(version: {
  readonly text: string;
  readonly detectionIds: readonly string[];
  readonly hosts: readonly string[];
  readonly fromTicks: bigint | null;
  readonly toTicks: bigint | null;
  readonly columns: unknown;
}): RuleSource {
  return {
    text: fromPostgres(version.text),
    detectionIds: version.detectionIds,
    hosts: version.hosts.map(fromPostgres),
    fromTicks: version.fromTicks,
    toTicks: version.toTicks,
    columns: version.columns as Columns,
  };
}
