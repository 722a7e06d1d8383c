import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import type { RiskFinding } from './risk-events.ts';

/** A filter rule in force that covers a finding. */
export type FilterOn = {
  readonly number: number;
  readonly name: string;
  readonly isHiding: boolean;
  readonly factor: number;
};

/** By finding, in the order of the rules' numbers. */
export async function readFilterHits(
  tx: Prisma.TransactionClient,
  investigationId: string,
): Promise<ReadonlyMap<string, readonly FilterOn[]>> {
  const rows = await tx.$queryRaw<
    { finding_id: string; number: number; name: string; outcome: string; factor: number | null }[]
  >`
    SELECT h.finding_id, r.number, v.name, v.outcome::text, v.factor FROM filter_hit h
    JOIN filter_rule r ON r.id = h.rule_id
    JOIN filter_rule_version v ON v.rule_id = h.rule_id AND v.number = h.version_number
    WHERE h.investigation_id = ${investigationId} ORDER BY h.finding_id, r.number`;
  const hits = rows.map(({ finding_id, number, name, outcome, factor }) => ({
    finding_id,
    number,
    name: fromPostgres(name),
    isHiding: outcome !== 'lower',
    factor: factor ?? 1,
  }));
  return Map.groupBy(hits, ({ finding_id }) => finding_id);
}

/** The finding as it would be without some of the rules that cover it; as it is when none of them does. */
export function withoutFilters(
  finding: RiskFinding,
  hits: readonly FilterOn[],
  numbers: readonly number[],
): RiskFinding {
  const left = hits.filter(({ number }) => !numbers.includes(number));
  if (left.length === hits.length) return finding;
  return {
    ...finding,
    isHidden: left.some(({ isHiding }) => isHiding),
    filterFactor: left
      .filter(({ isHiding }) => !isHiding)
      .reduce((product, { factor }) => product * factor, 1),
  };
}
