/** Rules as they run: compiled, with the scope that is meant now. */
import type { Catalogue } from '#lib/catalogue/catalogue.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { log } from '#lib/log.ts';
import { SplError } from '#lib/spl/types.ts';
import { compileFilter } from './compile.ts';
import type { ScopedRule } from './match.ts';
import type { FilterOutcome } from './types.ts';

type Transaction = Prisma.TransactionClient;

/** What rules are run against, as it is now. */
export type RuleContext = {
  readonly catalogue: Pick<Catalogue, 'lookups' | 'knowledge'>;
  /** Joined name of each host by any of its names. */
  readonly hosts: ReadonlyMap<string, string>;
};

/** What of a version says which rows it covers. */
export type RuleSource = {
  readonly text: string;
  readonly detectionIds: readonly string[];
  readonly hosts: readonly string[];
  readonly fromTicks: bigint | null;
  readonly toTicks: bigint | null;
  /** Columns that it read of each detection when it was written. */
  readonly columns: Columns;
};

export type Columns = Readonly<Record<string, readonly string[]>>;

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

/** Throws SplError when the text does not compile (any more). */
export function scopedRule(source: RuleSource, { catalogue, hosts }: RuleContext): ScopedRule {
  return {
    filter: compileFilter(source.text, catalogue.lookups),
    scope: {
      detectionIds: source.detectionIds,
      exceptDetectionIds: changedDetections(source.columns, catalogue),
      hosts: source.hosts.map((host) => hosts.get(host) ?? host),
      fromTicks: source.fromTicks,
      toTicks: source.toTicks,
    },
  };
}

/** Detections that no longer give a column which the rule reads. */
export function changedDetections(
  columns: Columns,
  { knowledge }: Pick<Catalogue, 'knowledge'>,
): readonly string[] {
  return knowledge.rules.flatMap(({ id, search }) => {
    const now = search.columns;
    const isChanged = now !== null && columns[id]?.some((column) => !now.includes(column));
    return isChanged ? [id] : [];
  });
}

/** The output columns that a text reads, of each detection that it is for. Throws SplError. */
export function columnsRead(
  text: string,
  detectionIds: readonly string[],
  { lookups, knowledge }: Pick<Catalogue, 'lookups' | 'knowledge'>,
): Columns {
  const { uses } = compileFilter(text, lookups);
  const read = new Set(uses.flatMap(({ name, isWritten }) => (isWritten ? [] : [name])));
  const rules = knowledge.rules.filter(({ id }) => detectionIds.length === 0 || detectionIds.includes(id));
  return Object.fromEntries(
    rules.flatMap(({ id, search }) => {
      const columns = search.columns?.filter((column) => read.has(column)) ?? [];
      return columns.length === 0 ? [] : [[id, columns]];
    }),
  );
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
