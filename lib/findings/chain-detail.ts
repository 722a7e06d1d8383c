import { db } from '#lib/db/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import type { ChainRule } from '#lib/detection/chain-rule.ts';
import type { ChainReference, ChainStep, FindingChain, HostChain } from './types.ts';

const STEPS_SHOWN = 200;
const CHAINS_SHOWN = 50;

type Role = 'opening' | 'further' | 'use' | 'closing';

/** The chain that a finding is, or the worst that it is a member of, and the others that it is a member of. */
export async function chainsOf(
  findingId: string,
  rules: readonly ChainRule[],
): Promise<{ chain: FindingChain | null; otherChains: readonly ChainReference[] }> {
  const memberships = await db.finding.findMany({
    where: {
      state: 'active',
      OR: [
        { id: findingId, detectionId: { in: rules.map(({ id }) => id) } },
        { chainMembers: { some: { findingId } } },
      ],
    },
    orderBy: [{ severity: 'desc' }, { firstTicks: 'asc' }, { number: 'asc' }],
    take: CHAINS_SHOWN,
  });
  const references = memberships.map(
    (chain): ChainReference => ({
      findingId: chain.id,
      findingNumber: chain.number,
      sentence: fromPostgres(chain.sentence),
      severity: chain.severity,
    }),
  );
  const [first] = memberships;
  const [reference, ...otherChains] = references;
  const rule = rules.find(({ id }) => id === first?.detectionId);
  if (!first || !reference || !rule) return { chain: null, otherChains: [] };
  return {
    chain: { ...reference, name: rule.name, ...(await stepsOf(first.id, findingId, rule)) },
    otherChains,
  };
}

/** One step for each finding, role and host, at its first event there. */
async function stepsOf(
  chainId: string,
  findingId: string,
  rule: ChainRule,
): Promise<Pick<FindingChain, 'steps' | 'stepTotal' | 'hosts'>> {
  const rows = await db.$queryRaw<
    {
      id: string;
      number: number;
      sentence: string;
      severity: ChainStep['severity'];
      mode: ChainStep['mode'];
      techniques: string[];
      role: Role;
      ticks: bigint;
      count: bigint;
      host_id: string;
      host_name: string;
    }[]
  >`
    SELECT f.id, f.number, f.sentence, f.severity::text, f.mode::text, f.techniques, m.role::text,
      min(m.time_ticks) AS ticks, count(*) AS count, h.id::text AS host_id, h.name AS host_name
    FROM chain_member m JOIN finding f ON f.id = m.finding_id JOIN host h ON h.id = m.host_id
    WHERE m.chain_id = ${chainId}
    GROUP BY f.id, m.role, h.id
    ORDER BY ticks, m.role, f.number, h.name`;
  const labels: Readonly<Record<Role, string>> = {
    opening: rule.opens.label,
    further: `${rule.opens.label}, again`,
    use: rule.uses.label,
    closing: rule.closes.label,
  };
  const hosts = new Map(
    rows.map((row) => [row.host_id, { id: row.host_id, name: fromPostgres(row.host_name) }]),
  );
  return {
    hosts: [...hosts.values()],
    stepTotal: rows.length,
    steps: rows.slice(0, STEPS_SHOWN).map(
      (row): ChainStep => ({
        findingId: row.id,
        findingNumber: row.number,
        sentence: fromPostgres(row.sentence),
        label: labels[row.role],
        host: { id: row.host_id, name: fromPostgres(row.host_name) },
        ticks: row.ticks.toString(),
        eventCount: Number(row.count),
        severity: row.severity,
        mode: row.mode,
        isThis: row.id === findingId,
        techniques: row.techniques,
      }),
    ),
  };
}

/** The worst chain that has a step on the host; one that was a false positive is none. */
export async function chainOfHost(hostId: string, rules: readonly ChainRule[]): Promise<HostChain | null> {
  const chain = await db.finding.findFirst({
    where: {
      state: 'active',
      isHidden: false,
      OR: [{ disposition: null }, { disposition: { in: ['true_positive', 'undetermined'] } }],
      chainMembers: { some: { hostId } },
    },
    orderBy: [{ severity: 'desc' }, { firstTicks: 'asc' }, { number: 'asc' }],
  });
  if (chain?.firstTicks == null || chain.lastTicks == null) return null;
  return {
    findingId: chain.id,
    findingNumber: chain.number,
    name: rules.find(({ id }) => id === chain.detectionId)?.name ?? chain.detectionId,
    sentence: fromPostgres(chain.sentence),
    severity: chain.severity,
    firstTicks: chain.firstTicks.toString(),
    lastTicks: chain.lastTicks.toString(),
  };
}
